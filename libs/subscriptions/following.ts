import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { EventFilter } from './event-filter.js';
import { caughtUpMessage, checkpointMessage, confirmationMessage, eventMessage } from './event-messages.js';
import { given } from './links.js';
import { PAGE, rangeOf } from './reading.js';
import type { Asked, Place } from './read-request.js';
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

type Stretches = AsyncGenerator<Stretch, void, undefined>;

/** Everything that is there and everything that comes, until the signal says stop. */
export async function* following(store: EventStore, source: Source, after: number, signal: AbortSignal): Stretches {
  const stretches =
    source.stream === undefined
      ? followingLog(store, source.filter, after, signal)
      : followingStream(store, source.stream, after, signal);
  for await (const stretch of stretches) {
    yield stretch;
    // Catching up would otherwise not let anybody else have a turn.
    await turn();
  }
}

async function* followingLog(
  store: EventStore,
  filter: EventFilter | undefined,
  after: number,
  signal: AbortSignal,
): Stretches {
  for await (const page of store.subscribe({ ...rangeOf(filter), after, limit: PAGE }, signal)) {
    yield { events: filter ? filter.of(page.events) : page.events, after: page.scanned, end: page.end };
  }
}

async function* followingStream(store: EventStore, stream: string, after: number, signal: AbortSignal): Stretches {
  let last = after;
  while (!signal.aborted) {
    // Asked for first: what is appended while the page is read wakes it at once.
    const head = await store.head();
    const { events, end } = await store.readStream(stream, { from: last + 1, limit: PAGE });
    // Asked for after the page: of a stream that is begun again nothing may be passed over for the time it was deleted.
    const shown = await shownOf(store, stream);
    last = events.at(-1)?.revision ?? last;
    yield { events: shown ? events.filter((event) => isShown(event, shown)) : [], after: last, end };
    if (end) await store.moved(head, signal);
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

/** What a catch-up subscriber is told. */
export async function* subscription(
  store: EventStore,
  asked: Asked,
  signal: AbortSignal,
): AsyncGenerator<streams.ReadResp, void, undefined> {
  const { ids, checkpointEvery, resolveLinks } = asked;
  let checkpoint = await beginningOf(store, asked, asked.from);
  yield confirmationMessage(randomUUID());
  let caughtUp = false;
  for await (const { events, after, end } of following(store, asked, checkpoint, signal)) {
    for (const event of events) {
      yield eventMessage(await given(store, event, resolveLinks), ids);
      if (event.position - checkpoint < checkpointEvery) continue;
      checkpoint = event.position;
      yield checkpointMessage(checkpoint);
    }
    const firstEnd = end && !caughtUp;
    // Where nothing matches one checkpoint says as much as many, and one is due before the wait for what comes.
    if (after - checkpoint >= checkpointEvery || (asked.filter && firstEnd && after > checkpoint)) {
      checkpoint = after;
      yield checkpointMessage(checkpoint);
    }
    if (firstEnd) yield caughtUpMessage();
    caughtUp ||= end;
  }
}
