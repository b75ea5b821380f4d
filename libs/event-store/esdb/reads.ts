import { isDeepStrictEqual } from 'node:util';
import { EsdbCursor } from './cursor.js';
import type { EsdbClient } from './client.js';
import type { EsdbEvent } from './wire-event.js';
import type { EsdbFailure } from './failures.js';
import type { EsdbFilter } from './following.js';
import { isBookkeeping, passes, weightOf } from './events.js';
import type { EsdbEvents } from './events.js';
import type { EsdbEnds } from './ends.js';
import { EsdbIds } from './ids.js';
import type { EsdbTail } from './tail.js';
import type { LogFilter, LogPage, LogRange, RecordedEvent, StreamPage, StreamRange, Until } from '../event-store.js';

const PAGE_EVENTS = 2_000;
const PAGE_BYTES = 8 * 1024 * 1024;
/** Number of checkpoints without an event after which a page ends. */
const PAGE_CHECKPOINTS = 20;
/** Maximum number of cursors that stay open for the next page, and for how long, in milliseconds. */
const CURSORS = 16;
const CURSOR_REST = 5_000;
/** Number of events that are read at first to find the last one that is neither the server's own nor bookkeeping. */
const END_LOOK = 8;

interface Kept {
  readonly cursor: EsdbCursor;
  readonly filter: EsdbFilter;
  readonly after: number;
  readonly expires: NodeJS.Timeout;
}

export interface ReadParts {
  readonly client: EsdbClient;
  readonly events: EsdbEvents;
  readonly tail: EsdbTail;
  readonly ends: EsdbEnds;
  /** How long the server may be silent during a read, in milliseconds. */
  readonly patience: number;
}

/** Read side of the engine: pages of streams and of the log. */
export class EsdbReads {
  readonly ids = new EsdbIds();
  readonly #kept: Kept[] = [];

  constructor(private readonly parts: ReadParts) {}

  /** Position of the last event, also of other programs; events of the server itself and bookkeeping do not count. */
  async head(): Promise<number> {
    const { client } = this.parts;
    for (let look = END_LOOK; ; look *= 32) {
      let seen = 0;
      let last = 0;
      // Read to its end, as in `find`.
      for await (const { type, stream, position } of client.readAll('end', look)) {
        if (last === 0 && !type.startsWith('$') && !isBookkeeping(stream)) last = position;
        seen += 1;
      }
      if (last > 0 || seen < look) return last;
    }
  }

  async at(position: number): Promise<readonly RecordedEvent[]> {
    const { client, events } = this.parts;
    let found: readonly RecordedEvent[] = [];
    for await (const stored of client.readAll(position, 1)) if (stored.position === position) found = events.of(stored);
    return found;
  }

  async stream(stream: string, range: StreamRange): Promise<StreamPage> {
    const { client, events, ends } = this.parts;
    const { from, to, until, backwards = false, limit = PAGE_EVENTS } = range;
    if (to !== undefined && from !== undefined && (backwards ? to > from : to < from)) return { events: [], end: true };
    if (!backwards && (await ends.endsAt(stream, (from ?? 0) - 1))) return { events: [], end: true };
    const wanted = to === undefined || from === undefined ? Infinity : Math.abs(to - from) + 1;
    const most = until ? wanted : Math.min(wanted, limit);
    const found: RecordedEvent[] = [];
    let rows = 0;
    let bytes = 0;
    let seen = 0;
    let last = from === undefined || from === 0 ? -1 : undefined;
    const beginning = from ?? (backwards ? 'end' : 'start');
    for await (const stored of client.readStream(stream, beginning, backwards, atMost(most))) {
      if (to !== undefined && (backwards ? stored.revision < to : stored.revision > to)) break;
      last = stored.revision;
      seen += 1;
      const shapes = events.of(stored);
      if (shapes.length === 0 || !isBy(shapes[0]!, until)) continue;
      found.push(...shapes);
      rows += 1;
      bytes += weightOf(stored.data);
      // A page is read to its end, as in `find`.
      if ((rows === limit && seen < most) || bytes >= PAGE_BYTES) return { events: found, end: false };
    }
    if (rows === limit) return { events: found, end: false };
    if (seen === most && most < wanted) {
      // The page was filled up by events of other programs.
      const rest = await this.stream(stream, { ...range, from: last! + (backwards ? -1 : 1), limit: limit - rows });
      return { events: [...found, ...rest.events], end: rest.end };
    }
    if (!backwards && to === undefined && last !== undefined) ends.passed(stream, last);
    return { events: found, end: true };
  }

  /** Whether a stream holds an event, before upcasting. */
  async holds(stream: string, id: string): Promise<boolean> {
    return (await this.#revisionOf(stream, id)) !== undefined;
  }

  async find(stream: string, id: string): Promise<RecordedEvent | undefined> {
    const { client, events } = this.parts;
    const revision = await this.#revisionOf(stream, id);
    if (revision === undefined) return undefined;
    let found: RecordedEvent | undefined;
    // Reads to the end of the answer: a server closes connections with very many cancelled calls.
    for await (const stored of client.readStream(stream, revision, false, 1)) found = events.of(stored)[0];
    return found;
  }

  #revisionOf(stream: string, id: string): Promise<number | undefined> {
    return this.ids.revisionOf(stream, id, (from) => this.#tailOf(stream, from));
  }

  async *#tailOf(stream: string, from: number): AsyncGenerator<EsdbEvent, void, undefined> {
    const { client, ends } = this.parts;
    if (await ends.endsAt(stream, from - 1)) return;
    let last = from - 1;
    for await (const stored of client.readStream(stream, from, false, Number.MAX_SAFE_INTEGER)) {
      last = stored.revision;
      yield stored;
    }
    ends.passed(stream, last);
  }

