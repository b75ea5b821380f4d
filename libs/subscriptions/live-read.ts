import { setImmediate as turn } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { EventFilter } from './event-filter.js';
import type { LogTail, TailPage } from './log-tail.js';
import { PAGE, rangeOf } from './read-call.js';
import type { Place } from './read-request.js';
import { isShown, shownOf } from './stream-metadata.js';

/** One stream, or the whole log as far as a filter lets it through. */
export interface Source {
  readonly stream?: string;
  readonly filter?: EventFilter;
}

export interface Stretch {
  readonly events: readonly RecordedEvent[];
  /** Revision of the stream, or position of the log, up to which everything has been looked at. */
  readonly after: number;
  /** Whether there was nothing behind it. */
  readonly end: boolean;
}

/** A log that is followed: read from, and waited for at its end. */
export interface LogSource {
  readonly store: EventStore;
  readonly tail: LogTail;
}

type Stretches = AsyncGenerator<Stretch, void, undefined>;

/** Everything that is there and everything that comes, until the signal says stop. */
export async function* liveRead(of: LogSource, source: Source, after: number, signal: AbortSignal): Stretches {
  const stretches =
    source.stream === undefined
      ? liveLogRead(of, source.filter, after, signal)
      : liveStreamRead(of, source.stream, after, signal);
  for await (const stretch of stretches) {
    yield stretch;
    // Catching up would otherwise not let anybody else have a turn.
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
    // At the end one page after the other comes from the tail, until this is too slow for it.
    for (let page = await nextOf(tail, { after }, signal); page; page = await nextOf(tail, { after }, signal)) {
      ({ after } = page);
      yield { events: filter ? filter.of(page.events) : page.events, after, end: true };
    }
  }
}

/** What lies behind a position, as far as one reading goes. */
export async function logStretch(store: EventStore, filter: EventFilter | undefined, after: number): Promise<Stretch> {
  const { events, scanned, end } = await store.readLog({ ...rangeOf(filter), after, limit: PAGE });
  return { events: filter ? filter.of(events) : events, after: scanned, end };
}

/** The next page of the tail; none where it is past the position already. */
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
    // Asked for first: what is appended while the page is read wakes it at once.
    const head = await store.head();
    const { events, end } = await store.readStream(stream, { from: last + 1, limit: PAGE });
    // Asked for after the page: of a stream that is begun again nothing may be passed over for the time it was deleted.
    const shown = await shownOf(store, stream);
    last = events.at(-1)?.revision ?? last;
    yield { events: shown ? events.filter((event) => isShown(event, shown)) : [], after: last, end };
    if (end) await nextOf(tail, { after: head, stream }, signal);
  }
}

/** What lies before the place a subscriber begins at; naming an event means to go on after it. */
export async function beginningOf(store: EventStore, { stream }: Source, from: Place): Promise<number> {
  if (typeof from === 'number') return from;
  if (stream === undefined) return from === 'start' ? 0 : store.head();
  if (from === 'start') return -1;
  const { events } = await store.readStream(stream, { backwards: true, limit: 1 });
  return events[0]?.revision ?? -1;
}
