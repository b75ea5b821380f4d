import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Projection } from '../../libs/read-models/projection.js';
import type { Generation } from '../../libs/read-models/generation.js';
import { definitionOf, readModel } from '../../libs/read-models/rollup.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { orderModels, orders, standing, turnover } from '../support/orders.js';
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
