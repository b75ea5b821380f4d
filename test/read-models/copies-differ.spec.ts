import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { definitionOf } from '../../libs/read-models/rollup.js';
import { orders } from '../support/orders.js';
import { first, second, VersionsWorld } from './versions.js';

let world: VersionsWorld;
beforeEach(() => {
  world = new VersionsWorld();
});
afterEach(() => world.close());

describe('how two copies differ', () => {
  it('is told by counts, fields and events, of a few documents and no more', async () => {
    await world.trade(300);
    await world.started(first);
    await world.started(second, first);
    const documents = await world.readModels.count(orders);
    const zero = await world.readModels.count(orders, { amount: 0 });
    const found = await world.rebuilds(second, first).diff('orders', 2);
    expect(found).toMatchObject({
      name: 'orders',
      position: 300,
      active: { generation: 2 },
      other: { generation: 1, state: 'retained' },
      documents: { active: documents, other: documents },
      differ: documents - zero,
      onlyInActive: 0,
      onlyInOther: 0,
      notCompared: 0,
    });
    expect(found.examples).toHaveLength(2);
    for (const { id, in: where, fields, made, events } of found.examples) {
      const { events: own } = await world.store.readStream(`order-${id}`);
      expect([where, made]).toEqual(['both', own.length]);
      expect(events).toEqual(own.slice(-5).map(({ position, type, occurredAt }) => ({ position, type, occurredAt })));
      expect(fields).toEqual([{ path: 'amount', active: expect.any(String), other: expect.any(String) }]);
      expect(Number(fields[0]!.active)).toBe(2 * Number(fields[0]!.other));
    }
  });

  it('leaves out what has moved on in one of them, and finds what only one of them has', async () => {
    await world.trade(50);
    await world.started(first);
    await world.started(second, first);
    const db = new DatabaseSync(join(world.folder, 'read-models.db'));
    db.exec(`INSERT INTO document_1 (id, body, position) VALUES ('theirs', '{"id":"theirs","amount":1}', 1);
      INSERT INTO document_2 (id, body, position) VALUES ('mine', '{"id":"mine","amount":1}', 1);
      INSERT INTO document_2 (id, body, position) VALUES ('late', '{"id":"late","amount":1}', 99)`);
    db.close();
    const { examples, ...found } = await world.rebuilds(second, first).diff('orders', 1_000);
    expect(found).toMatchObject({ onlyInActive: 1, onlyInOther: 1, notCompared: 1 });
    const only = examples.filter((each) => each.in !== 'both').map((each) => [each.id, each.in, each.made]);
    expect(only).toEqual([
      ['mine', 'active', 0],
      ['theirs', 'other', 0],
    ]);
  });

  it('is asked of a read model that is there, with another copy of it', async () => {
    await world.started(first);
    await expect(world.rebuilds(first).diff('orders')).rejects.toMatchObject({
      code: 'nothing-to-compare',
      status: 409,
    });
    await expect(world.rebuilds(first).diff('none')).rejects.toMatchObject({ code: 'projection-unknown', status: 404 });
    await expect(world.rebuilds(first).rollback('none')).rejects.toMatchObject({ code: 'projection-unknown' });
    await expect(world.rebuilds(first).cancel('none')).rejects.toMatchObject({ code: 'projection-unknown' });
  });

  it('is not asked of a copy that is dropped while it is read', async () => {
    await world.trade(50);
    await world.started(first);
    await world.started(second, first);
    const kept = (await world.generations()).find(({ state }) => state === 'retained')!;
    const documents = world.readModels.documents.bind(world.readModels);
    world.readModels.documents = async (generation, ids) => {
      await world.readModels.transition(kept.id, ['retained'], 'dropped');
      return documents(generation, ids);
    };
    await expect(world.rebuilds(second, first).diff('orders')).rejects.toMatchObject({ code: 'nothing-to-compare' });
  });

  it('is the reason of a copy that failed, since nothing else is left of it', async () => {
    await world.trade(50);
    await world.started(first);
    const db = new DatabaseSync(join(world.folder, 'read-models.db'));
    db.exec(`UPDATE document_1 SET body = json_set(body, '$.amount', 4711) WHERE id = 'o0'`);
    db.close();
    await world.readModels.create(first, definitionOf(first, 'UTC'));
    await world.started(first);
    expect((await world.generations()).at(-1)).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(
        /: 1 of \d+ documents differ, 0 are missing, 0 are new: o0 \(.*OrderChanged at \d+\)$/,
      ),
    });
  });
});
