import { afterEach, describe, expect, it } from '@jest/globals';
import { projection } from '../../libs/read-models/projection.js';
import type { Projection } from '../../libs/read-models/projection.js';
import { WINDOW_LIMITS } from '../../libs/read-models/building/windows.js';
import { definitionOf, readModel } from '../../libs/read-models/rollup.js';
import type { ReadModels } from '../../libs/read-models/read-models.js';
import { Mortal } from '../support/mortal.js';
import { orderModels, orders, standing, turnover } from '../support/orders.js';
import type { OrderEvents } from '../support/orders.js';
import { World } from '../support/world.js';

let world: World;
afterEach(() => world.close());

const orderModel = readModel(orders, turnover, standing);

describe('a program that dies while it projects', () => {
  it.each([
    ['before', false, WINDOW_LIMITS],
    ['after', true, WINDOW_LIMITS],
    ['before', false, { bytes: 1_000, perWrite: 7 }],
    ['after', true, { bytes: 1_000, perWrite: 7 }],
  ])(
    '%s any write it makes leaves what the next one completes (done: %s, windows: %j)',
    async (_, done, windows) => {
      for (let last = 1; ; last += 1) {
        world = new World();
        await world.trade(60);
        await world.projector(orderModels).catchUp();
        await world.trade(40, 'p');
        await world.readModels.create(orderModel, definitionOf(orderModel, 'UTC'));
        const first = new Mortal(world.readModels, last, done);
        const catchingUp = world.projector(orderModels, { readModels: first.target, windows }).catchUp();
        if (first.writes < last) await catchingUp.catch((error: Error) => expect(error.message).toBe('dead'));
        await world.projector(orderModels, { windows }).catchUp();

        expect(await world.states()).toEqual(['1 retained', '2 active', '3 active', '4 active']);
        for (const generation of await world.generations()) {
          expect(generation).toMatchObject({ position: 100, error: null });
          const { found, expected } = await world.folded(
            generation,
            orderModels.find(({ projection: { name } }) => name === generation.name)!,
          );
          expect(found).toEqual(expected);
        }
        expect(await world.readModels.parked()).toEqual([]);
        if (!first.dead) return expect(last).toBeGreaterThan(10);
        await world.close();
      }
    },
    60_000,
  );
});

/** What a handler does that takes the program with it: runs out of memory, never ends. */
class Killer {
  victim: Mortal<ReadModels> | undefined;
  deaths = 0;

  /** A projection that dies of orders with the amount 666. */
  projection(where: 'evolve' | 'ids'): Projection<{ id: string; amount: number }> {
    const at = (place: string, { data }: { readonly data: object }) => {
      if (place !== where || !('amount' in data) || data.amount !== 666) return;
      if (this.victim!.dead) throw new Error('this program is dead');
      this.victim!.dead = true;
      this.deaths += 1;
      throw new Error('dead');
    };
    return projection<{ id: string; amount: number }, OrderEvents>({
      name: 'deadly',
      version: 1,
      id: (event) => {
        at('ids', event);
        return event.data.orderId;
      },
      starts: {
        OrderPlaced: ({ data }) => ({
          id: data.orderId,
          amount: data.amount,
        }),
      },
      on: {
        OrderChanged: (order, event) => {
          at('evolve', event);
          return {
            ...order,
            amount: event.data.amount,
          };
        },
      },
    });
  }

  /** Starts the program again each time it dies. */
  async untilItLives(deadly: Projection): Promise<void> {
    const definitions = [readModel(deadly), orderModel];
    for (let starts = 0; starts < 30; starts += 1) {
      this.victim = new Mortal(world.readModels);
      const projector = world.projector(definitions, { readModels: this.victim.target });
      await projector.catchUp().catch((error: Error) => expect(error.message).toContain('dead'));
      if (!this.victim.dead) return;
    }
    throw new Error('it never lived');
  }
}

