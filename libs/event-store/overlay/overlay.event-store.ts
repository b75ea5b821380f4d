import type { Clock } from '../../clock.js';
import { Unavailable } from '../../errors.js';
import { Wakers } from '../../wakers.js';
import { checkWrites, EventIdTaken, EventStore, holds, WrongExpectedRevision } from '../event-store.js';
import type {
  Appended,
  Check,
  LogPage,
  LogRange,
  NewEvent,
  RecordedEvent,
  StreamPage,
  StreamRange,
  Write,
} from '../event-store.js';
import { alreadyThere, asJson, twice } from './appends.js';

const PAGE_EVENTS = 2_000;
const PAGE_BYTES = 8 * 1024 * 1024;

/** A stream: its last revision in the log below, and the events added here. */
interface Layer {
  readonly kept: number;
  readonly added: RecordedEvent[];
}

/** A write with the state of its stream and the already recorded events. */
interface Entry {
  readonly write: Write;
  readonly texts: readonly string[];
  readonly layer: Layer;
  readonly known: readonly (RecordedEvent | 'twice' | undefined)[];
}

const endOf = ({ kept, added }: Layer): number => kept + added.length;

/** @param taken recorded events with the same ids; any of them fails the write */
function expects({ stream, expected }: Check, layer: Layer, taken: readonly (RecordedEvent | 'twice')[] = []): void {
  const current = endOf(layer);
  const elsewhere = taken.find((each) => each !== 'twice' && each.stream !== stream);
  if (holds(expected, current) && typeof elsewhere === 'object') throw new EventIdTaken(stream, elsewhere.id);
  if (taken.length > 0 || !holds(expected, current)) throw new WrongExpectedRevision(stream, expected, current);
}

/**
 * A log in memory on top of another one, for dry runs: appended events are read and checked like all others, and are lost when
 * the process ends. The log below is seen as it was when the overlay was made; later writes to it are not visible.
 *
 * Differences from a real engine: events take memory until it is closed, and an event id is only detected as taken here and
 * within its own stream of the log below. Appended events have the current schema version, so they are not upcast.
 */
export class OverlayEventStore extends EventStore {
  /** No other process can append here. */
  readonly exclusive = true;
  readonly atomic = true;
  override readonly scratch = true;
  override readonly gapless: boolean;
  readonly #added: RecordedEvent[] = [];
  readonly #bytes = new WeakMap<RecordedEvent, number>();
  readonly #ids = new Map<string, RecordedEvent>();
  readonly #streams = new Map<string, Promise<Layer>>();
  readonly #wakers = new Wakers();
  readonly #appending = new Set<Promise<unknown>>();
  #closed = false;

  private constructor(
    private readonly base: EventStore | undefined,
    private readonly clock: Clock,
    /** Last visible position of the log below. */
    private readonly start: number,
    private lastRecorded: string,
  ) {
    super();
    this.gapless = base?.gapless ?? true;
  }

  /** @param base the log below: only read, and closed with the overlay; without it the overlay is an empty log */
  static async over(base: EventStore | undefined, clock: Clock): Promise<OverlayEventStore> {
    const start = (await base?.head()) ?? 0;
    const last = start > 0 ? await base?.at(start) : undefined;
    return new OverlayEventStore(base, clock, start, last?.[0]?.recordedAt ?? '');
  }

