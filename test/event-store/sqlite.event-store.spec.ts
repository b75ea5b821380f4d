import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EventIdTaken } from '../../libs/event-store/event-store.js';
import type { ForeignEvent } from '../../libs/event-store/event-store.js';
import type { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { eventStoreContract } from '../contracts/event-store.contract.js';
import { TestClock } from '../support/clock.js';
import { compiled } from '../support/compiled.js';
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

  it('takes an id of another program once in each stream, also where an event of ours has it', async () => {
    store = sqliteStore();
    const ours = event();
    const theirs: ForeignEvent = {
      id: ours.id,
      type: 'Sent',
      foreign: { contentType: 'application/json', data: Buffer.from('{}'), metadata: Buffer.alloc(0) },
    };
    await store.append('customer-1', 'no-stream', [ours]);
    await store.append('lead-1', 'no-stream', [theirs]);
    const answer = await store.append('lead-2', 'no-stream', [theirs]);
    expect(answer).toEqual({ revision: 0, position: 3 });
    expect(await store.append('lead-2', 'no-stream', [theirs])).toEqual(answer);
    for (const stream of ['customer-1', 'lead-1', 'lead-2']) {
      expect(await store.find(stream, ours.id)).toMatchObject({ stream, revision: 0 });
    }
    await expect(store.append('customer-2', 'any', [ours])).rejects.toEqual(new EventIdTaken('customer-2', ours.id));
    expect(await wholeLog(store)).toHaveLength(3);
  });

  it('brings a log along in which an id was unique over all streams', async () => {
    const path = join(folder(), 'events.db');
    const ours = event();
    store = sqliteStore({ path });
    await store.append('customer-1', 'any', [ours]);
    await store.close();
    const db = new DatabaseSync(path);
    db.exec('DROP INDEX event_id; CREATE UNIQUE INDEX event_id ON event (id); PRAGMA user_version = 2');
    db.close();
    store = sqliteStore({ path });
    const foreign = { contentType: 'application/json', data: Buffer.from('{}'), metadata: Buffer.alloc(0) } as const;
    await store.append('lead-1', 'any', [{ id: ours.id, type: 'Sent', foreign }]);
    expect((await wholeLog(store)).map(({ stream, id }) => [stream, id])).toEqual([
      ['customer-1', ours.id],
      ['lead-1', ours.id],
    ]);
  });

  it('keeps 1,024 appends waiting, no more', async () => {
    store = sqliteStore();
    const sent = Array.from({ length: 1_030 }, (_, index) => store.append(`customer-${index}`, 'any', events(1)));
    const outcomes = (await Promise.allSettled(sent)).map(({ status }) => status);
    expect(outcomes.indexOf('rejected')).toBe(1_024);
    expect(outcomes.filter((status) => status === 'rejected')).toHaveLength(6);
  });

  it('counts in a page what was stored, not what an upcaster makes of it', async () => {
    const path = join(folder(), 'events.db');
    store = sqliteStore({ path });
    await store.append('customer-1', 'any', events(3, 'Split'));
    await store.close();
    const halves = [1, 2].map((half) => ({ type: 'Half', data: { half } }));
    store = sqliteStore({
      path,
      upcasting: new Upcasting([{ type: 'Split', from: 1, into: ['Half'], up: () => halves }]),
    });
    const page = await store.readStream('customer-1', { limit: 4 });
    expect([page.events.length, page.end]).toEqual([6, true]);
    expect((await store.readLog({ after: 0, limit: 2 })).scanned).toBe(2);
  });

  it('looks at so many positions for a page, whether they match or not', async () => {
    store = sqliteStore({ durability: 'normal' });
    const noise = Array.from({ length: 50 }, () => store.append('customer-1', 'any', events(2_100)));
    await Promise.all(noise);
    for (const filter of [{ types: ['Rare'] }, { streams: ['task-'] }, { streams: ['t'] }]) {
      expect(await store.readLog({ after: 0, ...filter })).toMatchObject({
        scanned: 100_000,
        head: 105_000,
        end: false,
      });
      expect(await store.readLog({ after: 100_000, ...filter })).toMatchObject({ scanned: 105_000, end: true });
    }
  }, 30_000);

  it('fails only the caller whose event breaks a rule of the table', async () => {
    store = sqliteStore();
    const outcomes = await Promise.allSettled([
      store.append('customer-1', 'any', events(1)),
      store.append('customer-2', 'any', [event('New'), event(null as unknown as string)]),
      store.append('customer-3', 'any', events(1)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await wholeLog(store)).map(({ position, stream }) => [position, stream])).toEqual([
      [1, 'customer-1'],
      [2, 'customer-3'],
    ]);
  });

  it('recovers from whatever fails in the middle of a group', async () => {
    const clock = new TestClock();
    store = sqliteStore({ clock });
    await store.append('customer-1', 'any', events(1));
    const now = clock.now.bind(clock);
    clock.now = () => {
      throw new Error('no time');
    };
    const group = [store.append('customer-1', 0, events(1)), store.append('customer-2', 'any', events(1))];
    const unavailable = { status: 'rejected', reason: expect.objectContaining({ code: 'store-unavailable' }) };
    expect(await Promise.allSettled(group)).toEqual([unavailable, unavailable]);
    clock.now = now;
    expect(await store.append('customer-1', 0, events(1))).toEqual({ revision: 1, position: 2 });
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

  // Only Linux has it, and nothing else takes room from a process that runs and gives it back.
  const limited = spawnSync('prlimit', ['--version']).error === undefined ? it : it.skip;
  limited('rejects a whole group when the disk is full, goes on reading, and writes again when there is room', () => {
    const sources = compiled(
      'libs/*.ts',
      'libs/sqlite/*.ts',
      'libs/event-store/**/*.ts',
      'test/event-store/full-disk.ts',
    );
    const program = join(sources, 'test/event-store/full-disk.js');
    const printed = execFileSync(process.execPath, [program, join(folder(), 'events.db')], { encoding: 'utf8' });
    const { full, room } = JSON.parse(printed) as { full: object; room: object };
    const unavailable = { code: 'storage-failing', status: 503 };
    expect(full).toEqual({
      group: [unavailable, unavailable, unavailable],
      again: unavailable,
      read: 3,
      head: 3,
      fault: true,
    });
    expect(room).toEqual({
      appended: [
        { revision: 3, position: 4 },
        { revision: 0, position: 5 },
      ],
      positions: [1, 2, 3, 4, 5],
      types: ['Happened', 'New'],
    });
  });
});
