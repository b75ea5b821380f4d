import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import type { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { SqliteGroups } from '../../libs/subscriptions/sqlite-groups.js';
import type { GroupSettings } from '../../libs/subscriptions/sqlite-groups.js';
import { events } from '../support/events.js';
import { folder } from '../support/folder.js';
import { LockHolder } from '../support/lock-holder.js';
import { sqliteStore } from '../support/stores.js';
import { until } from '../support/until.js';

let holder: LockHolder | undefined;
let store: SqliteEventStore;
afterEach(async () => {
  await holder?.letGo();
  await store.close();
});

/** On Linux the process is named, elsewhere it cannot be known. */
const named = () => (process.platform === 'linux' ? `node (process ${holder!.pid})` : 'another program');

describe('while another program holds the write lock of the log', () => {
  it('appends wait, reading and everything else goes on, and nothing is refused that gets its turn', async () => {
    const path = join(folder(), 'events.db');
    store = sqliteStore({ path });
    await store.append('customer-1', 'any', events(1));
    holder = await LockHolder.of(path);
    let settled = 0;
    const appends = [0, 1, 2].map((index) => store.append(`customer-2${index}`, 'no-stream', events(1)));
    for (const append of appends) void append.then(() => (settled += 1));
    // Turns of the event loop, each with an answer from the log: a thread that waited for the lock would have none.
    for (let turn = 0; turn < 20; turn += 1) {
      expect((await store.readLog({ after: 0 })).events).toHaveLength(1);
      await sleep(1);
    }
    expect(settled).toBe(0);
    await holder.letGo();
    expect((await Promise.all(appends)).map(({ position }) => position)).toEqual([2, 3, 4]);
  });

  it('callers who waited long enough are refused, it is said which program it is, and that it is over', async () => {
    const path = join(folder(), 'events.db');
    const told: (string | undefined)[] = [];
    store = sqliteStore({ path, patience: 50, report: (fault) => told.push(fault) });
    await store.append('customer-1', 'any', events(1));
    holder = await LockHolder.of(path);
    for (const _ of [1, 2]) {
      await expect(store.append('customer-1', 0, events(1))).rejects.toMatchObject({
        code: 'storage-locked',
        status: 503,
        message: expect.stringContaining(`events.db is locked by ${named()} since 20`),
      });
    }
    expect(told).toEqual([expect.stringContaining('is locked by')]);
    expect(store.fault).toBe(told[0]);
    await holder.letGo();
    // Also when no caller tries.
    await until(() => store.fault === undefined);
    expect(told).toEqual([expect.any(String), undefined]);
    expect(await store.append('customer-1', 0, events(1))).toEqual({ revision: 1, position: 2 });
  });

  it('closing waits for what was asked before', async () => {
    const path = join(folder(), 'events.db');
    store = sqliteStore({ path });
    holder = await LockHolder.of(path);
    const append = store.append('customer-1', 'no-stream', events(1));
    const closed = store.close();
    await sleep(20);
    await holder.letGo();
    expect(await append).toEqual({ revision: 0, position: 1 });
    await closed;
  });
});

it('while another program holds the write lock of the read models, they are read, and writing is refused after a while', async () => {
  store = sqliteStore();
  const path = join(folder(), 'read-models.db');
  const readModels = new SqliteReadModels({ path, clock: new SystemClock(), patience: 50 });
  await readModels.madeFrom('one');
  const attempt = () => readModels.attempt(1, 'a', 3, 'failed', 9);
  expect(await attempt()).toBe(1);
  holder = await LockHolder.of(path);
  await expect(attempt()).rejects.toMatchObject({
    code: 'storage-locked',
    status: 503,
    message: expect.stringContaining(`read-models.db is locked by ${named()} since 20`),
  });
  expect(await readModels.madeFrom()).toBe('one');
  const counted = attempt();
  await holder.letGo();
  expect(await counted.catch(attempt)).toBe(2);
  await readModels.close();
});

it('while another program holds the write lock of the groups of consumers, only writing waits, in order', async () => {
  store = sqliteStore();
  const path = join(folder(), 'groups.db');
  const told: (string | undefined)[] = [];
  const groups = new SqliteGroups(path, (fault) => told.push(fault), 50);
  const key = { source: '$all', name: 'readers' };
  const settings = { from: 'start' } as unknown as GroupSettings;
  await groups.keep({ ...key, settings, checkpoint: 1 });
  holder = await LockHolder.of(path);
  groups.park(key, 7, 'It took too long.');
  groups.checkpoint(key, 9);
  expect(groups.parked(key)).toEqual([]);
  expect(groups.all()).toMatchObject([{ ...key, checkpoint: 1 }]);
  await expect(groups.remove(key)).rejects.toMatchObject({
    code: 'storage-locked',
    message: expect.stringContaining(`groups.db is locked by ${named()} since 20`),
  });
  expect(told).toEqual([expect.stringContaining('is locked by')]);
  await holder.letGo();
  // What no caller waits for is not refused, and is written once that can be.
  await until(() => groups.all()[0]?.checkpoint === 9);
  expect(groups.parked(key)).toMatchObject([{ place: 7 }]);
  expect(told).toEqual([expect.any(String), undefined]);
  await groups.remove(key);
  expect([groups.all(), groups.parked(key)]).toEqual([[], []]);
  groups.close();
});
