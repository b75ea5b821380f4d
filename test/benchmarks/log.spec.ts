import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { makeLog } from '../../benchmarks/log.js';
import { deciders } from '../../apps/program/contexts.js';
import { evolve } from '../../libs/event-store/decider.js';
import type { Decider } from '../../libs/event-store/decider.js';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { foldPage } from '../../libs/read-models/building/fold.js';
import { readModels } from '../../apps/program/definitions.js';
import { TestClock } from '../support/clock.js';
import { wholeLog } from '../support/events.js';
import { folder } from '../support/folder.js';

const size = { customers: 40, events: 1_000 };

async function made(): Promise<RecordedEvent[]> {
  const path = join(folder(), 'events.db');
  const { events } = await makeLog(path, size);
  const store = new SqliteEventStore({ path, clock: new TestClock() });
  const found = await wholeLog(store);
  await store.close();
  expect(found).toHaveLength(events);
  return found;
}

describe('the log that is measured with', () => {
  it('is of the size asked for', async () => {
    const events = await made();
    expect(events.length).toBeGreaterThanOrEqual(size.events);
    expect(events.filter(({ type }) => type === 'CustomerRegistered')).toHaveLength(size.customers);
  });

  it('is the same every time', async () => {
    const plain = (events: RecordedEvent[]) =>
      events.map(({ id, stream, revision, type, occurredAt, recordedAt, data, metadata }) => [
        id,
        stream,
        revision,
        type,
        occurredAt,
        recordedAt,
        data,
        metadata,
      ]);
    expect(plain(await made())).toEqual(plain(await made()));
  });

  it('holds nothing that the deciders do not know, and something of every kind', async () => {
    const states = new Map<string, unknown>();
    const all = deciders as unknown as readonly Decider<unknown, Record<string, unknown>>[];
    const events = await made();
    for (const event of events) {
      const of = all.find(({ category }) => event.stream.startsWith(`${category}-`))!;
      states.set(event.stream, evolve(of, states.get(event.stream) ?? of.initial, event));
    }
    expect(states.size).toBeGreaterThan(size.customers);
    const types = new Set(events.map(({ type }) => type));
    expect([...types]).toEqual(
      expect.arrayContaining(['OpportunityWon', 'OpportunityLost', 'TaskCompleted', 'PurchaseRecorded']),
    );
  });

  it('leaves no read model empty', async () => {
    const events = await made();
    const empty = readModels.filter((readModel) => foldPage(readModel, events, new Map(), 'UTC').documents.size === 0);
    expect(empty.map(({ projection }) => projection.name)).toEqual([]);
  });
});
