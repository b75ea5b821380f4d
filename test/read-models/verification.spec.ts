import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projection } from '../../libs/read-models/projection.js';
import type { Definition, Projection } from '../../libs/read-models/projection.js';
import { definitionOf, readModel } from '../../libs/read-models/rollup.js';
import { event } from '../support/events.js';
import { past } from '../support/given.js';
import { orderCustomers, orders, standing, turnover } from '../support/orders.js';
import type { Order, OrderEvents } from '../support/orders.js';
import { World } from '../support/world.js';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const raised = <Document>(of: Projection<Document>): Projection<Document> => ({ ...of, version: of.version + 1 });
const orderModel = readModel(orders, turnover, standing);

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
