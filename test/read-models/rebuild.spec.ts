import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projection } from '../../libs/read-models/projection.js';
import type { Definition, Projection } from '../../libs/read-models/projection.js';
import type { Generation } from '../../libs/read-models/generation.js';
import { definitionOf, readModel } from '../../libs/read-models/rollup.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { event } from '../support/events.js';
import { past } from '../support/given.js';
import { orderCustomers, orderModels, orders, standing, turnover } from '../support/orders.js';
import type { Order, OrderEvents } from '../support/orders.js';
import { World } from '../support/world.js';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const raised = <Document>(of: Projection<Document>): Projection<Document> => ({ ...of, version: of.version + 1 });
const orderModel = readModel(orders, turnover, standing);

async function expectFolded(generation: Generation | undefined, of: ReadModel): Promise<void> {
  const { found, expected } = await world.folded(generation, of);
  expect(found).toEqual(expected);
}

describe('a rebuild', () => {
  /** Orders happen until this is called. */
  function trading(): () => Promise<void> {
    let stopped = false;
    const done = (async () => {
      for (let round = 0; !stopped; round += 1) {
        await world.trade(20, `w${round}-`);
        await sleep(1);
      }
    })();
    return async () => {
      stopped = true;
      await done;
    };
  }

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await world.readModels.changed();
  }

  it('of the same definition ends at the same documents while writes go on, and takes over', async () => {
    await world.trade(3_000);
    world.start(orderModels);
    await world.shown(orders);
    const stop = trading();
    const { id } = await world.readModels.create(orderModel, definitionOf(orderModel, 'UTC'));
    await until(async () => (await world.active('orders'))?.id === id);
    await stop();
    await world.shown(orders);
    const [old, renewed] = await world.generations('orders');
    expect([old?.state, renewed?.state]).toEqual(['retained', 'active']);
    await until(async () => (await world.generations('orders'))[0]?.position === (await world.store.head()));
    expect(renewed?.hash).toEqual(expect.any(String));
    await expectFolded((await world.generations('orders'))[0], orderModel);
    await expectFolded(await world.active('orders'), orderModel);
  });

  it('takes over although the log never stands still', async () => {
    await world.trade(300);
    await world.projector(orderModels).catchUp();
    await world.readModels.create(orderModel, definitionOf(orderModel, 'UTC'));
    // Another program writes all the time, also between any two steps of the projector.
    const [read, head] = [world.store.readLog.bind(world.store), world.store.head.bind(world.store)];
    let appended = 0;
    const another = async () => {
      if (appended < 400) await world.trade(1, `never-still-${(appended += 1)}-`);
    };
    world.store.readLog = async (range) => {
      await another();
      return read(range);
    };
    world.store.head = async () => {
      await another();
      return head();
    };
    const activate = world.readModels.activate.bind(world.readModels);
    let activatedAfter = Infinity;
    world.readModels.activate = async (generation) => {
      activatedAfter = appended;
      return activate(generation);
    };
    await world.projector(orderModels).catchUp();
    expect(activatedAfter).toBeLessThan(100);
    expect(await world.states('orders')).toEqual(['1 retained', '4 active']);
    for (const generation of await world.generations('orders')) await expectFolded(generation, orderModel);
  });

  it('begins by itself when the version is raised; the old one serves until the new one takes over', async () => {
    await world.trade(3_000);
    await world.projector(orderModels).catchUp();
    const renamed = raised(orders);
    const renamedModel = readModel(renamed, { ...turnover, of: renamed }, { ...standing, of: renamed });
    const stop = trading();
    world.start([renamedModel, ...orderModels.slice(1)]);
    await until(async () => {
      // Readers always get an answer.
      expect(await world.readModels.count(orders)).toBeGreaterThan(0);
      return (await world.active('orders'))?.id === 4;
    });
    await stop();
    await world.shown(orders);
    expect(await world.states()).toEqual(['1 retained', '2 active', '3 active', '4 active']);
    await expectFolded(await world.active('orders'), renamedModel);
  });

  it('begins when a report or the zone it counts in is another', async () => {
    await world.trade(50);
    await world.projector(orderModels).catchUp();
    const other = readModel(orders, { ...turnover, version: 2 }, standing);
    await world.projector([other, ...orderModels.slice(1)]).catchUp();
    expect(await world.states()).toEqual(['1 retained', '2 active', '3 active', '4 active']);
    await world.projector([other, ...orderModels.slice(1)], { zone: 'Asia/Tokyo' }).catchUp();
    // Only what has reports depends on the zone.
    expect(await world.states()).toEqual(['2 active', '3 active', '4 retained', '5 active']);
  });

  it('is not needed to go back to what served before', async () => {
    await world.trade(50);
    await world.projector([orderModel]).catchUp();
    await world.projector([readModel(raised(orders))]).catchUp();
    await world.trade(50, 'p');
    await world.projector([orderModel]).catchUp();
    expect(await world.states()).toEqual(['1 active', '2 retained']);
    await expectFolded(await world.active('orders'), orderModel);
  });

  it('that was begun for a definition nobody wants any more is given up', async () => {
    await world.trade(50);
    await world.projector([orderModel]).catchUp();
    await world.readModels.create(readModel(raised(orders)), 'orders@2');
    await world.projector([orderModel]).catchUp();
    expect(await world.states()).toEqual(['1 active']);
  });

  it('that is cancelled leaves what serves alone', async () => {
    await world.trade(50);
    await world.projector([orderModel]).catchUp();
    const { id } = await world.readModels.create(orderModel, definitionOf(orderModel, 'UTC'));
    await world.readModels.transition(id, ['building'], 'cancelled');
    await world.projector([orderModel]).catchUp();
    expect(await world.states()).toEqual(['1 active']);
  });

  it('that is cancelled or fails while it runs leaves no table', async () => {
    const tables = () => {
      const db = new DatabaseSync(join(world.folder, 'read-models.db'), { readOnly: true });
      const rows = db.prepare("SELECT name FROM sqlite_schema WHERE name GLOB '*_[0-9]*' AND type = 'table'").all();
      db.close();
      return rows.map(({ name }) => String(name)).sort();
    };
    await world.trade(50);
    await world.projector([orderModel]).catchUp();
    const before = tables();
    world.start([orderModel]);
    // What it finds at its start it drops altogether.
    await world.trade(1, 'p');
    await world.shown(orders);
    for (const state of ['cancelled', 'failed'] as const) {
      const { id } = await world.readModels.create(orderModel, definitionOf(orderModel, 'UTC'));
      expect(await world.readModels.transition(id, ['building'], state, { error: 'why' })).toBe(true);
      await until(async () => tables().join() === before.join());
      expect(await world.generations()).toContainEqual(expect.objectContaining({ id, state, error: 'why' }));
    }
    await world.shown(orders);
    expect(world.reports).toEqual([]);
  });

  it('keeps up for a rollback what it replaced', async () => {
    await world.trade(50);
    await world.projector([orderModel]).catchUp();
    await world.readModels.create(orderModel, definitionOf(orderModel, 'UTC'));
    await world.projector([orderModel]).catchUp();
    await world.trade(50, 'p');
    await world.projector([orderModel]).catchUp();
    const [old] = await world.generations();
    expect(old).toMatchObject({ state: 'retained', position: 100 });
    await world.readModels.activate(old!);
    await world.trade(50, 'q');
    await world.projector([orderModel]).catchUp();
    expect(await world.states()).toEqual(['1 active', '2 retained']);
    for (const generation of await world.generations()) await expectFolded(generation, orderModel);
  });

  it('drops a projection that is no more', async () => {
    await world.trade(50);
    await world.projector(orderModels).catchUp();
    await world.projector(orderModels.slice(1)).catchUp();
    expect(await world.states()).toEqual(['2 active', '3 active']);
    await expect(world.readModels.get(orders, 'o0')).rejects.toMatchObject({ code: 'read-model-building' });
    await world.projector(orderModels).catchUp();
    expect(await world.states()).toEqual(['2 active', '3 active', '4 active']);
  });
});

