import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projection } from '../../libs/read-models/projection.js';
import { definitionOf, readModel, rollup } from '../../libs/read-models/rollup.js';
import type { Rollup } from '../../libs/read-models/rollup.js';
import { event } from '../support/events.js';
import { Mortal } from '../support/mortal.js';
import { orderModels, orders } from '../support/orders.js';
import type { OrderEvents } from '../support/orders.js';
import { World } from '../support/world.js';

let world: World;
/** What the handlers below fail on; nothing once they have been mended. */
let broken: 'evolve' | 'ids' | 'cells' | undefined;
let failures: number;

beforeEach(() => {
  world = new World();
  broken = undefined;
  failures = 0;
});
afterEach(() => world.close());

function fail(where: typeof broken, amount: number): void {
  if (broken !== where || amount !== 666) return;
  failures += 1;
  throw new Error(`no ${where} for ${amount}`);
}

interface Fragile {
  readonly id: string;
  readonly customer: string;
  readonly amounts: readonly number[];
}

/** About an order, and when it moves about its customers: two documents of one event. */
const fragile = projection<Fragile, OrderEvents>({
  name: 'fragile',
  version: 1,
  id: (happened) => {
    if (happened.type === 'OrderChanged') fail('ids', happened.data.amount);
    return happened.type === 'OrderMoved' ? [happened.data.orderId, happened.data.to] : happened.data.orderId;
  },
  starts: {
    OrderPlaced: ({ data }) => ({ id: data.orderId, customer: data.customer, amounts: [data.amount] }),
    OrderMoved: ({ data }, id) => ({ id, customer: data.to, amounts: [] }),
  },
  on: {
    OrderChanged: (order, { data }) => {
      fail('evolve', data.amount);
      return { ...order, amounts: [...order.amounts, data.amount] };
    },
    OrderMoved: (order, { data }) => ({ ...order, customer: data.to, amounts: [...order.amounts, 0] }),
  },
});
const fragileSums = rollup({
  name: 'fragile-sums',
  version: 1,
  of: fragile,
  dimensions: ['customer'],
  measures: ['amount', 'documents'],
  cells: ({ customer, amounts }) => {
    for (const amount of amounts) fail('cells', amount);
    return [
      {
        key: { customer },
        measures: {
          amount: amounts.reduce((sum, each) => sum + each, 0),
          documents: 1,
        },
      },
    ];
  },
});
const model = readModel(fragile, fragileSums);
const definitions = [model, ...orderModels];

const place = (orderId: string) => world.happens('OrderPlaced', { orderId, customer: 'c', amount: 1, tags: [] });
const change = (orderId: string, amount: number) => world.happens('OrderChanged', { orderId, amount });
const move = (orderId: string, to: string) => world.happens('OrderMoved', { orderId, from: 'c', to });
const shown = async () =>
  (await world.readModels.find(fragile)).items.map(({ id, amounts }) => [id, ...amounts].join(' '));
const parked = async () =>
  (await world.readModels.parked()).map(({ key, position, waiting }) => ({ key, position, waiting }));

/** A program that goes on running, as far as a test can tell: it keeps in mind what it has folded. */
function program(options = {}) {
  return world.projector(definitions, options);
}

async function threeOrders(): Promise<void> {
  for (const orderId of ['a', 'b', 'c']) await place(orderId);
  await program().catchUp();
}

