import { expect } from '@jest/globals';
import type { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import type { Holder } from '../../libs/event-store/sqlite/lock.js';
import { sqliteReader, sqliteStore, writer } from '../support/stores.js';

/** Stores that this file has opened; the suite closes them after each test. */
export const opened: SqliteEventStore[] = [];

function remember(store: SqliteEventStore): SqliteEventStore {
  opened.push(store);
  return store;
}

/** Opens a log to write it. */
export const open = (path: string, holder: Holder = writer) => remember(sqliteStore({ path, writer: holder }));

/** Opens a log to read it. */
export const read = (path: string) => remember(sqliteReader(path));

export async function closeAll(): Promise<void> {
  for (const store of opened.splice(0)) await store.close();
}

/** A refusal that names the file. */
export const refused = (code: string) =>
  expect.objectContaining({ code, message: expect.stringContaining('events.db') });
