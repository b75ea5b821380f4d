import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { SystemClock } from '../../libs/clock.js';
import { Refusal } from '../../libs/errors.js';
import type { NewEvent } from '../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { newId } from '../../libs/ids.js';

/** Writes to a log when its files may not grow, then when they may again, and prints what came of it. */
const path = process.argv[2]!;
const store = new SqliteEventStore({
  path,
  clock: new SystemClock(),
  writer: {
    pid: process.pid,
    program: 'full disk',
    since: new Date().toISOString(),
  },
});

function event(type = 'Happened'): NewEvent {
  const id = newId();
  return {
    id,
    type,
    schemaVersion: 1,
    occurredAt: new Date().toISOString(),
    data: {},
    metadata: {
      actor: {
        id: 'test',
        name: 'Test',
      },
      source: 'system',
      commandId: id,
      correlationId: id,
    },
  };
}

const outcome = (appended: Promise<object>) =>
  appended.catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    return { code: error.code, status: error.status };
  });

/** Files of this process may be no larger: what a full disk looks like from inside. */
function largestFile(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
}

await store.append('customer-1', 'any', [event(), event(), event()]);

largestFile(statSync(`${path}-wal`).size);
const full = {
  group: await Promise.all([
    outcome(store.append('customer-1', 2, [event()])),
    outcome(store.append('customer-2', 'no-stream', [event('New')])),
    outcome(store.append('customer-1', 0, [event()])),
  ]),
  again: await outcome(store.append('customer-3', 'any', [event()])),
  read: (await store.readLog({ after: 0 })).events.length,
  head: await store.head(),
  fault: store.fault !== undefined,
};

largestFile('unlimited');
const room = {
  appended: [
    await outcome(store.append('customer-1', 2, [event()])),
    await outcome(store.append('customer-2', 'no-stream', [event('New')])),
  ],
  positions: (await store.readLog({ after: 0 })).events.map(({ position }) => position),
  types: (await store.storedVersions()).map(({ type }) => type),
};
await store.close();
process.stdout.write(JSON.stringify({ full, room }));
