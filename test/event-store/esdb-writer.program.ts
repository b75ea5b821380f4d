import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import { newId } from '../../libs/ids.js';

/** Appends to a server until it is told to stop, many at a time, and prints every event that was acknowledged. */
const [, , url] = process.argv as [string, string, string];
const STREAMS = 48;
const actor = { id: 'writer', name: 'Writer' };
const text = 'x'.repeat(20_000);
const store = await EsdbEventStore.open({ url, waits: { appendPatience: 60_000 } });
let stopping = false;
process.stdin.on('data', () => (stopping = true));

async function write(stream: string): Promise<void> {
  for (let revision = -1; !stopping;) {
    const ids = [newId(), newId()];
    const events = ids.map((id) => ({
      id,
      type: 'Written',
      schemaVersion: 1,
      occurredAt: '2026-01-01T00:00:00.000Z',
      data: { text },
      metadata: { actor, source: 'system' as const, commandId: id, correlationId: id },
    }));
    try {
      const appended = await store.append(stream, revision === -1 ? 'no-stream' : revision, events);
      revision = appended.revision;
      process.stdout.write(`${ids.join('\n')}\n`);
    } catch (error) {
      // Nothing was sent: tried again. Anything else has no place here.
      if ((error as { code?: string }).code !== 'store-unavailable') throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

await Promise.all(Array.from({ length: STREAMS }, (_, index) => write(`written-${index}`)));
await store.close();
process.exit();
