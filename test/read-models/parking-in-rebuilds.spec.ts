import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projection } from '../../libs/read-models/projection.js';
import { definitionOf, readModel, rollup } from '../../libs/read-models/rollup.js';
import type { Rollup } from '../../libs/read-models/rollup.js';
import { event } from '../support/events.js';
import { Mortal } from '../support/mortal.js';
import { orderModels } from '../support/orders.js';
import { fault, fragile, fragileSums, FragileWorld, model } from './fragile.js';

let world: FragileWorld;
beforeEach(() => {
  world = new FragileWorld();
});
afterEach(() => world.close());

describe('a read model that is being built', () => {
  const sums = async (of: Rollup = fragileSums) => (await world.readModels.sums(of)).map(({ measures }) => measures);

  it.each([
    // The page is folded without it, so all that is in the page waits.
    ['evolve', 'b', 2, ['a 1 2']],
    ['ids', 'stream:order-b', 2, ['a 1 2']],
    // Folded whole, and counted in no report.
    ['cells', 'b', 0, ['a 1 2', 'b 1 666']],
  ] as const)('puts a document aside that fails in %s where nothing serves yet', async (where, key, waiting, is) => {
    fault.in = where;
    await world.place('a');
    await world.place('b');
    await world.change('b', 666);
    await world.change('a', 2);
    await world.program().catchUp();
    expect((await world.states('fragile')).map((state) => state.split(' ')[1])).toEqual(['active']);
    expect(await world.parked()).toEqual([{ key, position: 3, waiting }]);
    expect(await world.documents()).toEqual(is);
    expect(await sums()).toEqual([{ amount: 3, documents: 1 }]);
    // What happens to it later waits, and it stays aside while it fails.
    await world.change('b', 4);
    await world.readModels.retry(1, key);
    await world.program().catchUp();
    expect(await world.parked()).toEqual([{ key, position: 3, waiting: waiting + 1 }]);
    expect(await sums()).toEqual([{ amount: 3, documents: 1 }]);

    fault.in = undefined;
    await world.readModels.retry(1, key);
    await world.program().catchUp();
    expect(await world.parked()).toEqual([]);
    expect(await world.documents()).toEqual(['a 1 2', 'b 1 666 4']);
    expect(await sums()).toEqual([{ amount: 674, documents: 2 }]);
    const { found, expected } = await world.folded(await world.active('fragile'), model);
    expect(found).toEqual(expected);
  });

  it('counts a document that was left out when it is tried again, also when nothing has happened since', async () => {
    fault.in = 'cells';
    await world.place('b');
    await world.change('b', 666);
    await world.program().catchUp();
    expect(await sums()).toEqual([]);
    fault.in = undefined;
    await world.readModels.retry(1, 'b');
    await world.program().catchUp();
    expect(await world.parked()).toEqual([]);
    expect(await sums()).toEqual([{ amount: 667, documents: 1 }]);
  });

  it('is finished beside what serves although a report cannot count a document', async () => {
    await world.threeOrders();
    await world.change('b', 666);
    await world.program().catchUp();
    fault.in = 'cells';
    const renewed = { ...fragileSums, version: 2 };
    await world.projector([readModel(fragile, renewed), ...orderModels]).catchUp();
    expect((await world.active('fragile'))?.definition).toContain('fragile-sums@2');
    expect(await world.parked()).toEqual([{ key: 'b', position: 4, waiting: 0 }]);
    expect(await sums(renewed)).toEqual([{ amount: 2, documents: 2 }]);
  });

  it('does not take over from what serves the same and counts more', async () => {
    await world.threeOrders();
    await world.change('b', 666);
    await world.program().catchUp();
    fault.in = 'cells';
    await world.readModels.create(model, definitionOf(model, 'UTC'));
    await world.program().catchUp();
    expect((await world.generations('fragile')).map(({ state }) => state)).toEqual(['active', 'failed']);
    expect(await sums()).toEqual([{ amount: 669, documents: 3 }]);
  });

  it('puts aside beside what serves what is aside there, and nothing else', async () => {
    await world.threeOrders();
    fault.in = 'evolve';
    await world.change('b', 666);
    await world.program().catchUp();
    const renewed = { ...fragileSums, version: 2 };
    await world.projector([readModel(fragile, renewed), ...orderModels]).catchUp();
    expect((await world.active('fragile'))?.definition).toContain('fragile-sums@2');
    expect(await world.parked()).toEqual([
      { key: 'b', position: 4, waiting: 1 },
      { key: 'b', position: 4, waiting: 2 },
    ]);
    expect(await sums(renewed)).toEqual([{ amount: 2, documents: 2 }]);
    await world.change('c', 666);
    await world.readModels.create(model, definitionOf(model, 'UTC'));
    await world.program().catchUp();
    expect((await world.generations('fragile')).at(-1)).toMatchObject({ state: 'failed' });
  });

  it('takes over although a stream is aside, over more events than a page has', async () => {
    const streamed = { ...fragile, stream: (id: string) => `order-${id}` };
    const sums = { ...fragileSums, of: streamed };
    const serving = [readModel(streamed, sums), ...orderModels];
    for (const orderId of ['a', 'b', 'c']) await world.place(orderId);
    for (let round = 0; round < 41; round += 1)
      await Promise.all(Array.from({ length: 100 }, () => world.change('a', 1)));
    await world.projector(serving).catchUp();
    fault.in = 'ids';
    await world.change('b', 666);
    await world.projector(serving).catchUp();
    await world.projector([readModel(streamed, { ...sums, version: 2 }), ...orderModels]).catchUp();
    expect((await world.active('fragile'))?.definition).toContain('fragile-sums@2');
  });

  it('takes over from what serves the same and has parked a document, which it has not', async () => {
    await world.threeOrders();
    fault.in = 'evolve';
    await world.change('b', 666);
    await world.program().catchUp();
    expect(await world.parked()).toHaveLength(1);
    fault.in = undefined;
    await world.readModels.create(model, definitionOf(model, 'UTC'));
    await world.program().catchUp();
    expect(await world.documents()).toContain('b 1 666');
    expect(await world.active('fragile')).toMatchObject({ id: 5, error: null });
    expect(await sums()).toEqual([{ amount: 669, documents: 3 }]);
  });

  it('stops when too much cannot be counted: that is a fault of the report', async () => {
    fault.in = 'cells';
    for (let index = 0; index < 4; index += 1) {
      await world.place(`o${index}`);
      await world.change(`o${index}`, 666);
    }
    await world.program({ mostParked: 3 }).catchUp();
    expect((await world.generations('fragile'))[0]).toMatchObject({
      state: 'failed',
      error: '4 documents cannot be counted: document o0: no cells for 666',
    });
    expect(await world.parked()).toEqual([]);
  });

  it('counts once more what was left out before the program ended', async () => {
    fault.in = 'cells';
    await world.place('b');
    await world.change('b', 666);
    const mortal = new Mortal(world.readModels, 1, false, new Set(['index']));
    await expect(world.program({ readModels: mortal.target }).catchUp()).rejects.toThrow('dead');
    expect(await world.parked()).toEqual([{ key: 'b', position: 2, waiting: 0 }]);
    fault.in = undefined;
    await world.program().catchUp();
    expect(await world.parked()).toEqual([]);
    expect(await sums()).toEqual([{ amount: 667, documents: 1 }]);
  });

  it('leaves alone what serves', async () => {
    await world.threeOrders();
    await world.change('b', 666);
    await world.program().catchUp();
    fault.in = 'evolve';
    await world.readModels.create(model, definitionOf(model, 'UTC'));
    await world.program().catchUp();
    expect((await world.generations('fragile')).map(({ state, error }) => [state, error])).toEqual([
      ['active', null],
      ['failed', 'OrderChanged at position 4: no evolve for 666'],
    ]);
    expect(await world.documents()).toContain('b 1 666');
  });

  it('says so when an id is none', async () => {
    const nameless = projection<{ id: string }, { Nameless: { id?: string } }>({
      name: 'nameless',
      version: 1,
      on: {},
      id: ({ data }) => data.id as string,
      starts: { Nameless: (_, id) => ({ id }) },
    });
    await world.store.append('nameless-1', 'any', [event('Nameless', {})]);
    await world.projector([readModel(nameless)]).catchUp();
    expect(await world.readModels.parked()).toMatchObject([
      { key: 'stream:nameless-1', error: expect.stringContaining('Nameless at position 1') },
    ]);
  });

  it('says so when a report would not add up', async () => {
    const halves = rollup({
      name: 'halves',
      version: 1,
      of: fragile,
      dimensions: [],
      measures: ['half'],
      cells: ({ amounts }) => [
        {
          key: {},
          measures: { half: amounts[0]! / 2 },
        },
      ],
    });
    await world.place('a');
    await world.projector([readModel(fragile, halves)]).catchUp();
    expect(await world.readModels.parked()).toMatchObject([
      { key: 'a', error: expect.stringContaining('whole numbers, not 0.5') },
    ]);
  });
});