describe.each(['evolve', 'ids'] as const)('an event that kills the program in %s', (where) => {
  const place = (orderId: string) => world.happens('OrderPlaced', { orderId, customer: 'c', amount: 1, tags: [] });
  const change = (orderId: string, amount: number) => world.happens('OrderChanged', { orderId, amount });

  async function orders3(): Promise<void> {
    world = new World();
    for (const orderId of ['a', 'b', 'c']) await place(orderId);
  }

  async function events5(): Promise<void> {
    await change('a', 2);
    await change('b', 2);
    await change('b', 666);
    await change('b', 3);
    await change('a', 3);
  }

  it('is put aside by what serves, after a few deaths', async () => {
    await orders3();
    const killer = new Killer();
    const deadly = killer.projection(where);
    await killer.untilItLives(deadly);
    await events5();
    await killer.untilItLives(deadly);

    expect(killer.deaths).toBeGreaterThanOrEqual(5);
    expect(killer.deaths).toBeLessThanOrEqual(8);
    const amounts = (await world.readModels.find(deadly)).items.map(({ id, amount }) => `${id}${amount}`);
    expect(amounts).toEqual(['a3', 'b1', 'c1']);
    expect(await world.readModels.parked()).toEqual([
      expect.objectContaining({
        key: where === 'evolve' ? 'b' : 'stream:order-b',
        waiting: 3,
        error: expect.stringContaining('OrderChanged at position 6'),
      }),
    ]);
    // The others never noticed, and what happens next is shown.
    expect(await world.readModels.get(orders, 'b')).toMatchObject({ amount: 3 });
    await change('c', 9);
    await killer.untilItLives(deadly);
    expect(await world.readModels.get(deadly, 'c')).toMatchObject({ amount: 9 });

    // Tried again by request, it kills once more, and is not tried again without.
    const { deaths } = killer;
    await world.readModels.retry(1, (await world.readModels.parked())[0]!.key);
    await killer.untilItLives(deadly);
    expect(killer.deaths).toBe(deaths + 1);
    expect(await world.readModels.parked()).toHaveLength(1);
  });

  it.each([
    ['its first page', 0],
    ['a page behind others', 4_100],
  ])('is put aside in what is built where nothing serves, in %s', async (_, before) => {
    await orders3();
    for (let made = 0; made < before; made += 100) await Promise.all(Array.from({ length: 100 }, () => change('a', 1)));
    await events5();
    const killer = new Killer();
    await killer.untilItLives(killer.projection(where));
    expect(await world.active('deadly')).toMatchObject({ position: before + 8 });
    expect(await world.readModels.parked()).toEqual([
      expect.objectContaining({ error: expect.stringContaining(`OrderChanged at position ${before + 6}`) }),
    ]);
    expect(await world.active('orders')).toMatchObject({ position: before + 8 });
    expect(killer.deaths).toBeLessThanOrEqual(8);
  });
});

it('a program that was merely killed is not suspicious of what it finds', async () => {
  world = new World();
  await world.projector(orderModels).catchUp();
  await world.trade(2_500);
  const first = new Mortal(world.readModels, 5);
  await expect(world.projector(orderModels, { readModels: first.target }).catchUp()).rejects.toThrow('dead');
  const second = new Mortal(world.readModels);
  await world.projector(orderModels, { readModels: second.target }).catchUp();
  expect(second.writes).toBeLessThan(20);
});

it('a program that is killed at the same place again and again, by none of its events, puts none aside', async () => {
  world = new World();
  await world.projector(orderModels).catchUp();
  await world.trade(50);
  for (let death = 0; death < 12; death += 1) {
    const { target: readModels } = new Mortal(world.readModels, 1, false, new Set(['write']));
    await expect(world.projector(orderModels, { readModels }).catchUp()).rejects.toThrow('dead');
  }
  await world.projector(orderModels).catchUp();
  expect(await world.readModels.parked()).toEqual([]);
  expect((await world.generations()).map(({ position }) => position)).toEqual([50, 50, 50]);
});

it('a window of which a part was written takes away the list entries of that part', async () => {
  world = new World();
  const ids = Array.from({ length: 10 }, (_, index) => `o${index}`);
  for (const orderId of ids) await world.happens('OrderPlaced', { orderId, customer: 'c', amount: 1, tags: ['new'] });
  const windows = { bytes: 100_000, perWrite: 4 };
  const { target: readModels } = new Mortal(world.readModels, 2, true, new Set(['write']));
  await expect(world.projector([orderModel], { readModels, windows }).catchUp()).rejects.toThrow('dead');
  expect((await world.generations()).map(({ position }) => position)).toEqual([0]);
  for (const orderId of ids) await world.happens('OrderTagged', { orderId, tags: ['old'] });
  await world.projector([orderModel], { windows }).catchUp();
  const tagged = async (tag: string) => world.readModels.count(orders, { tags: { $has: tag } });
  expect([await tagged('new'), await tagged('old')]).toEqual([0, 10]);
});
