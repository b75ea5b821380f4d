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

/** Events in a page: what a reader that stops reading leaves in memory. */
export const PAGE = 500;
/** Positions looked at in one go when the log is read backwards: at first, and where next to nothing matches. */
const SPAN = 256;
const WIDEST_SPAN = 65_536;

/** The log is shown as it is. */
const EVERYTHING: Shown = { first: 0, since: '' };

/** What is there now, up to as many events as are asked for, and where it ends for callers that want to know. */
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
  // Of a stream that is read forwards and shows nothing there, its first place says where to look.
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
    // Pages in which nothing matches would otherwise follow each other without letting anybody else have a turn.
    await turn();
  }
}

function streamPages(store: EventStore, stream: string, { from, backwards, most }: Asked, { first }: Shown): Pages {
  const limit = Math.min(PAGE, most);
  if (from === 'end' && backwards) return store.pages(stream, { backwards, limit, to: first });
  // Forwards there is nothing after the end, backwards only the first event at the start.
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

/** The part of a filter that the log applies. */
export const rangeOf = (filter: EventFilter | undefined): Pick<LogRange, 'streams'> =>
  filter?.streams ? { streams: filter.streams } : {};

/**
 * The log knows one direction, so this reads it span by span from its end. A span that does not fit a page is cut; where
 * little is found the next is wider. The position to begin at is the first that is left out, as the protocol has it.
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