  async log(range: LogRange): Promise<LogPage> {
    const head = await this.head();
    const { after, to } = range;
    const last = Math.min(to ?? head, head);
    if (after >= last) return { events: [], scanned: after, head, end: true };
    if (isEmpty(range)) return { events: [], scanned: last, head, end: true };
    if (this.parts.tail.covers(after) && this.parts.tail.position >= last) return this.kept(range, last, head);
    return this.#walked(range, last, head);
  }

  /** A page from the tail in memory. */
  kept(range: LogRange, last: number, head: number): LogPage {
    const page = new Page(range);
    let scanned = range.after;
    for (const { position, events, weight } of this.parts.tail.after(range.after)) {
      if (position > last) break;
      const took = page.take(events, weight);
      if (took === 'too late') return { events: page.events, scanned, head, end: true };
      scanned = position;
      if (took === 'full') return { events: page.events, scanned, head, end: scanned >= last };
    }
    return { events: page.events, scanned: last, head, end: true };
  }

  async #walked(range: LogRange, last: number, head: number): Promise<LogPage> {
    const { events, patience } = this.parts;
    const filter = this.#filterOf(range);
    const page = new Page(range);
    let cursor = this.#taken(range.after, filter) ?? this.#begun(range.after, filter, head);
    let scanned = range.after;
    let checkpoints = 0;
    try {
      for (;;) {
        const stored = await cursor.next(patience);
        if (stored && stored.position > last) return { events: page.events, scanned: last, head, end: true };
        if (stored) {
          const took = page.take(events.of(stored), weightOf(stored.data));
          if (took === 'too late') return { events: page.events, scanned, head, end: true };
          scanned = stored.position;
          if (took !== 'full') continue;
        } else {
          scanned = Math.min(cursor.passed, last);
          checkpoints += 1;
          if (cursor.ended && scanned < last && scanned === range.after) {
            // The cursor was opened before the wanted events were recorded.
            cursor.close();
            cursor = this.#begun(scanned, filter, head);
            continue;
          }
          if (!cursor.ended && scanned < last && checkpoints < PAGE_CHECKPOINTS) continue;
        }
        const end = scanned >= last;
        if (!end && !cursor.ended) this.#keep(cursor, filter, scanned);
        return { events: page.events, scanned, head, end };
      }
    } finally {
      if (!this.#kept.some((each) => each.cursor === cursor)) cursor.close();
    }
  }

  /** The filter for the server, which takes prefixes of one kind only. */
  #filterOf({ types, streams }: LogFilter): EsdbFilter {
    if (types) return { types: this.parts.events.sources(types) };
    if (streams?.every((prefix) => prefix !== '')) return { streams };
    return 'all';
  }

  #begun(after: number, filter: EsdbFilter, head: number): EsdbCursor {
    return new EsdbCursor(this.parts.client, after, filter, head);
  }

  #taken(after: number, filter: EsdbFilter): EsdbCursor | undefined {
    const index = this.#kept.findIndex((each) => each.after === after && isDeepStrictEqual(each.filter, filter));
    if (index < 0) return undefined;
    const [{ cursor, expires }] = this.#kept.splice(index, 1) as [Kept];
    clearTimeout(expires);
    return cursor;
  }

  #keep(cursor: EsdbCursor, filter: EsdbFilter, after: number): void {
    const expires = setTimeout(() => this.#drop(cursor), CURSOR_REST).unref();
    this.#kept.push({ cursor, filter, after, expires });
    if (this.#kept.length > CURSORS) this.#drop(this.#kept[0]!.cursor);
  }

  #drop(cursor: EsdbCursor): void {
    const index = this.#kept.findIndex((each) => each.cursor === cursor);
    const [kept] = this.#kept.splice(index, 1);
    clearTimeout(kept?.expires);
    cursor.close();
  }

  close(): void {
    while (this.#kept.length > 0) this.#drop(this.#kept[0]!.cursor);
  }
}

/** Collects a page of the log. */
class Page {
  readonly events: RecordedEvent[] = [];
  #rows = 0;
  #bytes = 0;

  constructor(private readonly range: LogRange) {}

  /** @param shapes the stored event after upcasting */
  take(shapes: readonly RecordedEvent[], weight: number): 'full' | 'too late' | undefined {
    const { until, limit = PAGE_EVENTS } = this.range;
    const [first] = shapes;
    if (first && until && !isBy(first, until)) return until.axis === 'recorded' ? 'too late' : undefined;
    const own = shapes.filter((event) => passes(event, this.range));
    if (own.length === 0) return undefined;
    this.events.push(...own);
    this.#rows += 1;
    this.#bytes += weight;
    return this.#rows >= limit || this.#bytes >= PAGE_BYTES ? 'full' : undefined;
  }
}

export const isEmpty = ({ types, streams }: LogFilter): boolean => types?.length === 0 || streams?.length === 0;

const isBy = (event: RecordedEvent, until: Until | undefined): boolean =>
  !until || (until.axis === 'recorded' ? event.recordedAt : event.occurredAt) <= until.time;

const atMost = (count: number): number => Math.min(count, Number.MAX_SAFE_INTEGER);

/** Whether another attempt on a new connection may succeed. */
export const mayPass = (failure: EsdbFailure): boolean => failure === 'silent';
