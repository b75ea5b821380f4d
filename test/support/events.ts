import type {
  EventStore,
  LogPage,
  LogRange,
  Metadata,
  NewEvent,
  RecordedEvent,
} from '../../libs/event-store/event-store.js';
import { newId } from '../../libs/ids.js';
import { past } from './given.js';

export const metadata: Metadata = {
  actor: { id: 'tester', name: 'Tester' },
  source: 'api',
  commandId: 'command',
  correlationId: 'correlation',
};

/** An event on its way into a log. */
export function event(type = 'Happened', data: unknown = {}, rest: Partial<NewEvent> = {}): NewEvent {
  return { id: newId(), type, schemaVersion: 1, occurredAt: past, data, metadata, ...rest };
}

export const events = (count: number, type?: string): NewEvent[] => Array.from({ length: count }, () => event(type));

export const idsOf = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id);

/** Everything an iteration of events or of pages of them gives. */
export async function everything(
  source: AsyncIterable<RecordedEvent | { readonly events: readonly RecordedEvent[] }>,
): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const each of source) found.push(...('events' in each ? each.events : [each]));
  return found;
}

export const wholeLog = (store: EventStore, range: Partial<LogRange> = {}): Promise<RecordedEvent[]> =>
  everything(logPages(store, range));

/** Pages up to the end of the range. */
export async function* logPages(store: EventStore, range: Partial<LogRange> = {}): AsyncGenerator<LogPage> {
  for (let after = range.after ?? 0; ;) {
    const page = await store.readLog({ ...range, after });
    yield page;
    if (page.end) return;
    if (page.scanned <= after) throw new Error('a page that is not the last moves on');
    after = page.scanned;
  }
}
