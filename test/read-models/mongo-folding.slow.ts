import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SystemClock } from '../../libs/clock.js';
import { MongoParking } from '../../libs/read-models/mongo/parking.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { partOf } from '../../libs/read-models/partitions.js';
import { definitionOf, readModel } from '../../libs/read-models/rollup.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { contentHash } from '../../libs/read-models/building/verify.js';
import { pageOf } from '../contracts/read-models.contract.js';
import { dieAhead } from '../support/mongo-death.js';
import { contentOf, expectFiveWaysAlike, fiveWays, seeded } from '../support/five-ways.js';
import { folder } from '../support/folder.js';
import { recorded } from '../support/given.js';
import { mongoServer, ways } from '../support/mongo-server.js';
import type { MongoServer } from '../support/mongo-server.js';
import { orderHistory, orderModels, orders, standing, turnover } from '../support/orders.js';
import { property } from '../support/property.js';
import { World } from '../support/world.js';

let server: MongoServer;
beforeAll(async () => {
  server = await mongoServer();
}, 300_000);
afterAll(() => server?.stop());

describe.each(ways)('exactly once by %s', (exactlyOnce) => {
  let databases = 0;
  let readModels: MongoReadModels;
  const open = (options?: string) => {
    const url = server.database(`folding_${exactlyOnce}_${process.pid}_${databases}`, options);
    return MongoReadModels.open({ url, clock: new SystemClock(), note: () => undefined, exactlyOnce });
  };
  beforeEach(async () => {
    databases += 1;
    readModels = await open();
  });
  afterEach(() => readModels.close());

  it.each(orderModels.map((model) => [model.projection.name, model] as const))(
    '%s come to the same documents and cells five ways, and to those of the embedded engine',
    async (_, model) => {
      await fc.assert(
        fc.asyncProperty(orderHistory, fc.integer(), async (history, seed) => {
          const events = recorded(history);
          await expectFiveWaysAlike(model, events, { random: seeded(seed), readModels });
          const { inPages } = await fiveWays(model, events, { random: seeded(seed), readModels });
          expect(inPages).toEqual((await fiveWays(model, events)).inPages);
        }),
        { ...property(4), endOnFailure: true },
      );
    },
  );

  it('comes to the same in three partitions', async () => {
    const model = readModel(orders, turnover, standing);
    await fc.assert(
      fc.asyncProperty(orderHistory, fc.integer(), async (history, seed) => {
        const events = recorded(history);
        for (const partition of [0, 1, 2]) {
          const part = partOf(model, { partition, partitions: 3 });
          await expectFiveWaysAlike(part, events, { random: seeded(seed), readModels });
        }
      }),
      { ...property(2), endOnFailure: true },
    );
  });

  it('a projector builds, rebuilds and follows, with the content hash of the embedded engine', async () => {
    const world = new World(() => readModels);
    const embedded = new SqliteReadModels({ path: join(folder(), 'other.db'), clock: world.clock });
    const model = readModel(orders, turnover, standing);
    const hashOf = async (those: typeof embedded | typeof readModels) => {
      await world.projector([model], { readModels: those }).catchUp();
      const active = (await those.generations()).find(({ state }) => state === 'active')!;
      return { position: active.position, hash: await contentHash(those, active, model) };
    };
    await world.trade(60);
    expect(await hashOf(readModels)).toEqual(await hashOf(embedded));
    await world.trade(40, 'p');
    await readModels.create(model, definitionOf(model, 'UTC'));
    expect(await hashOf(readModels)).toEqual(await hashOf(embedded));
    expect(await world.states()).toEqual(['1 retained', '2 active']);
    expect(world.reports).toEqual([]);
    await embedded.close();
    await world.store.close();
  });
});

