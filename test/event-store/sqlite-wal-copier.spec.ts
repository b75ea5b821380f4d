import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { newId } from '../../libs/ids.js';
import { folder } from '../support/folder.js';
import { until } from '../support/until.js';
import { closeAll, open } from './opened.js';

const metadata = {
  actor: { id: 'u1', name: 'Ada' },
  source: 'api',
  commandId: newId(),
  correlationId: newId(),
} as const;
const event = () => ({
  id: newId(),
  type: 'ThingHappened',
  schemaVersion: 1,
  occurredAt: '2026-01-31T09:00:00.000Z',
  data: { text: 'x'.repeat(200) },
  metadata,
});

/** Appends events, fewer than SQLite waits for before it copies the write-ahead log within a commit. */
async function write(store: SqliteEventStore, count: number): Promise<void> {
  for (let stream = 0; stream < count / 100; stream += 1)
    await store.append(`thing-${newId()}`, 'no-stream', Array.from({ length: 100 }, event));
}

describe('the write-ahead log of the embedded engine', () => {
  afterEach(closeAll);

  it('is copied into the file beside the connection that writes', async () => {
    const path = join(folder(), 'events.db');
    const store = open(path);
    await write(store, 1_900);
    const before = statSync(path).size;
    expect(before).toBeLessThan(100_000);
    await write(store, 100);
    await until(() => statSync(path).size > 500_000);
    expect(await store.head()).toBe(2_000);
  });

  it('is gone after a close, which ends the copying first', async () => {
    const path = join(folder(), 'events.db');
    const store = open(path);
    await write(store, 2_000);
    await until(() => statSync(path).size > 500_000);
    await write(store, 2_000);
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    const again = open(path);
    expect(await again.head()).toBe(4_000);
  });
});
