import type { EventStore, LogPage } from '../../event-store/event-store.js';

/** Reads exactly the page of an unfinished write: with another range, written parts would count twice. */
export async function begunPage(
  store: EventStore,
  after: number,
  to: number,
  types: readonly string[],
): Promise<LogPage> {
  const page = await store.readLog({ after, to, types });
  if (page.end) return { ...page, scanned: to };
  const rest = await begunPage(store, page.scanned, to, types);
  return { ...rest, events: [...page.events, ...rest.events] };
}
