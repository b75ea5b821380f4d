import { setImmediate as turn } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { EventFilter } from './event-filter.js';
import type { LogTail, TailPage } from './log-tail.js';
import { PAGE, rangeOf } from './read-call.js';
import type { Place } from './read-request.js';
import { isShown, shownOf } from './stream-metadata.js';

/** What is read: one stream, or the whole log, optionally filtered. */
export interface Source {
  readonly stream?: string;
  readonly filter?: EventFilter;
}

/** A page of a live read. */
export interface Stretch {
  readonly events: readonly RecordedEvent[];
  /** Revision of the stream, or position of the log, up to which the read has come. */
  readonly after: number;
  /** Whether this page reached the end of the source. */
  readonly end: boolean;
}

/** The event store with the shared tail of its log. */
export interface LogSource {
  readonly store: EventStore;
  readonly tail: LogTail;
}

type Stretches = AsyncGenerator<Stretch, void, undefined>;

/** Reads existing events and then new ones as they are recorded, until the signal aborts. */
export async function* liveRead(of: LogSource, source: Source, after: number, signal: AbortSignal): Stretches {
  const stretches =
    source.stream === undefined
      ? liveLogRead(of, source.filter, after, signal)
      : liveStreamRead(of, source.stream, after, signal);
  for await (const stretch of stretches) {
    yield stretch;
    // A long catch-up would otherwise block the event loop.
    if (!stretch.end) await turn();
  }
}

async function* liveLogRead(
  { store, tail }: LogSource,
  filter: EventFilter | undefined,
  after: number,
  signal: AbortSignal,
): Stretches {
  while (!signal.aborted) {
    const stretch = await logStretch(store, filter, after);
    yield stretch;
    ({ after } = stretch);
    if (!stretch.end) continue;
    // At the end of the log pages come from the tail, until this reader falls behind.
    for (let page = await nextOf(tail, { after }, signal); page; page = await nextOf(tail, { after }, signal)) {
      ({ after } = page);
      yield { events: filter ? filter.of(page.events) : page.events, after, end: true };
    }
  }
}

/** The next page behind a position of the log. */
export async function logStretch(store: EventStore, filter: EventFilter | undefined, after: number): Promise<Stretch> {
  const { events, scanned, end } = await store.readLog({ ...rangeOf(filter), after, limit: PAGE });
  return { events: filter ? filter.of(events) : events, after: scanned, end };
}

/** Waits for the next page of the tail; returns nothing when the tail is already past the position. */
async function nextOf(
  tail: LogTail,
  from: { readonly after: number; readonly stream?: string },
  signal: AbortSignal,
): Promise<TailPage | undefined> {
  let next: TailPage | undefined;
  const take = (page: TailPage) => {
    next = page;
    return false;
  };
  await tail.follow(from, take, signal);
  return next;
}

async function* liveStreamRead(
  { store, tail }: LogSource,
  stream: string,
  after: number,
  signal: AbortSignal,
): Stretches {
  let last = after;
  while (!signal.aborted) {
    // Read before the page, so that an append during the page read ends the wait below at once.
    const head = await store.head();
    const { events, end } = await store.readStream(stream, { from: last + 1, limit: PAGE });
    // Read after the page: otherwise events of a stream that is recreated meanwhile would be hidden.
    const shown = await shownOf(store, stream);
    last = events.at(-1)?.revision ?? last;
    yield { events: shown ? events.filter((event) => isShown(event, shown)) : [], after: last, end };
    if (end) await nextOf(tail, { after: head, stream }, signal);
  }
}

/** The place before the first event of a subscription; a subscriber that names an event starts behind it. */
export async function beginningOf(store: EventStore, { stream }: Source, from: Place): Promise<number> {
  if (typeof from === 'number') return from;
  if (stream === undefined) return from === 'start' ? 0 : store.head();
  if (from === 'start') return -1;
  const { events } = await store.readStream(stream, { backwards: true, limit: 1 });
  return events[0]?.revision ?? -1;
}
