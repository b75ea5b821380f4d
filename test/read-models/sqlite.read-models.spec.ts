import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { readModelsContract } from '../contracts/read-models.contract.js';
import { TestClock } from '../support/clock.js';
import { folder } from '../support/folder.js';
import { orderModels } from '../support/orders.js';
import { World } from '../support/world.js';

readModelsContract('SQLite', async () => {
  const place = folder();
  return {
    open: async (options) =>
      new SqliteReadModels({ path: join(place, 'read-models.db'), clock: new SystemClock(), ...options }),
    remove: async () => rmSync(place, { recursive: true, force: true }),
    tables: async () => {
      const db = new DatabaseSync(join(place, 'read-models.db'), { readOnly: true });
      const rows = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
      db.close();
      return rows.map(({ name }) => String(name));
    },
  };
});

describe('SQLite read models', () => {
  let path: string;
  let readModels: SqliteReadModels;

  beforeEach(() => {
    path = join(folder(), 'read-models.db');
    readModels = new SqliteReadModels({ path, clock: new TestClock() });
  });
  afterEach(() => readModels.close());

  it('leave no table behind of a generation that is gone', async () => {
    const tables = () => {
      const db = new DatabaseSync(path, { readOnly: true });
      const rows = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%\\_1%' ESCAPE '\\'")
        .all();
      db.close();
      return rows.length;
    };
    for (let generation = 1; generation <= 3; generation += 1) {
      const { id, ...rest } = await readModels.create(orderModels[0]!, 'orders@1');
      if (id === 2) expect(tables()).toBeGreaterThan(3);
      await readModels.transition(id, ['building'], 'ready');
      await readModels.activate({ id, ...rest });
    }
    expect(tables()).toBe(0);
  });

  it('say that they are being built where an older definition serves that lacks what is asked for', async () => {
    const old = await readModels.create(orderModels[0]!, 'orders@1');
    await readModels.transition(old.id, ['building'], 'ready');
    await readModels.activate(old);
    const { projection } = orderModels[0]!;
    const newer = { ...projection, indexes: [...projection.indexes, ['soonest']], filters: ['mood'] };
    const building = { code: 'read-model-building', status: 503 };
    await expect(readModels.find(newer, { sort: ['soonest'] })).rejects.toMatchObject(building);
    await expect(readModels.find(newer, { filter: { mood: 'x' } })).rejects.toMatchObject(building);
    await expect(readModels.count(newer, { mood: 'x' })).rejects.toMatchObject(building);
    expect(await readModels.find(projection)).toEqual({ items: [] });
  });

  it('of an older program are read after a writer has brought them up', () => {
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 1');
    db.close();
    const read = () => new SqliteReadModels({ path, clock: new TestClock(), readOnly: true });
    expect(read).toThrow(
      expect.objectContaining({ code: 'data-older-than-program', message: expect.stringContaining('`annals start`') }),
    );
  });

  it('of a program that kept each sum in one column count on', async () => {
    const sales = async () => (await readModels.sums(orderModels[0]!.rollups[0]!)).map(({ measures }) => measures);
    const world = new World();
    await world.trade(50);
    await world.projector(orderModels, { readModels }).catchUp();
    const before = await sales();
    expect(before).toHaveLength(1);
    await readModels.close();
    const db = new DatabaseSync(path);
    const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE name GLOB 'cell_*'`).all();
    for (const { name } of tables) {
      const columns = db.prepare('SELECT name FROM pragma_table_info(?)').all(String(name));
      for (const { name: column } of columns)
        if (String(column).endsWith('_high')) db.exec(`ALTER TABLE "${name}" DROP COLUMN ${column}`);
    }
    db.exec('PRAGMA user_version = 5');
    db.close();
    readModels = new SqliteReadModels({ path, clock: new TestClock() });
    expect(await sales()).toEqual(before);
    await world.trade(50, 'p');
    await world.projector(orderModels, { readModels }).catchUp();
    const generation = (await readModels.generations()).find(({ name }) => name === 'orders');
    world.readModels = readModels;
    const { found, expected } = await world.folded(generation, orderModels[0]!);
    expect(found).toEqual(expected);
    await world.close();
    readModels = new SqliteReadModels({ path, clock: new TestClock() });
  });

  it('that are damaged say so, what to do, and nothing of what they hold', async () => {
    const generation = await readModels.create(orderModels[0]!, 'orders@1');
    const db = new DatabaseSync(path);
    db.exec(`INSERT INTO document_${generation.id} (id, body, position) VALUES ('o1', 'Mr Secret', 1)`);
    db.close();
    const reading = readModels.documents(generation, ['o1']);
    await expect(reading).rejects.toMatchObject({
      code: 'data-unreadable',
      status: 500,
      message: expect.stringMatching(/read-models\.db is damaged.*delete it: `annals rebuild --all`/),
    });
    await expect(reading).rejects.not.toThrow('Secret');
  });

  it('wait for whoever else is writing, without holding up the thread', async () => {
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    let kept = false;
    const keeping = readModels.madeFrom('one').then(() => (kept = true));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(kept).toBe(false);
    expect(await readModels.madeFrom()).toBeUndefined();
    other.exec('COMMIT');
    other.close();
    await keeping;
    expect(await readModels.madeFrom()).toBe('one');
  });
});