describe('before a candidate takes over', () => {
  const tamper = (sql: string) => {
    const db = new DatabaseSync(join(world.folder, 'read-models.db'));
    expect(db.prepare(sql).run().changes).toBeGreaterThan(0);
    db.close();
  };

  it.each([
    ['a document was changed', `UPDATE document_1 SET body = json_set(body, '$.amount', 4711) WHERE id = 'o0'`],
    ['a document was removed', `DELETE FROM document_1 WHERE id = 'o0'`],
    ['a document was added', `INSERT INTO document_1 (id, body, position) VALUES ('x', '{"id":"x"}', 1)`],
    [
      'a cell was changed',
      `UPDATE "cell_1_turnover" SET m1 = m1 + 1 WHERE period = (SELECT min(period) FROM "cell_1_turnover")`,
    ],
    [
      'a cell was removed',
      `DELETE FROM "cell_1_turnover" WHERE period = (SELECT min(period) FROM "cell_1_turnover" WHERE m1 <> 0)`,
    ],
    [
      'a cell was added',
      `INSERT INTO "cell_1_turnover" (summary, period, d0, d1, m0, m1, n0, t0, h0)
         SELECT summary, 'd1999-01-01', d0, d1, m0, m1, n0, t0, h0 FROM "cell_1_turnover" WHERE m1 <> 0 LIMIT 1`,
    ],
  ])('it is found out that in the one that serves %s', async (_, sql) => {
    await world.trade(100);
    await world.projector([orderModel]).catchUp();
    tamper(sql);
    await world.readModels.create(orderModel, definitionOf(orderModel, 'UTC'));
    await world.projector([orderModel]).catchUp();
    expect(await world.states()).toEqual(['1 active', '2 failed']);
    const [, failed] = await world.generations();
    expect(failed?.error).toMatch(/^content hash [0-9a-f]{64} differs from [0-9a-f]{64} of generation 1/);
    expect(failed?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(world.reports).toEqual([expect.objectContaining({ what: 'rebuild failed', error: failed?.error })]);
    expect(await world.readModels.count(orders)).toBeGreaterThan(0);
  });

  it('the one that serves is not read where the engine compares them by itself', async () => {
    await world.trade(100);
    await world.projector([orderModel]).catchUp();
    // Orders change, so that cells become empty.
    await world.trade(100);
    await world.projector([orderModel]).catchUp();
    const read: number[] = [];
    const contents = world.readModels.contents.bind(world.readModels);
    world.readModels.contents = (generation, model) => {
      read.push(generation.id);
      return contents(generation, model);
    };
    await world.readModels.create(orderModel, definitionOf(orderModel, 'UTC'));
    await world.projector([orderModel]).catchUp();
    expect(await world.states()).toEqual(['1 retained', '2 active']);
    expect(new Set(read)).toEqual(new Set([2]));
  });

  it.each(['m1 = m1 + 4294967296, m1_high = m1_high - 1', 'm1 = m1 - 4294967296, m1_high = m1_high + 1'])(
    'it does not matter in which parts a sum is stored: %s',
    async (parts) => {
      await world.trade(100);
      await world.projector([orderModel]).catchUp();
      tamper(`UPDATE "cell_1_turnover" SET ${parts}`);
      await world.readModels.create(orderModel, definitionOf(orderModel, 'UTC'));
      await world.projector([orderModel]).catchUp();
      expect(await world.states()).toEqual(['1 retained', '2 active']);
    },
  );

  it('a sample of it is folded again', async () => {
    let folded = 0;
    const inconstant = {
      name: 'inconstant',
      version: 1,
      stream: (id) => `order-${id}`,
      on: {},
      id: ({ data }) => data.orderId,
      starts: {
        OrderPlaced: ({ data: { orderId, ...rest } }) => ({
          id: orderId,
          ...rest,
          placedAt: past,
          paidAt: null,
          folded: (folded += 1),
        }),
      },
    } satisfies Definition<Order & { readonly folded: number }, OrderEvents>;
    await world.trade(50);
    await world.projector([readModel(projection(inconstant))]).catchUp();
    await world.projector([readModel(projection({ ...inconstant, version: 2 }))]).catchUp();
    expect(await world.states()).toEqual(['1 active', '2 failed']);
    expect((await world.generations())[1]?.error).toMatch(/^document o\d+ differs from its events/);
  });

  it('the sample knows that a stream may hold events about other documents', async () => {
    const perCustomer = { ...orderCustomers, name: 'per-customer', stream: () => 'order-all' };
    for (const customer of ['c1', 'c2', 'c3']) {
      const placed = event('OrderPlaced', { orderId: `o-${customer}`, customer, amount: 1, tags: [] });
      await world.store.append('order-all', 'any', [placed]);
    }
    await world.projector([readModel(perCustomer)]).catchUp();
    await world.projector([readModel(raised(perCustomer))]).catchUp();
    expect(await world.states()).toEqual(['1 retained', '2 active']);
  });

  it('text that is not well-formed is no obstacle', async () => {
    await world.happens('OrderPlaced', { orderId: 'a', customer: 'lone \ud800 surrogate', amount: 1, tags: [] });
    await world.projector([orderModel]).catchUp();
    await world.readModels.create(orderModel, definitionOf(orderModel, 'UTC'));
    await world.projector([orderModel]).catchUp();
    expect(await world.states()).toEqual(['1 retained', '2 active']);
  });
});
