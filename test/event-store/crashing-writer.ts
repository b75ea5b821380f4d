import { SystemClock } from '../../libs/clock.js';
import type { NewEvent } from '../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { newId } from '../../libs/ids.js';

/** Appends to a log from several callers at once and prints what was acknowledged, until it is killed. */
const store = new SqliteEventStore({
  path: process.argv[2]!,
  clock: new SystemClock(),
  writer: { pid: process.pid, program: 'crash test', since: new Date().toISOString() },
});

function event(text: string): NewEvent {
  const command = newId();
  return {
    id: newId(),
    type: 'Happened',
    schemaVersion: 1,
    occurredAt: new Date().toISOString(),
    data: { text },
    metadata: {
      actor: {
        id: 'crash',
        name: 'Crash',
      },
      source: 'system',
      commandId: command,
      correlationId: command,
    },
  };
}

async function caller(stream: string): Promise<never> {
  let { revision } = (await store.readStream(stream, { backwards: true, limit: 1 })).events[0] ?? { revision: -1 };
  for (;;) {
    const size = Math.random() < 0.05 ? 50_000 : 200;
    const events = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () => event('x'.repeat(size)));
    const appended = await store.append(stream, revision === -1 ? 'no-stream' : revision, events);
    const first = appended.position - events.length + 1;
    // A write to a pipe is done when the call returns: nothing printed is lost with the process.
    process.stdout.write(
      events.map(({ id }, index) => `${first + index} ${stream} ${revision + 1 + index} ${id}\n`).join(''),
    );
    ({ revision } = appended);
  }
}

await Promise.all(Array.from({ length: 16 }, (_, index) => caller(`customer-${index}`)));