describe('a read model that serves', () => {
  it.each([
    ['evolve', 'b'],
    ['cells', 'b'],
    ['ids', 'stream:order-b'],
  ] as const)('puts a document aside that fails in %s, and goes on with the others', async (where, key) => {
    await threeOrders();
    broken = where;
    await change('b', 2);
    await change('b', 666);
    await change('a', 2);
    await change('b', 3);
    await program().catchUp();
    expect(await shown()).toEqual(['a 1 2', 'b 1', 'c 1']);
    expect(await parked()).toEqual([{ key, position: where === 'cells' ? 7 : 5, waiting: 3 }]);
    expect(failures).toBeGreaterThanOrEqual(5);
    expect(world.reports).toHaveLength(5);
    expect(world.reports[0]).toMatchObject({
      what: 'projection failed',
      projection: 'fragile',
      key,
      error: expect.stringContaining('OrderChanged at position'),
    });
    // All that follows for it waits too, in this program and the next.
    await change('b', 4);
    await change('c', 2);
    await program().catchUp();
    expect(await shown()).toEqual(['a 1 2', 'b 1', 'c 1 2']);
    expect((await parked())[0]).toMatchObject({ waiting: 4 });
    expect(await world.active('fragile')).toMatchObject({ position: 9, error: null });
    // Other read models have no part in it.
    expect(await world.readModels.get(orders, 'b')).toMatchObject({ amount: 4 });

    broken = undefined;
    expect(await world.readModels.retry(1, key)).toBe(true);
    await program().catchUp();
    expect(await shown()).toEqual(['a 1 2', 'b 1 2 666 3 4', 'c 1 2']);
    expect(await parked()).toEqual([]);
    const { found, expected } = await world.folded(await world.active('fragile'), model);
    expect(found).toEqual(expected);
  });

  it('folds on from what was retried, also in the program that had put it aside', async () => {
    await threeOrders();
    const projector = program();
    await projector.catchUp();
    broken = 'evolve';
    await change('b', 2);
    await change('b', 666);
    await projector.catchUp();
    broken = undefined;
    await world.readModels.retry(1, 'b');
    await change('b', 3);
    await projector.catchUp();
    await change('b', 4);
    await projector.catchUp();
    expect(await shown()).toEqual(['a 1', 'b 1 2 666 3 4', 'c 1']);
    const { found, expected } = await world.folded(await world.active('fragile'), model);
    expect(found).toEqual(expected);
  });

  it('is asked to try again while it runs', async () => {
    await threeOrders();
    broken = 'evolve';
    await change('b', 666);
    const projector = program();
    const running = projector.start();
    while ((await parked()).length === 0) await world.readModels.changed();
    broken = undefined;
    await world.readModels.retry(1, 'b');
    while ((await parked()).length > 0) await world.readModels.changed();
    expect(await shown()).toContain('b 1 666');
    await projector.stop();
    await running;
  });

  it('leaves aside what fails again, and says how often it was tried', async () => {
    await threeOrders();
    broken = 'evolve';
    await change('b', 666);
    await program().catchUp();
    expect((await world.readModels.parked())[0]).toMatchObject({ attempts: 5, asked: false });
    await world.readModels.retry(1, 'b');
    await program().catchUp();
    expect(await world.readModels.parked()).toEqual([
      expect.objectContaining({ key: 'b', attempts: 6, asked: false, waiting: 1 }),
    ]);
    expect(await shown()).toEqual(['a 1', 'b 1', 'c 1']);
  });

  it('puts aside one document of an event that is about two, and takes the other no further when it is retried', async () => {
    await threeOrders();
    broken = 'evolve';
    await change('b', 666);
    await program().catchUp();
    await move('b', 'd');
    await move('c', 'd');
    await program().catchUp();
    expect(await shown()).toEqual(['a 1', 'b 1', 'c 1 0', 'd 0']);
    expect(await parked()).toEqual([{ key: 'b', position: 4, waiting: 2 }]);
    broken = undefined;
    await world.readModels.retry(1, 'b');
    await program().catchUp();
    expect(await shown()).toEqual(['a 1', 'b 1 666 0', 'c 1 0', 'd 0']);
    const { found, expected } = await world.folded(await world.active('fragile'), model);
    expect(found).toEqual(expected);
  });

  it('does not add up attempts at different events', async () => {
    await threeOrders();
    for (let round = 0; round < 4; round += 1) {
      broken = 'evolve';
      await change('b', 666);
      let tries = 0;
      const report = () => {
        tries += 1;
        if (tries === 3) broken = undefined;
      };
      await program({ report }).catchUp();
    }
    expect(await parked()).toEqual([]);
    expect(await shown()).toContain('b 1 666 666 666 666');
  });

  it('parks many documents, each by itself', async () => {
    for (let index = 0; index < 20; index += 1) await place(`o${index}`);
    await program().catchUp();
    broken = 'evolve';
    for (let index = 0; index < 10; index += 1) await change(`o${index}`, 666);
    await program({ attempts: 1 }).catchUp();
    expect(await parked()).toHaveLength(10);
    broken = undefined;
    for (const { consumer, key } of await world.readModels.parked()) await world.readModels.retry(consumer, key);
    await program().catchUp();
    expect(await parked()).toEqual([]);
    expect((await shown()).filter((each) => each.endsWith('666'))).toHaveLength(10);
  });

  it('stops, and says why, when too much is parked; the others go on', async () => {
    for (let index = 0; index < 6; index += 1) await place(`o${index}`);
    await program().catchUp();
    broken = 'evolve';
    for (let index = 0; index < 6; index += 1) await change(`o${index}`, 666);
    const capped = program({ attempts: 2, mostParked: 3 });
    await capped.catchUp();
    expect(await parked()).toHaveLength(3);
    expect(await world.active('fragile')).toMatchObject({
      error: expect.stringContaining('too much is parked: OrderChanged at position 10'),
    });
    const { position } = (await world.active('fragile'))!;
    expect(position).toBe(6);
    await place('late');
    await capped.catchUp();
    expect(await world.active('fragile')).toMatchObject({ position });
    expect(await world.readModels.get(orders, 'late')).toBeDefined();
    // It still answers, with what it knew.
    expect(await world.readModels.get(fragile, 'o0')).toMatchObject({ amounts: [1] });

    broken = undefined;
    await program().catchUp();
    expect(await world.active('fragile')).toMatchObject({ position: 13, error: null });
    for (const { consumer, key } of await world.readModels.parked()) await world.readModels.retry(consumer, key);
    await program().catchUp();
    const { found, expected } = await world.folded(await world.active('fragile'), model);
    expect(found).toEqual(expected);
  });

  it('refuses to fold a stream late into documents that have moved on without it', async () => {
    await threeOrders();
    broken = 'ids';
    await change('b', 666);
    await program().catchUp();
    await world.store.append('order-elsewhere', 'any', [event('OrderChanged', { orderId: 'b', amount: 7 })]);
    await program().catchUp();
    broken = undefined;
    await world.readModels.retry(1, 'stream:order-b');
    await program().catchUp();
    expect(await shown()).toContain('b 1 7');
    expect(await world.readModels.parked()).toEqual([
      expect.objectContaining({ key: 'stream:order-b', error: expect.stringContaining('rebuild') }),
    ]);
  });
});

