import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { HeldLeases } from '../../libs/read-models/building/leases.js';
import { partOf, servingOf } from '../../libs/read-models/partitions.js';
import type { ProjectorOptions } from '../../libs/read-models/building/projector.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { readModel } from '../../libs/read-models/rollup.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { orders, payments, standing, turnover } from '../support/orders.js';
import { World } from '../support/world.js';

const model = readModel(orders, turnover, standing);
let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const serving = async () => servingOf(await world.generations('orders'), 'orders');
const answers = async () => ({
  count: await world.readModels.count(orders),
  list: (await world.readModels.find(orders, { sort: ['-amount'], limit: 20 })).items.map(({ id }) => id),
  sums: (await world.readModels.sums(turnover, { by: ['customer'] })).map((sum) => JSON.stringify(sum)).sort(),
});

async function expectWhole(of: ReadModel): Promise<void> {
  for (const generation of await serving()) {
    const { found, expected } = await world.folded(generation, partOf(of, generation));
    expect(found).toEqual(expected);
  }
}

const projector = (options: Partial<ProjectorOptions>) => world.projector([model], options);

it('a read model that is to be cut differently is built anew, answers the same and takes over at once', async () => {
  await world.trade(200);
  await projector({}).catchUp();
  const before = await answers();
  await projector({ partitions: 3 }).catchUp();
  expect(await world.states()).toEqual(['1 retained', '2 active', '3 active', '4 active']);
  expect(await answers()).toEqual(before);
  await expectWhole(model);
  await world.trade(50, 'p');
  await projector({ partitions: 3 }).catchUp();
  expect((await serving()).map(({ position }) => position)).toEqual([250, 250, 250]);
  await expectWhole(model);
  const { found, expected } = await world.folded((await world.generations())[0], model);
  expect(found).toEqual(expected);
  expect(world.reports).toEqual([]);
});

it('cut as it was before it goes back to what is kept', async () => {
  await world.trade(60);
  await projector({}).catchUp();
  await projector({ partitions: 2 }).catchUp();
  await world.trade(30, 'p');
  await projector({}).catchUp();
  expect(await world.states()).toEqual(['1 active', '2 retained', '3 retained']);
  await expectWhole(model);
});

it('a rebuild in the same partitions is compared with what serves, partition by partition', async () => {
  await world.trade(100);
  await projector({ partitions: 2 }).catchUp();
  await world.readModels.create(model, (await serving())[0]!.definition, 2);
  await projector({ partitions: 2 }).catchUp();
  expect(await world.states()).toEqual(['1 retained', '2 retained', '3 active', '4 active']);
  const hashes = (await serving()).map(({ hash }) => hash);
  expect(new Set(hashes).size).toBe(2);
  expect(hashes).not.toContain(null);
});

it('what one partition cannot take, none of them serves', async () => {
  await world.trade(60);
  await projector({}).catchUp();
  const poison: typeof orders = {
    ...orders,
    version: 2,
    evolve: (document, event, id) => {
      if (event.position === 30) throw new Error('no');
      return orders.evolve(document, event, id);
    },
  };
  await world.projector([readModel(poison)], { partitions: 3, attempts: 2 }).catchUp();
  expect(await world.states()).toEqual(['1 active', '2 failed', '3 failed', '4 failed']);
  expect((await world.generations()).filter(({ error }) => error !== null)).toHaveLength(1);
  expect(await world.readModels.count(orders)).toBeGreaterThan(0);
});

it('what is ready waits for a partition that is further back than what serves', async () => {
  await world.trade(50);
  await projector({}).catchUp();
  const { readModels } = world;
  const { id, definition } = (await serving())[0]!;
  const { set } = await readModels.create(model, definition, 2);
  const [first, second] = (await world.generations()).filter((each) => each.set === set);
  const page = { generation: second!, readModel: model, from: 0, to: 50, rate: 0, parked: [] };
  await readModels.write([{ ...page, documents: new Map(), cells: new Map() }]);
  for (const each of [first!, second!]) await readModels.transition(each.id, ['building'], 'ready');
  // Somebody else holds the first.
  const leases = {
    isDue: false,
    epochOf: (share: string) => (share === 'orders/1' ? 1 : undefined),
  } as unknown as HeldLeases;
  await projector({ partitions: 2, leases }).catchUp();
  expect((await serving()).map((each) => each.id)).toEqual([id]);
  await readModels.write([{ ...page, generation: first!, documents: new Map(), cells: new Map() }]);
  await projector({ partitions: 2, leases }).catchUp();
  expect((await serving()).map((each) => each.id)).toEqual([first!.id, second!.id]);
});

it('projectors share the work, and go on for one that leaves', async () => {
  await world.trade(100);
  const holders = ['ann', 'bob'].map(
    (id) => new HeldLeases({ readModels: world.readModels, kind: 'projections', timeToLive: 300, id }),
  );
  const [ann, bob] = holders.map((leases) => projector({ partitions: 4, leases }));
  const running = [ann!.start(), bob!.start()];
  const caughtUp = async (head: number) => {
    for (;;) {
      const all = await serving();
      if (all.length === 4 && all[0]!.position >= head) return;
      await world.readModels.changed();
    }
  };
  await caughtUp(100);
  await ann!.stop();
  await world.trade(60, 'p');
  await caughtUp(160);
  const status = await new Rebuilds(world.store, world.readModels, [model], 'UTC').status();
  expect([status[0]!.active, ...status[0]!.others].map((each) => [each!.holder, each!.position, each!.lag])).toEqual(
    [0, 1, 2, 3].map(() => ['bob', 160, 0]),
  );
  await bob!.stop();
  await Promise.all(running);
  expect((await world.readModels.leases()).every(({ holder }) => holder === null)).toBe(true);
  await expectWhole(model);
  expect(world.reports.filter(({ what }) => what !== 'lease lost')).toEqual([]);
});

it('one of them that is behind tells how far they are', async () => {
  await world.trade(10);
  await world.projector([readModel(payments)], { partitions: 2 }).catchUp();
  const [first] = await world.generations();
  const write = { generation: first!, readModel: readModel(payments), from: 10, to: 12, rate: 0 };
  await world.readModels.write([{ ...write, documents: new Map(), cells: new Map(), parked: [] }]);
  const [status] = await new Rebuilds(world.store, world.readModels, [readModel(payments)], 'UTC').status();
  expect(status!.active!.position).toBe(10);
});
