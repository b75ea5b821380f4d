import { setImmediate as turn } from 'node:timers/promises';
import type { EventStore, LogRange, RecordedEvent } from '../event-store/event-store.js';
import type { EventFilter } from './event-filter.js';
import { endOfLogMessage, endsOfStreamMessages, eventMessage, missingMessage } from './event-messages.js';
import { resolved } from './resolved-event.js';
import { frameOf } from './response-stream.js';
import type { Asked, Place } from './read-request.js';
import { isShown, lastOf, shownOf } from './stream-metadata.js';
import type { Shown } from './stream-metadata.js';

type Pages = AsyncGenerator<readonly RecordedEvent[], void, undefined>;

/** Events per page; a caller that stops reading leaves up to one page in memory. */
export const PAGE = 500;
/** Number of positions per step of a backward read of the log: at first, and at most when few events match. */
const SPAN = 256;
const WIDEST_SPAN = 65_536;

/** Stream metadata hides nothing from reads of the whole log. */
const EVERYTHING: Shown = { first: 0, since: '' };

/** Answers a read of existing events, followed by the ends of the source for callers that ask for them. */
export async function* readCall(store: EventStore, asked: Asked): AsyncGenerator<Buffer, void, undefined> {
  const { stream, backwards, tellsEnds } = asked;
  const shown = stream === undefined ? EVERYTHING : await shownOf(store, stream);
  if (!shown) return yield frameOf(missingMessage(stream!));
  let found = false;
  for await (const frame of eventsRead(store, asked, shown)) {
    found = true;
    yield frame;
  }
  if (!tellsEnds) return;
  if (stream === undefined) return yield frameOf(endOfLogMessage(await store.head()));
  const last = (await lastOf(store, stream))!.revision;
  // When a forward read finds nothing, the first revision tells the caller where the stream begins.
  const first = found || backwards ? undefined : Math.min(shown.first, last + 1);
  for (const message of endsOfStreamMessages(first, last)) yield frameOf(message);
}

async function* eventsRead(store: EventStore, asked: Asked, shown: Shown): AsyncGenerator<Buffer, void, undefined> {
  const { stream, ids, most, resolveLinks } = asked;
  let left = most;
  for await (const events of stream === undefined ? logPages(store, asked) : streamPages(store, stream, asked, shown)) {
    for (const event of events) {
      if (left === 0) return;
      if (!isShown(event, shown)) continue;
      left -= 1;
      yield frameOf(eventMessage(await resolved(store, event, resolveLinks), ids));
    }
    if (left === 0) return;
    // Pages without a matching event would otherwise block the event loop.
    await turn();
  }
}

function streamPages(store: EventStore, stream: string, { from, backwards, most }: Asked, { first }: Shown): Pages {
  const limit = Math.min(PAGE, most);
  if (from === 'end' && backwards) return store.pages(stream, { backwards, limit, to: first });
  // A forward read from the end finds nothing; a backward read from the start finds only the first event.
  const begin = from === 'start' ? 0 : from === 'end' ? Number.MAX_SAFE_INTEGER : from;
  if (backwards) return store.pages(stream, { backwards, limit, from: begin, to: first });
  return store.pages(stream, { limit, from: Math.max(first, begin) });
}

function logPages(store: EventStore, { from, backwards, filter }: Asked): Pages {
  return backwards ? logBackwards(store, from, filter) : logForwards(store, from, filter);
}

async function* logForwards(store: EventStore, from: Place, filter: EventFilter | undefined): Pages {
  let after = from === 'start' ? 0 : from === 'end' ? await store.head() : Math.max(0, from - 1);
  for (;;) {
    const page = await store.readLog({ ...rangeOf(filter), after, limit: PAGE });
    yield filter ? filter.of(page.events) : page.events;
    if (page.end) return;
    after = page.scanned;
  }
}

/** The part of a filter that the event store applies itself. */
export const rangeOf = (filter: EventFilter | undefined): Pick<LogRange, 'streams'> =>
  filter?.streams ? { streams: filter.streams } : {};

/**
 * Reads the log backwards. The event store only reads it forwards, so this reads span by span from the end. A span that does
 * not fit a page is cut; after a span with few matches the next one is wider. The start position itself is not included, as
 * the protocol defines it.
 */
async function* logBackwards(store: EventStore, from: Place, filter: EventFilter | undefined): Pages {
  const head = await store.head();
  let to = from === 'start' ? 0 : from === 'end' ? head : Math.min(head, from - 1);
  for (let span = SPAN; to > 0;) {
    const after = Math.max(0, to - span);
    const page = await store.readLog({ ...rangeOf(filter), after, to, limit: span });
    if (!page.end) {
      span = Math.ceil(span / 8);
      continue;
    }
    const events = filter ? filter.of(page.events) : page.events;
    yield events.toReversed();
    to = after;
    if (events.length * 8 < span) span = Math.min(span * 8, WIDEST_SPAN);
    else if (events.length > PAGE) span = SPAN;
  }
}
