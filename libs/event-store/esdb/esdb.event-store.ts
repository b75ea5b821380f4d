import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../errors.js';
import { patiently } from '../../patience.js';
import { Wakers } from '../../wakers.js';
import { plain } from '../codec.js';
import type { EventCodec } from '../codec.js';
import { denied, EsdbAppends, unreachable, within } from './appends.js';
import { EsdbClient } from './client.js';
import { EsdbError } from './failures.js';
import { EsdbEnds } from './ends.js';
import { EsdbEvents, notedTimes, storedEvent, TIMES_STREAM } from './events.js';
import { waits } from './options.js';
import type { EsdbEventStoreOptions } from './options.js';
import { EsdbReads, isEmpty, mayPass } from './reads.js';
import { EsdbTail } from './tail.js';
import { EsdbVersions } from './versions.js';
import { esdbAddress } from './url.js';
import { checkWrites, EventStore, holds, WrongExpectedRevision } from '../event-store.js';
import type {
  Appended,
  Check,
  ExpectedRevision,
  ForeignEvent,
  LogPage,
  LogRange,
  NewEvent,
  RecordedEvent,
  StreamPage,
  StreamRange,
  Write,
} from '../event-store.js';
import { unavailable } from '../unavailable.js';
import { Upcasting } from '../upcasting.js';

/** Attempts at a read, each on a new connection. */
const READS = 3;
/** Delay before a read is tried again, in milliseconds; multiplied by the number of attempts. */
const REST = 100;
/** Maximum wait for new events, in milliseconds; callers check again afterwards. */
const HEARTBEAT = 1_000;

/**
 * The log on EventStoreDB or a compatible server. Any number of processes may write; expected revisions detect their
 * conflicts.
 *
 * Differences from the embedded engine: positions have gaps; recording times come from the server's clock and may go back;
 * an event id is unique only within its stream. Events that other programs write to the same server are skipped.
 */
export class EsdbEventStore extends EventStore {
  readonly exclusive = false;
  readonly atomic = false;
  recorded = 0;
  readonly #client: EsdbClient;
  readonly #appends: EsdbAppends;
  readonly #reads: EsdbReads;
  readonly #versions: EsdbVersions;
  readonly #tail: EsdbTail;
  readonly #ends: EsdbEnds;
  readonly #codec: EventCodec;
  /** Appends without an answer yet. */
  readonly #going = new Set<Promise<unknown>>();
  readonly #wakers = new Wakers();
  readonly #place: string;
  #fault: string | undefined;
  /** Highest position that this process has seen. */
  #known = 0;
  #closed: Promise<void> | undefined;