describe('a read model that is being built', () => {
  const sums = async (of: Rollup = fragileSums) => (await world.readModels.sums(of)).map(({ measures }) => measures);

  it.each([
    // The page is folded without it, so all that is in the page waits.
    ['evolve', 'b', 2, ['a 1 2']],
    ['ids', 'stream:order-b', 2, ['a 1 2']],
    // Folded whole, and counted in no report.
    ['cells', 'b', 0, ['a 1 2', 'b 1 666']],
  ] as const)('puts a document aside that fails in %s where nothing serves yet', async (where, key, waiting, is) => {
    broken = where;
    await place('a');
    await place('b');
    await change('b', 666);
    await change('a', 2);
    await program().catchUp();
    expect((await world.states('fragile')).map((state) => state.split(' ')[1])).toEqual(['active']);
    expect(await parked()).toEqual([{ key, position: 3, waiting }]);
    expect(await shown()).toEqual(is);
    expect(await sums()).toEqual([{ amount: 3, documents: 1 }]);
    // What happens to it later waits, and it stays aside while it fails.
    await change('b', 4);
    await world.readModels.retry(1, key);
    await program().catchUp();
    expect(await parked()).toEqual([{ key, position: 3, waiting: waiting + 1 }]);
    expect(await sums()).toEqual([{ amount: 3, documents: 1 }]);

    broken = undefined;
    await world.readModels.retry(1, key);
    await program().catchUp();
    expect(await parked()).toEqual([]);
    expect(await shown()).toEqual(['a 1 2', 'b 1 666 4']);
    expect(await sums()).toEqual([{ amount: 674, documents: 2 }]);
    const { found, expected } = await world.folded(await world.active('fragile'), model);
    expect(found).toEqual(expected);
  });

  it('counts a document that was left out when it is tried again, also when nothing has happened since', async () => {
    broken = 'cells';
    await place('b');
    await change('b', 666);
    await program().catchUp();
    expect(await sums()).toEqual([]);
    broken = undefined;
    await world.readModels.retry(1, 'b');
    await program().catchUp();
    expect(await parked()).toEqual([]);
    expect(await sums()).toEqual([{ amount: 667, documents: 1 }]);
  });

  it('is finished beside what serves although a report cannot count a document', async () => {
    await threeOrders();
    await change('b', 666);
    await program().catchUp();
    broken = 'cells';
    const renewed = { ...fragileSums, version: 2 };
    await world.projector([readModel(fragile, renewed), ...orderModels]).catchUp();
    expect((await world.active('fragile'))?.definition).toContain('fragile-sums@2');
    expect(await parked()).toEqual([{ key: 'b', position: 4, waiting: 0 }]);
    expect(await sums(renewed)).toEqual([{ amount: 2, documents: 2 }]);
  });

  it('does not take over from what serves the same and counts more', async () => {
    await threeOrders();
    await change('b', 666);
    await program().catchUp();
    broken = 'cells';
    await world.readModels.create(model, definitionOf(model, 'UTC'));
    await program().catchUp();
    expect((await world.generations('fragile')).map(({ state }) => state)).toEqual(['active', 'failed']);
    expect(await sums()).toEqual([{ amount: 669, documents: 3 }]);
  });

  it('puts aside beside what serves what is aside there, and nothing else', async () => {
    await threeOrders();
    broken = 'evolve';
    await change('b', 666);
    await program().catchUp();
    const renewed = { ...fragileSums, version: 2 };
    await world.projector([readModel(fragile, renewed), ...orderModels]).catchUp();
    expect((await world.active('fragile'))?.definition).toContain('fragile-sums@2');
    expect(await parked()).toEqual([
      { key: 'b', position: 4, waiting: 1 },
      { key: 'b', position: 4, waiting: 2 },
    ]);
    expect(await sums(renewed)).toEqual([{ amount: 2, documents: 2 }]);
    await change('c', 666);
    await world.readModels.create(model, definitionOf(model, 'UTC'));
    await program().catchUp();
    expect((await world.generations('fragile')).at(-1)).toMatchObject({ state: 'failed' });
  });

  it('takes over from what serves the same and has parked a document, which it has not', async () => {
    await threeOrders();
    broken = 'evolve';
    await change('b', 666);
    await program().catchUp();
    expect(await parked()).toHaveLength(1);
    broken = undefined;
    await world.readModels.create(model, definitionOf(model, 'UTC'));
    await program().catchUp();
    expect(await shown()).toContain('b 1 666');
    expect(await world.active('fragile')).toMatchObject({ id: 5, error: null });
    expect(await sums()).toEqual([{ amount: 669, documents: 3 }]);
  });

  it('stops when too much cannot be counted: that is a fault of the report', async () => {
    broken = 'cells';
    for (let index = 0; index < 4; index += 1) {
      await place(`o${index}`);
      await change(`o${index}`, 666);
    }
    await program({ mostParked: 3 }).catchUp();
    expect((await world.generations('fragile'))[0]).toMatchObject({
      state: 'failed',
      error: '4 documents cannot be counted: document o0: no cells for 666',
    });
    expect(await parked()).toEqual([]);
  });

  it('counts once more what was left out before the program ended', async () => {
    broken = 'cells';
    await place('b');
    await change('b', 666);
    const mortal = new Mortal(world.readModels, 1, false, new Set(['index']));
    await expect(program({ readModels: mortal.target }).catchUp()).rejects.toThrow('dead');
    expect(await parked()).toEqual([{ key: 'b', position: 2, waiting: 0 }]);
    broken = undefined;
    await program().catchUp();
    expect(await parked()).toEqual([]);
    expect(await sums()).toEqual([{ amount: 667, documents: 1 }]);
  });

  it('leaves alone what serves', async () => {
    await threeOrders();
    await change('b', 666);
    await program().catchUp();
    broken = 'evolve';
    await world.readModels.create(model, definitionOf(model, 'UTC'));
    await program().catchUp();
    expect((await world.generations('fragile')).map(({ state, error }) => [state, error])).toEqual([
      ['active', null],
      ['failed', 'OrderChanged at position 4: no evolve for 666'],
    ]);
    expect(await shown()).toContain('b 1 666');
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
    await place('a');
    await world.projector([readModel(fragile, halves)]).catchUp();
    expect(await world.readModels.parked()).toMatchObject([
      { key: 'a', error: expect.stringContaining('whole numbers, not 0.5') },
    ]);
  });
});