  async appendAll(writes: readonly Write[], checks: readonly Check[] = []): Promise<readonly Appended[]> {
    if (this.#closed) throw closed();
    checkWrites(writes);
    const appending = this.#appendAll(writes, checks);
    this.#appending.add(appending);
    return appending.finally(() => this.#appending.delete(appending));
  }

  async #appendAll(writes: readonly Write[], checks: readonly Check[]): Promise<readonly Appended[]> {
    const events = writes.flatMap((write) => write.events as readonly NewEvent[]);
    const entries = await Promise.all(writes.map((write) => this.#entry(write, events)));
    const layers = await Promise.all(checks.map(({ stream }) => this.#layer(stream)));

    // No await from here on, so the checks still hold at the write.
    const there = entries.map((entry) => this.#there(entry));
    if (there.every((each) => each !== undefined)) return there;
    for (const [index, { write, layer }] of entries.entries()) {
      if (!there[index]) expects(write, layer, this.#taken(entries[index]!));
    }
    checks.forEach((check, index) => expects(check, layers[index]!));
    return entries.map((entry, index) => there[index] ?? this.#add(entry));
  }

  /** Reads from the log below what a write needs. */
  async #entry(write: Write, all: readonly NewEvent[]): Promise<Entry> {
    const events = write.events as readonly NewEvent[];
    const known = await Promise.all(events.map(({ id }) => this.#find(write.stream, id)));
    return {
      write,
      texts: events.map(asJson),
      layer: await this.#layer(write.stream),
      known: events.map(({ id }, index) => known[index] ?? twice(all, id)),
    };
  }

  #taken({ write, known }: Entry): readonly (RecordedEvent | 'twice')[] {
    return this.#found(write.events as readonly NewEvent[], known).filter((each) => each !== undefined);
  }

  #found(events: readonly NewEvent[], known: Entry['known']): readonly (RecordedEvent | 'twice' | undefined)[] {
    return events.map(({ id }, index) => this.#ids.get(id) ?? known[index]);
  }

  #there({ write, layer, known }: Entry): Appended | undefined {
    const { stream, expected, events } = write;
    const found = this.#found(events as readonly NewEvent[], known);
    if (holds(expected, endOf(layer)) && found.every((each) => each === undefined)) return undefined;
    return alreadyThere(stream, expected, found);
  }

  #add({ write: { stream }, layer, texts }: Entry): Appended {
    const now = this.clock.now();
    this.lastRecorded = now > this.lastRecorded ? now : this.lastRecorded;
    for (const text of texts) {
      const event = JSON.parse(text) as NewEvent;
      const position = this.start + this.#added.length + 1;
      const revision = endOf(layer) + 1;
      const recorded = { position, stream, revision, ...event, recordedAt: this.lastRecorded } as RecordedEvent;
      this.#added.push(recorded);
      layer.added.push(recorded);
      this.#ids.set(recorded.id, recorded);
      this.#bytes.set(recorded, text.length);
    }
    this.#wakers.wake();
    return { revision: endOf(layer), position: this.start + this.#added.length };
  }

  async readStream(stream: string, range: StreamRange = {}): Promise<StreamPage> {
    if (this.#closed) throw closed();
    const { kept, added } = await this.#layer(stream);
    const { from, to, until, backwards = false, limit = PAGE_EVENTS } = range;
    const [low, high] = backwards ? [to ?? 0, from ?? Infinity] : [from ?? 0, to ?? Infinity];
    const own = added.filter(
      (event) => event.revision >= low && event.revision <= high && (!until || timeOf(event, until.axis) <= until.time),
    );
    const below = async (room: number): Promise<StreamPage> => {
      if (!this.base || low > kept || room === 0) return { events: [], end: room > 0 };
      const last = Math.min(high, kept);
      return this.base.readStream(stream, { ...range, limit: room, ...(backwards ? { from: last } : { to: last }) });
    };
    if (backwards) {
      const events = this.#page(own.toReversed(), limit);
      const page = events.length < own.length ? { events: [], end: false } : await below(limit - events.length);
      return { events: [...events, ...page.events], end: page.end };
    }
    const page = await below(limit);
    if (!page.end) return page;
    const events = this.#page(own, limit - page.events.length);
    // As in all engines, a page that is exactly full does not know that it is the last.
    return {
      events: [...page.events, ...events],
      end: events.length === own.length && page.events.length + events.length < limit,
    };
  }

  async readLog(range: LogRange): Promise<LogPage> {
    if (this.#closed) throw closed();
    const { after, to = Infinity, until, limit = PAGE_EVENTS } = range;
    const head = this.start + this.#added.length;
    const events: RecordedEvent[] = [];
    if (this.base && after < this.start) {
      const page = await this.base.readLog({ ...range, to: Math.min(to, this.start) });
      if (!page.end || page.events.length >= limit)
        return { ...page, head, end: page.end && page.scanned >= Math.min(to, head) };
      events.push(...page.events);
      if (page.scanned < this.start) return { ...page, head };
    }
    const last = Math.min(to, head, this.#lastBy(until, head));
    let scanned = Math.max(after, Math.min(this.start, last));
    for (let bytes = 0; scanned < last && events.length < limit && bytes < PAGE_BYTES; scanned += 1) {
      const event = this.#added[scanned - this.start]!;
      if (!matches(event, range)) continue;
      events.push(event);
      bytes += this.#bytes.get(event)!;
    }
    return { events, scanned, head, end: scanned >= last };
  }

  get recorded(): number {
    return this.#added.length;
  }

  async at(position: number): Promise<readonly RecordedEvent[]> {
    if (this.#closed) throw closed();
    const own = this.#added[position - this.start - 1];
    if (own) return [own];
    return position <= this.start ? ((await this.base?.at(position)) ?? []) : [];
  }

  async find(stream: string, eventId: string): Promise<RecordedEvent | undefined> {
    if (this.#closed) throw closed();
    return this.#find(stream, eventId);
  }

  async #find(stream: string, eventId: string): Promise<RecordedEvent | undefined> {
    const own = this.#ids.get(eventId);
    if (own) return own.stream === stream ? own : undefined;
    if ((await this.#layer(stream)).kept === -1) return undefined;
    const found = await this.base?.find(stream, eventId);
    return found && found.position <= this.start ? found : undefined;
  }

  async head(): Promise<number> {
    if (this.#closed) throw closed();
    return this.start + this.#added.length;
  }

  async storedVersions(): Promise<readonly { type: string; schemaVersion: number }[]> {
    const all = [...((await this.base?.storedVersions()) ?? []), ...this.#added];
    return [
      ...new Map(all.map(({ type, schemaVersion }) => [`${type}@${schemaVersion}`, { type, schemaVersion }])).values(),
    ];
  }

  moved(position: number, signal?: AbortSignal): Promise<void> {
    return this.#wakers.wait(() => this.#closed || this.start + this.#added.length > position, { signal });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#wakers.wake();
    await Promise.allSettled(this.#appending);
    await this.base?.close();
  }

  /** Cuts a list of events to one page. */
  #page(events: readonly RecordedEvent[], limit: number): readonly RecordedEvent[] {
    let bytes = 0;
    let size = 0;
    for (; size < Math.min(events.length, limit) && bytes < PAGE_BYTES; size += 1)
      bytes += this.#bytes.get(events[size]!)!;
    return events.slice(0, size);
  }

  #layer(stream: string): Promise<Layer> {
    let layer = this.#streams.get(stream);
    if (!layer) {
      layer = this.#kept(stream).then((kept) => ({ kept, added: [] }));
      this.#streams.set(stream, layer);
    }
    return layer;
  }

  /** Last revision of the stream when the overlay was made. */
  async #kept(stream: string): Promise<number> {
    if (!this.base || this.start === 0) return -1;
    for await (const { position, revision } of this.base.stream(stream, { backwards: true, limit: 1 })) {
      if (position <= this.start) return revision;
    }
    return -1;
  }

  #lastBy(until: LogRange['until'], head: number): number {
    if (until?.axis !== 'recorded') return head;
    return this.start + this.#added.filter(({ recordedAt }) => recordedAt <= until.time).length;
  }
}

const closed = (): Unavailable => new Unavailable('store-unavailable', 'The store is closed.', 5);

const timeOf = (event: RecordedEvent, axis: 'occurred' | 'recorded'): string =>
  axis === 'occurred' ? event.occurredAt : event.recordedAt;

function matches(event: RecordedEvent, { types, streams, until }: LogRange): boolean {
  if (types && !types.includes(event.type)) return false;
  if (streams && !streams.some((prefix) => event.stream.startsWith(prefix))) return false;
  return until?.axis !== 'occurred' || event.occurredAt <= until.time;
}
