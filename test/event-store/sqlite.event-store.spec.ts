import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { SqliteEventStore } from '../../libs/event-store/sqlite.event-store.js';
import { eventStoreContract } from '../contracts/event-store.contract.js';
import { TestClock } from '../support/clock.js';
import { event, events, wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteReader, sqliteStore } from '../support/stores.js';

eventStoreContract('SQLite', async () => {
  const place = folder();
  return {
    open: async (options) => sqliteStore({ path: join(place, 'events.db'), ...options }),
    remove: async () => rmSync(place, { recursive: true, force: true }),
  };
});

describe('the SQLite event store', () => {
  let store: SqliteEventStore;

  afterEach(() => store.close());

  it('numbers the log without gaps, also behind appends that were refused', async () => {
    store = sqliteStore();
    const sent = Array.from({ length: 300 }, (_, index) =>
      store.append(`customer-${index % 7}`, index % 3 === 0 ? 'no-stream' : 'any', events(1 + (index % 4))),
    );
    await Promise.allSettled(sent);
    const log = await wholeLog(store);
    expect(log.map(({ position }) => position)).toEqual(log.map((_, index) => index + 1));
  });

  it('never records a time before one it has recorded, even when the clock goes back', async () => {
    const path = join(folder(), 'events.db');
    const clock = new TestClock('2026-01-01T00:00:10.000Z');
    store = sqliteStore({ path, clock });
    await store.append('customer-1', 'any', events(1));
    clock.advance(-5_000);
    await store.append('customer-1', 'any', events(1));
    await store.close();
    store = sqliteStore({ path, clock });
    clock.advance(2_000);
    await store.append('customer-1', 'any', events(1));
    clock.advance(10_000);
    await store.append('customer-1', 'any', events(1));
    expect((await wholeLog(store)).map(({ recordedAt }) => recordedAt)).toEqual([
      '2026-01-01T00:00:10.000Z',
      '2026-01-01T00:00:10.000Z',
      '2026-01-01T00:00:10.000Z',
      '2026-01-01T00:00:17.000Z',
    ]);
    const until = { axis: 'recorded', time: '2026-01-01T00:00:12.000Z' } as const;
    expect((await store.readLog({ after: 0, until })).events).toHaveLength(3);
  });

  it('keeps 1,024 appends waiting, no more', async () => {
    store = sqliteStore();
    const sent = Array.from({ length: 1_030 }, (_, index) => store.append(`customer-${index}`, 'any', events(1)));
    const outcomes = (await Promise.allSettled(sent)).map(({ status }) => status);
    expect(outcomes.indexOf('rejected')).toBe(1_024);
    expect(outcomes.filter((status) => status === 'rejected')).toHaveLength(6);
  });

  it('answers no append before it is on disk', async () => {
    const path = join(folder(), 'events.db');
    store = sqliteStore({ path });
    await store.append('customer-1', 'any', events(1));
    const reader = sqliteReader(path);
    const seen: number[] = [];
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const { position } = await store.append(`customer-${index}`, 'any', events(1));
        seen.push((await reader.head()) - position);
      }),
    );
    await reader.close();
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
  });

  const limited = spawnSync('prlimit', ['--version']).error === undefined ? it : it.skip;
  limited(
    'rejects a whole group when the disk is full, goes on reading, and writes again when there is room',
    async () => {
      const path = join(folder(), 'events.db');
      store = sqliteStore({ path });
      await store.append('customer-1', 'any', events(3));
      // Files of this process may not grow any more: what a full disk looks like from inside.
      process.on('SIGXFSZ', () => undefined);
      const largestFile = (bytes: number | string) =>
        execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
      largestFile(statSync(`${path}-wal`).size);
      try {
        const group = [
          store.append('customer-1', 2, events(1)),
          store.append('customer-2', 'no-stream', [event('New')]),
          store.append('customer-1', 0, events(1)),
        ];
        for (const { status, reason } of (await Promise.allSettled(group)) as PromiseRejectedResult[]) {
          expect([status, reason]).toEqual([
            'rejected',
            expect.objectContaining({ code: 'store-unavailable', status: 503 }),
          ]);
        }
        await expect(store.append('customer-3', 'any', events(1))).rejects.toMatchObject({ code: 'store-unavailable' });
        expect(await wholeLog(store)).toHaveLength(3);
        expect(await store.head()).toBe(3);
      } finally {
        largestFile('unlimited');
      }
      expect(await store.append('customer-1', 2, events(1))).toEqual({ revision: 3, position: 4 });
      expect(await store.append('customer-2', 'no-stream', [event('New')])).toEqual({ revision: 0, position: 5 });
      expect(await store.storedVersions()).toContainEqual({ type: 'New', schemaVersion: 1 });
      expect((await wholeLog(store)).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
    },
  );
});
