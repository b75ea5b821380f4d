import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projection } from '../../libs/read-models/projection.js';
import type { Generation } from '../../libs/read-models/generation.js';
import { definitionOf, readModel } from '../../libs/read-models/rollup.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { event } from '../support/events.js';
import { orderModels, orders, payments, standing, turnover } from '../support/orders.js';
import { World } from '../support/world.js';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const orderModel = readModel(orders, turnover, standing);

async function expectFolded(generation: Generation | undefined, of: ReadModel): Promise<void> {
  const { found, expected } = await world.folded(generation, of);
  expect(found).toEqual(expected);
}

describe('projecting', () => {
  it('catches up with the log, every read model of it', async () => {
    await world.trade(500);
    await world.projector(orderModels).catchUp();
    expect(await world.states()).toEqual(['1 active', '2 active', '3 active']);
    for (const each of orderModels) {
      const active = await world.active(each.projection.name);
      expect(active).toMatchObject({
        position: 500,
        error: null,
        definition: definitionOf(each, 'UTC'),
        // Hashed when there is something to compare with: the first one has nothing beside it.
        hash: null,
      });
      await expectFolded(active, each);
    }
  });

  it('serves an empty read model when nothing has happened yet', async () => {
    await world.projector(orderModels).catchUp();
    expect(await world.readModels.find(orders)).toEqual({ items: [] });
    expect(await world.readModels.sums(turnover)).toEqual([]);
  });

  it('shows what happens while it runs, at once', async () => {
    await world.trade(50);
    world.start(orderModels);
    await world.shown(orders);
    for (let index = 0; index < 5; index += 1) {
      await world.happens('OrderPlaced', { orderId: `live${index}`, customer: 'c', amount: index, tags: [] });
      await world.shown(orders);
      expect(await world.readModels.get(orders, `live${index}`)).toMatchObject({ amount: index });
    }
    await expectFolded(await world.active('orders'), orderModel);
  });

  it('goes on where it stopped, and stops while it waits', async () => {
    const first = world.start(orderModels);
    await world.trade(100);
    await world.shown(orders);
    await first.stop();
    await world.trade(100, 'p');
    world.start(orderModels);
    await world.shown(orders);
    await expectFolded(await world.active('orders'), orderModel);
    expect(await world.states('orders')).toEqual(['1 active']);
  });

  it('asks a projection only about events of its types', async () => {
    const strict = projection<{ id: string }, { Stranger: { name: { first: string } } }>({
      name: 'strict',
      version: 1,
      on: {},
      id: ({ data }) => data.name.first,
      starts: { Stranger: ({ data }) => ({ id: data.name.first }) },
    });
    await world.trade(20);
    await world.store.append('stranger-1', 'any', [
      event('Stranger', { name: { first: 'Ann' } }),
      event('Unknown', null),
    ]);
    await world.projector([...orderModels, readModel(strict)]).catchUp();
    expect(world.reports).toEqual([]);
    expect(await world.readModels.find(strict)).toEqual({ items: [{ id: 'Ann' }] });
  });

  it('moves on over events that are none of its business', async () => {
    for (let index = 0; index < 30; index += 1) {
      await world.store.append(
        'noise-1',
        'any',
        Array.from({ length: 100 }, () => event('Noise')),
      );
    }
    await world.projector([readModel(payments)]).catchUp();
    expect(await world.active('payments')).toMatchObject({ position: 3_000 });
  });

  it('says how fast it goes', async () => {
    await world.trade(3_000);
    await world.projector(orderModels).catchUp();
    const rates = (await world.generations()).map(({ rate }) => rate);
    for (const rate of rates) expect(rate).toBeGreaterThan(0);
  });

  it('folds only what counts at a time in the past, and compares it with nothing', async () => {
    await world.happens('OrderPlaced', { orderId: 'a', customer: 'c', amount: 1, tags: [] });
    const later = { occurredAt: '2026-03-01T00:00:00.000Z' };
    await world.happens('OrderChanged', { orderId: 'a', amount: 2 }, later);
    await world.happens('OrderPlaced', { orderId: 'b', customer: 'c', amount: 1, tags: [] });
    await world.projector([orderModel], { until: { axis: 'occurred', time: '2026-02-01T00:00:00.000Z' } }).catchUp();
    expect(await world.readModels.get(orders, 'a')).toMatchObject({ amount: 1 });
    expect(await world.readModels.get(orders, 'b')).toMatchObject({ amount: 1 });
    expect(await world.active('orders')).toMatchObject({ position: 3, hash: null });
  });

  it('folds only what was known at a time in the past', async () => {
    await world.happens('OrderPlaced', { orderId: 'a', customer: 'c', amount: 1, tags: [] });
    const time = world.clock.now();
    world.clock.advance(1_000);
    await world.happens('OrderChanged', { orderId: 'a', amount: 2 });
    await world.projector([orderModel], { until: { axis: 'recorded', time } }).catchUp();
    expect(await world.readModels.get(orders, 'a')).toMatchObject({ amount: 1 });
  });
});