  private constructor(private readonly options: EsdbEventStoreOptions) {
    super();
    const { url, codec = plain, upcasting = new Upcasting() } = options;
    const address = esdbAddress(url);
    const { deadline, appendPatience, readPatience } = { ...waits, ...options.waits };
    this.#place = address.place;
    this.#codec = codec;
    const client = new EsdbClient(address, deadline);
    const events = new EsdbEvents(codec, upcasting);
    const told = (fault: EsdbError | undefined) => this.#told(fault);
    const head = () => within(readPatience, this.#reads.head());
    this.#client = client;
    this.#appends = new EsdbAppends({ client, deadline, patience: appendPatience, told });
    this.#tail = new EsdbTail({
      client,
      events,
      keepAlive: options.waits?.keepAlive ?? address.keepAlive,
      head,
      passed: (stream, revision) => this.#ends.passed(stream, revision),
      moved: () => this.#moved(this.#tail.position),
      told: (fault) => {
        if (fault) this.#appends.doubt();
        told(fault);
      },
    });
    this.#ends = new EsdbEnds({
      standing: () => this.#tail.begun,
      head,
      reached: async (position) => {
        await this.#until(() => this.#tail.position >= position, undefined);
        return this.#tail.position >= position;
      },
    });
    this.#reads = new EsdbReads({ client, events, tail: this.#tail, ends: this.#ends, patience: readPatience });
    this.#versions = new EsdbVersions({
      read: (stream) => client.readStream(stream, 'start', false, Number.MAX_SAFE_INTEGER),
      isThere: (stream, id) => this.#reads.holds(stream, id),
      load: () => this.#reading(() => this.#versions.stored(), 'also while it closes'),
      append: (stream, entries) => this.#appends.append(stream, 'any', entries),
    });
  }

  /**
   * Opens the log, and waits for a server that does not answer yet.
   * @throws Invalid `configuration-invalid`
   * @throws Refusal `store-unreachable` · `store-login-wrong` · `store-access-denied`
   */
  static async open(options: EsdbEventStoreOptions): Promise<EsdbEventStore> {
    const store = new EsdbEventStore(options);
    const { startPatience, deadline } = { ...waits, ...options.waits };
    try {
      store.#known = await patiently(() => within(deadline, store.#reads.head(), () => store.#client.renew('reader')), {
        patience: startPatience,
        mayPass: (error) => error instanceof EsdbError && mayPass(error.failure),
        waiting: (error) => store.#told(error as EsdbError),
      });
      store.#told(undefined);
      return store;
    } catch (error) {
      await store.close();
      if (!(error instanceof EsdbError)) throw error;
      if (!mayPass(error.failure)) throw denied(error.failure);
      throw new Refusal(
        'store-unreachable',
        `The event store at ${store.#place} could not be reached for ${startPatience / 1_000} seconds: ${error.message}.`,
        { place: store.#place },
        503,
      );
    }
  }

  override get step(): number {
    return this.#tail.step;
  }

  override get fault(): string | undefined {
    return this.#fault;
  }

  async appendAll(writes: readonly Write[], checks: readonly Check[] = []): Promise<readonly Appended[]> {
    if (this.#closed) throw closed();
    if (this.options.readOnly) throw new Error('this store was opened for reading');
    checkWrites(writes);
    this.#appends.admit();
    if (checks.length > 0 && !(await this.#areThere(writes))) await this.#check(checks);
    const appended: Appended[] = [];
    for (const write of writes) appended.push(await this.#append(write));
    return appended;
  }

  /** Whether all writes are already in the log; then checks are not needed. */
  async #areThere(writes: readonly Write[]): Promise<boolean> {
    const found = await Promise.all(writes.map(({ stream, events }) => this.find(stream, events[0]!.id)));
    return found.every((event) => event !== undefined);
  }

  /** Runs just before the first write, since the server appends to one stream at a time; later changes are not noticed. */
  async #check(checks: readonly Check[]): Promise<void> {
    await Promise.all(
      checks.map(async ({ stream, expected }) => {
        const { events } = await this.readStream(stream, { backwards: true, limit: 1 });
        const current = events[0]?.revision ?? -1;
        if (!holds(expected, current)) throw new WrongExpectedRevision(stream, expected, current);
      }),
    );
  }

  async #append({ stream, expected, events }: Write): Promise<Appended> {
    const stored = events.map((event) => storedEvent(event, stream, this.#codec));
    if (new Set(events.map(({ id }) => id)).size < events.length) throw await this.#twice(stream, expected);
    const known = this.#known;
    const own = events.filter((event): event is NewEvent => !isForeign(event));
    const going = this.#noteTimes(stream, expected, events.filter(isForeign)).then(() =>
      this.#versions.listing(stream, own, () => this.#appends.append(stream, expected, stored)),
    );
    this.#going.add(going);
    const appended = await going.finally(() => this.#going.delete(going));
    this.#tail.begin();
    // A repeated append is answered with its original position.
    if (appended.position > known) this.recorded += events.length;
    this.#reads.ids.appended(stream, events, appended);
    this.#ends.passed(stream, appended.revision);
    this.#moved(appended.position);
    return appended;
  }

  async readStream(stream: string, range: StreamRange = {}): Promise<StreamPage> {
    return this.#reading(() => this.#reads.stream(stream, range));
  }

  async readLog(range: LogRange): Promise<LogPage> {
    const page = await this.#reading(() => this.#reads.log(range));
    this.#moved(page.head);
    return page;
  }

  async at(position: number): Promise<readonly RecordedEvent[]> {
    return this.#reading(() => this.#reads.at(position));
  }

  async find(stream: string, eventId: string): Promise<RecordedEvent | undefined> {
    return this.#reading(() => this.#reads.find(stream, eventId));
  }

  async head(): Promise<number> {
    const head = await this.#reading(() => this.#reads.head());
    this.#moved(head);
    return head;
  }

  async storedVersions(): Promise<readonly { type: string; schemaVersion: number }[]> {
    return this.#reading(() => this.#versions.stored());
  }

  moved(position: number, signal?: AbortSignal): Promise<void> {
    this.#tail.begin();
    return this.#until(() => this.#known > position, signal);
  }

  /**
   * Yields pages of the log. At the end they come from the tail in memory, so all subscribers of a process share one
   * subscription to the server. A subscriber that falls behind reads from the server again.
   */
  override async *subscribe(range: LogRange, signal?: AbortSignal): AsyncGenerator<LogPage, void, undefined> {
    this.#tail.begin();
    let { after } = range;
    while (!signal?.aborted) {
      if (this.#closed) throw closed();
      const { position } = this.#tail;
      const live = this.#tail.covers(after) && !isEmpty(range);
      const page = live
        ? this.#reads.kept({ ...range, after }, Math.min(range.to ?? position, Math.max(position, after)), position)
        : await this.readLog({ ...range, after });
      yield page;
      after = page.scanned;
      // Waits for the tail itself: another part of the process may know of an event before the tail holds it.
      if (page.end) await this.#until(() => this.#tail.position > after, signal);
    }
  }

  /** Waits for running calls, then closes the connections. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    while (this.#going.size > 0) await Promise.allSettled(this.#going);
    this.#reads.close();
    this.#wakers.wake();
    await this.#tail.stop();
    await this.#client.close();
  }

  /** Waits until the condition holds, at most for the heartbeat. */
  async #until(isThere: () => boolean, signal: AbortSignal | undefined): Promise<void> {
    const began = performance.now();
    const isOver = () => this.#closed !== undefined || isThere();
    do await this.#wakers.wait(isOver, { signal });
    while (!isOver() && !signal?.aborted && performance.now() - began < HEARTBEAT);
  }

  /** Runs a read, and repeats it on a new connection when the server does not answer. @throws Unavailable · Refusal */
  async #reading<Result>(read: () => Promise<Result>, always?: 'also while it closes'): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      if (this.#closed && !always) throw closed();
      try {
        const { readPatience } = { ...waits, ...this.options.waits };
        return await within(readPatience * 2, read(), () => this.#client.renew('reader'));
      } catch (error) {
        if (!(error instanceof EsdbError)) throw error;
        if (this.#closed && !always) throw closed();
        if (!mayPass(error.failure)) throw denied(error.failure);
        if (tries === READS || this.#fault !== undefined) throw unreachable(error);
        await sleep(REST * tries * (0.5 + Math.random() / 2));
      }
    }
  }

  /** Stores recording times of moved events of other programs in a stream of their own, since their bytes stay as they are. */
  async #noteTimes(stream: string, expected: ExpectedRevision, events: readonly ForeignEvent[]): Promise<void> {
    if (!events.some(({ recordedAt }) => recordedAt !== undefined)) return;
    const revision = typeof expected === 'number' ? expected + 1 : 0;
    await this.#appends.append(TIMES_STREAM, 'any', [notedTimes(stream, revision, events)]);
  }

  /** The error for an event id that occurs twice in one append. Other engines refuse it; a server might accept it. */
  async #twice(stream: string, expected: ExpectedRevision): Promise<WrongExpectedRevision> {
    const { events } = await this.readStream(stream, { backwards: true, limit: 1 });
    return new WrongExpectedRevision(stream, expected, events[0]?.revision ?? -1);
  }

  #moved(position: number): void {
    this.#known = Math.max(this.#known, position);
    this.#wakers.wake();
  }

  #told(error: EsdbError | undefined): void {
    const fault = error && `the event store at ${this.#place} cannot be reached: ${error.message}`;
    if ((fault === undefined) === (this.#fault === undefined)) return;
    this.#fault = fault;
    this.options.report?.(fault);
  }
}

const isForeign = (event: NewEvent | ForeignEvent): event is ForeignEvent => 'foreign' in event;

const closed = () => unavailable('the store is closed');
