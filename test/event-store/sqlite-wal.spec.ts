import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { WalLimit } from '../../libs/sqlite/wal.js';
import { folder } from '../support/folder.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { sqliteReader } from '../support/stores.js';
import { World } from '../support/world.js';
import { orderModels, orders } from '../support/orders.js';
import { until } from '../support/until.js';

const MOST = 64 * 1024 * 1024;
const sizeOf = (path: string) => statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;

/** A program that looks at one moment of a file until it is done. */
function longReader(path: string): { done(): void } {
  const db = new DatabaseSync(path, { readOnly: true });
  db.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
  return { done: () => db.close() };
}

describe('the write-ahead log that a long reader has made long', () => {
  it('is cut when the reader is gone, without another commit', async () => {
    const path = join(folder(), 'a.db');
    const db = new DatabaseSync(path, { timeout: 0 });
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x)');
    const limit = new WalLimit(db, { most: 100_000 });
    const reader = longReader(path);
    for (let round = 0; round < 10; round += 1) {
      db.exec('INSERT INTO t VALUES (randomblob(100000))');
      limit.check();
    }
    expect(sizeOf(path)).toBeGreaterThan(1_000_000);
    // As long as the reader looks, it is tried in vain.
    await sleep(1_500);
    expect(sizeOf(path)).toBeGreaterThan(1_000_000);
    reader.done();
    await until(() => sizeOf(path) === 0);
    limit.close();
    db.close();
  });

  it('is cut to a share of the room on a disk that other files fill', async () => {
    const path = join(folder(), 'a.db');
    const db = new DatabaseSync(path, { timeout: 0 });
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x)');
    let free = 1024 ** 3;
    const limit = new WalLimit(db, { pages: 16_384, free: () => free });
    const write = () => {
      db.exec('INSERT INTO t VALUES (randomblob(1000000))');
      limit.check();
    };
    for (let round = 0; round < 20; round += 1) write();
    expect(sizeOf(path)).toBeGreaterThan(20_000_000);
    free = 0;
    write();
    await until(() => sizeOf(path) === 0);
    // On a small disk it never grows as long.
    free = 16 * 1024 * 1024;
    for (let round = 0; round < 20; round += 1) write();
    expect(sizeOf(path)).toBeLessThan(5_000_000);
    limit.close();
    db.close();
  });

  it.each(['the log', 'read models'])('is cut for %s', async (which) => {
    const world = new World();
    const path = join(world.folder, which === 'the log' ? 'events.db' : 'read-models.db');
    await world.projector(orderModels).catchUp();
    const reader = longReader(path);
    const large = 'x'.repeat(1_000_000);
    for (let index = 0; index < 70; index += 1)
      await world.happens('OrderPlaced', { orderId: `o${index}`, customer: large, amount: 1, tags: [] });
    await world.projector(orderModels.filter(({ projection }) => projection.name === orders.name)).catchUp();
    expect(sizeOf(path)).toBeGreaterThan(MOST);
    reader.done();
    await until(() => sizeOf(path) < MOST);
    await world.close();
  });
});

/** Kinds of the locks of this process on a file. Only Linux lists locks. */
const locksOn = (path: string): readonly (string | undefined)[] =>
  readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , , pid, place]) => pid === `${process.pid}` && place?.split(':')[2] === `${statSync(path).ino}`)
    .map(([, , , access]) => access);

it.each(['events.db', 'read-models.db'])(
  'a program keeps its lock on %s: without one another program deletes the write-ahead log as the last to use it',
  async (name) => {
    const world = new World();
    const { folder: place, clock } = world;
    await world.projector(orderModels).catchUp();
    expect(locksOn(join(place, name))).toEqual(['READ']);
    // Opened once more in the same process, as the threads of a program do.
    const log = sqliteReader(join(place, 'events.db'));
    const readModels = new SqliteReadModels({ path: join(place, 'read-models.db'), clock, readOnly: true });
    await Promise.all([log.head(), readModels.generations()]);
    expect(locksOn(join(place, name))).toEqual(['READ']);
    for (const each of [log, readModels, world]) await each.close();
  },
);