/** Where there are transactions it is one. */
it('what waited behind a parked key is applied once by order, wherever the program ends', async () => {
  const url = (options?: string) => server.database(`folding_parked_${process.pid}`, options);
  const open = (options?: string) =>
    MongoReadModels.open({ url: url(options), clock: new SystemClock(), note: () => undefined, exactlyOnce: 'order' });
  let readModels = await open();
  const model = readModel(orders, turnover, standing);
  const placed = { type: 'OrderPlaced', data: { orderId: 'a', customer: 'c', amount: 1, tags: ['new'] } };
  const changed = { type: 'OrderChanged', data: { orderId: 'a', amount: 5 } };
  const events = recorded([placed, changed, { type: 'OrderTagged', data: { orderId: 'a', tags: ['late'] } }]);
  const plain = new SqliteReadModels({ path: join(folder(), 'plain.db'), clock: new SystemClock() });
  const whole = await plain.create(model, 'orders@1');
  await plain.write([await pageOf(plain, whole, model, events)]);
  const expected = await contentOf(plain, whole, model);
  await plain.close();

  for (let n = 1, dead = true; dead; n += 1) {
    dead = false;
    const generation = await readModels.create(model, 'orders@1');
    await readModels.write([await pageOf(readModels, generation, model, events.slice(0, 1))]);
    const [, parked] = [await readModels.attempt(generation.id, 'a', 2, 'failed', 1), new Set(['a'])];
    const second = { ...generation, position: 1 };
    await readModels.write([await pageOf(readModels, second, model, events.slice(1), { parked })]);
    const change = await pageOf(readModels, { ...generation, position: 3 }, model, events.slice(1), { to: 3 });
    const victim = await open('appName=victim&monitorCommands=true');
    const restore = dieAhead(n, 'victim', () => {
      dead = true;
      throw new Error('dead');
    });
    await victim.unpark(generation.id, 'a', change).catch((error: Error) => expect(error.message).toBe('dead'));
    restore();
    await victim.close();
    await readModels.close();
    readModels = await open();
    if ((await readModels.parked()).length > 0) await readModels.unpark(generation.id, 'a', change);
    expect(await contentOf(readModels, generation, model)).toEqual(expected);
    expect(await readModels.waiting(generation.id, 'a')).toEqual([]);
    await readModels.transition(generation.id, ['building'], 'dropped');
    if (!dead) expect(n).toBeGreaterThan(5);
  }
  await readModels.close();
});

/** Where there are transactions it is one. */
it('one who is late in unparking forgets nothing that was parked since', async () => {
  const url = server.database(`folding_late_${process.pid}`, 'appName=late&monitorCommands=true');
  const open = () =>
    MongoReadModels.open({ url, clock: new SystemClock(), note: () => undefined, exactlyOnce: 'order' });
  const [late, next] = [await open(), await open()];
  const model = readModel(orders, turnover, standing);
  const placed = { type: 'OrderPlaced', data: { orderId: 'a', customer: 'c', amount: 1, tags: [] } };
  const changed = (amount: number) => ({ type: 'OrderChanged', data: { orderId: 'a', amount } });
  const events = recorded([placed, changed(5), changed(6), changed(7)]);
  const { id, ...rest } = await late.create(model, 'orders@1');
  const at = (position: number) => ({ id, ...rest, position });
  await late.fence([id], 1);
  const parked = new Set(['a']);
  await late.write([{ ...(await pageOf(late, at(0), model, events.slice(0, 1))), epoch: 1 }]);
  await late.attempt(id, 'a', 2, 'failed', 1, 1);
  await late.write([{ ...(await pageOf(late, at(1), model, events.slice(1, 2), { parked })), epoch: 1 }]);
  const change = { ...(await pageOf(late, at(2), model, events.slice(1, 2), { to: 2 })), epoch: 1 };

  // It stands still ahead of what it does about what waits, and somebody else takes over, finishes it and parks the key again.
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: goOn, resolve: release } = Promise.withResolvers<void>();
  const forget = MongoParking.prototype.forget;
  MongoParking.prototype.forget = async function (this: MongoParking, ...args: Parameters<typeof forget>) {
    MongoParking.prototype.forget = forget;
    reach();
    await goOn;
    return Reflect.apply(forget, this, args) as Promise<void>;
  };
  const unparking = late.unpark(id, 'a', change);
  await reached;
  await next.fence([id], 2);
  expect(await next.parked()).toEqual([]);
  await next.attempt(id, 'a', 3, 'failed again', 1, 2);
  await next.write([{ ...(await pageOf(next, at(2), model, events.slice(2), { parked })), epoch: 2 }]);
  release();
  await unparking;
  expect(await next.parked()).toEqual([expect.objectContaining({ key: 'a', position: 3, waiting: 2 })]);
  expect(await next.waiting(id, 'a')).toEqual([3, 4]);
  expect(((await next.documents(at(4), ['a'])).get('a')!.document as { amount: number }).amount).toBe(5);
  await late.close();
  await next.close();
});
