import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { event } from '../support/events.js';
import { orders } from '../support/orders.js';
import { fault, fragile, FragileWorld, model } from './fragile.js';

let world: FragileWorld;
beforeEach(() => {
  world = new FragileWorld();
});
afterEach(() => world.close());

describe('a read model that serves', () => {
  it.each([
    ['evolve', 'b'],
    ['cells', 'b'],
    ['ids', 'stream:order-b'],
  ] as const)('puts a document aside that fails in %s, and goes on with the others', async (where, key) => {
    await world.threeOrders();
    fault.in = where;
    await world.change('b', 2);
    await world.change('b', 666);
    await world.change('a', 2);
    await world.change('b', 3);
    await world.program().catchUp();
    expect(await world.documents()).toEqual(['a 1 2', 'b 1', 'c 1']);
    expect(await world.parked()).toEqual([{ key, position: where === 'cells' ? 7 : 5, waiting: 3 }]);
    expect(fault.count).toBeGreaterThanOrEqual(5);
    expect(world.reports).toHaveLength(5);
    expect(world.reports[0]).toMatchObject({
      what: 'projection failed',
      projection: 'fragile',
      key,
      error: expect.stringContaining('OrderChanged at position'),
    });
    // All that follows for it waits too, in this program and the next.
    await world.change('b', 4);
    await world.change('c', 2);
    await world.program().catchUp();
    expect(await world.documents()).toEqual(['a 1 2', 'b 1', 'c 1 2']);
    expect((await world.parked())[0]).toMatchObject({ waiting: 4 });
    expect(await world.active('fragile')).toMatchObject({ position: 9, error: null });
    // Other read models have no part in it.
    expect(await world.readModels.get(orders, 'b')).toMatchObject({ amount: 4 });

    fault.in = undefined;
    expect(await world.readModels.retry(1, key)).toBe(true);
    await world.program().catchUp();
    expect(await world.documents()).toEqual(['a 1 2', 'b 1 2 666 3 4', 'c 1 2']);
    expect(await world.parked()).toEqual([]);
    const { found, expected } = await world.folded(await world.active('fragile'), model);
    expect(found).toEqual(expected);
  });

  it('folds on from what was retried, also in the program that had put it aside', async () => {
    await world.threeOrders();
    const projector = world.program();
    await projector.catchUp();
    fault.in = 'evolve';
    await world.change('b', 2);
    await world.change('b', 666);
    await projector.catchUp();
    fault.in = undefined;
    await world.readModels.retry(1, 'b');
    await world.change('b', 3);
    await projector.catchUp();
    await world.change('b', 4);
    await projector.catchUp();
    expect(await world.documents()).toEqual(['a 1', 'b 1 2 666 3 4', 'c 1']);
    const { found, expected } = await world.folded(await world.active('fragile'), model);
    expect(found).toEqual(expected);
  });

  it('is asked to try again while it runs', async () => {
    await world.threeOrders();
    fault.in = 'evolve';
    await world.change('b', 666);
    const projector = world.program();
    const running = projector.start();
    while ((await world.parked()).length === 0) await world.readModels.changed();
    fault.in = undefined;
    await world.readModels.retry(1, 'b');
    while ((await world.parked()).length > 0) await world.readModels.changed();
    expect(await world.documents()).toContain('b 1 666');
    await projector.stop();
    await running;
  });

  it('leaves aside what fails again, and says how often it was tried', async () => {
    await world.threeOrders();
    fault.in = 'evolve';
    await world.change('b', 666);
    await world.program().catchUp();
    expect((await world.readModels.parked())[0]).toMatchObject({ attempts: 5, asked: false });
    await world.readModels.retry(1, 'b');
    await world.program().catchUp();
    expect(await world.readModels.parked()).toEqual([
      expect.objectContaining({ key: 'b', attempts: 6, asked: false, waiting: 1 }),
    ]);
    expect(await world.documents()).toEqual(['a 1', 'b 1', 'c 1']);
  });

  it('puts aside one document of an event that is about two, and takes the other no further when it is retried', async () => {
    await world.threeOrders();
    fault.in = 'evolve';
    await world.change('b', 666);
    await world.program().catchUp();
    await world.move('b', 'd');
    await world.move('c', 'd');
    await world.program().catchUp();
    expect(await world.documents()).toEqual(['a 1', 'b 1', 'c 1 0', 'd 0']);
    expect(await world.parked()).toEqual([{ key: 'b', position: 4, waiting: 2 }]);
    fault.in = undefined;
    await world.readModels.retry(1, 'b');
    await world.program().catchUp();
    expect(await world.documents()).toEqual(['a 1', 'b 1 666 0', 'c 1 0', 'd 0']);
    const { found, expected } = await world.folded(await world.active('fragile'), model);
    expect(found).toEqual(expected);
  });

  it('does not add up attempts at different events', async () => {
    await world.threeOrders();
    for (let round = 0; round < 4; round += 1) {
      fault.in = 'evolve';
      await world.change('b', 666);
      let tries = 0;
      const report = () => {
        tries += 1;
        if (tries === 3) fault.in = undefined;
      };
      await world.program({ report }).catchUp();
    }
    expect(await world.parked()).toEqual([]);
    expect(await world.documents()).toContain('b 1 666 666 666 666');
  });

  it('parks many documents, each by itself', async () => {
    for (let index = 0; index < 20; index += 1) await world.place(`o${index}`);
    await world.program().catchUp();
    fault.in = 'evolve';
    for (let index = 0; index < 10; index += 1) await world.change(`o${index}`, 666);
    await world.program({ attempts: 1 }).catchUp();
    expect(await world.parked()).toHaveLength(10);
    fault.in = undefined;
    for (const { consumer, key } of await world.readModels.parked()) await world.readModels.retry(consumer, key);
    await world.program().catchUp();
    expect(await world.parked()).toEqual([]);
    expect((await world.documents()).filter((each) => each.endsWith('666'))).toHaveLength(10);
  });

  it('stops, and says why, when too much is parked; the others go on', async () => {
    for (let index = 0; index < 6; index += 1) await world.place(`o${index}`);
    await world.program().catchUp();
    fault.in = 'evolve';
    for (let index = 0; index < 6; index += 1) await world.change(`o${index}`, 666);
    const capped = world.program({ attempts: 2, mostParked: 3 });
    await capped.catchUp();
    expect(await world.parked()).toHaveLength(3);
    expect(await world.active('fragile')).toMatchObject({
      error: expect.stringContaining('too much is parked: OrderChanged at position 10'),
    });
    const { position } = (await world.active('fragile'))!;
    expect(position).toBe(6);
    await world.place('late');
    await capped.catchUp();
    expect(await world.active('fragile')).toMatchObject({ position });
    expect(await world.readModels.get(orders, 'late')).toBeDefined();
    // It still answers, with what it knew.
    expect(await world.readModels.get(fragile, 'o0')).toMatchObject({ amounts: [1] });

    fault.in = undefined;
    await world.program().catchUp();
    expect(await world.active('fragile')).toMatchObject({ position: 13, error: null });
    for (const { consumer, key } of await world.readModels.parked()) await world.readModels.retry(consumer, key);
    await world.program().catchUp();
    const { found, expected } = await world.folded(await world.active('fragile'), model);
    expect(found).toEqual(expected);
  });

  it('refuses to fold a stream late into documents that have moved on without it', async () => {
    await world.threeOrders();
    fault.in = 'ids';
    await world.change('b', 666);
    await world.program().catchUp();
    await world.store.append('order-elsewhere', 'any', [event('OrderChanged', { orderId: 'b', amount: 7 })]);
    await world.program().catchUp();
    fault.in = undefined;
    await world.readModels.retry(1, 'stream:order-b');
    await world.program().catchUp();
    expect(await world.documents()).toContain('b 1 7');
    expect(await world.readModels.parked()).toEqual([
      expect.objectContaining({ key: 'stream:order-b', error: expect.stringContaining('rebuild') }),
    ]);
  });
});
