import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import eventstore from '@eventstore/db-client';
import type { EventData } from '@eventstore/db-client';
import { expect, it } from '@jest/globals';
import { folder } from '../support/folder.js';
import { logProgram } from '../support/log-program.js';
import { wholeLog } from '../support/events.js';
import { sqliteReader } from '../support/stores.js';

const ROUNDS = 40;
const STREAMS = 8;

it('what was acknowledged is there once, whenever the endpoint is killed', async () => {
  const path = join(folder(), 'events.db');
  const acknowledged = new Map<string, EventData>();
  /** The last batch of each stream of which nobody knows whether it was written. */
  const unknown = new Map<string, EventData[]>();
  let again = 0;

  async function round(): Promise<void> {
    const log = await logProgram(path);
    const client = eventstore.EventStoreDBClient.connectionString(log.url);
    let dead = false;
    const write = async (stream: string): Promise<void> => {
      while (!dead) {
        const repeated = unknown.get(stream);
        const events = repeated ?? batch();
        unknown.set(stream, events);
        const appended = await client.appendToStream(stream, events).catch(() => undefined);
        if (!appended) return;
        if (repeated) again += 1;
        unknown.delete(stream);
        for (const event of events) acknowledged.set(event.id, event);
      }
    };
    const writing = Array.from({ length: STREAMS }, (_, index) => write(`lead-${index}`));
    await sleep(50 + Math.random() * 150);
    log.process.kill('SIGKILL');
    await once(log.process, 'exit');
    dead = true;
    await client.dispose();
    await Promise.all(writing);
  }

  for (let each = 0; each < ROUNDS; each += 1) await round();
  const store = sqliteReader(path);
  const log = await wholeLog(store);
  await store.close();
  const found = new Map(log.map((event) => [event.id, event]));
  expect(found.size).toBe(log.length);
  expect(log.map(({ position }) => position)).toEqual(log.map((_, index) => index + 1));
  for (const [id, { type, data }] of acknowledged) expect(found.get(id)).toMatchObject({ type, data });
  const undecided = new Set([...unknown.values()].flatMap((events) => events.map(({ id }) => id)));
  for (const { id } of log) expect(acknowledged.has(id) || undecided.has(id)).toBe(true);
  expect(acknowledged.size).toBeGreaterThan(ROUNDS * STREAMS);
  expect(again).toBeGreaterThan(0);
});

const batch = (): EventData[] =>
  Array.from({ length: 1 + Math.floor(Math.random() * 5) }, (_, index) =>
    eventstore.jsonEvent({ type: 'Sent', data: { index } }),
  );
