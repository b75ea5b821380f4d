import { join } from 'node:path';
import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import type { SqliteEventStoreOptions } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { folder } from './folder.js';

export const writer = { pid: process.pid, program: 'test', since: '2026-01-01T00:00:00.000Z' };

/** An event store that this test writes to. Without a path it lies in a folder of its own. */
export const sqliteStore = (options: Partial<SqliteEventStoreOptions> = {}): SqliteEventStore =>
  new SqliteEventStore({ path: join(folder(), 'events.db'), clock: new SystemClock(), writer, ...options });

/** Another connection to the same log, that only reads. */
export const sqliteReader = (path: string): SqliteEventStore =>
  new SqliteEventStore({ path, clock: new SystemClock() });
