import { existsSync, realpathSync } from 'node:fs';
import { SystemClock } from '../../clock.js';
import { fileOf, isFile } from '../../config.js';
import { Invalid, Refusal, Unavailable } from '../../errors.js';
import { START_PATIENCE } from '../../patience.js';
import { within } from '../esdb/appends.js';
import type { EsdbStored } from '../esdb/bytes.js';
import { EsdbClient, EsdbError } from '../esdb/client.js';
import { isBookkeeping, isOurs, TIMES_STREAM } from '../esdb/events.js';
import type { NotedTimes, StoredMetadata } from '../esdb/events.js';
import { esdbAddress, withoutLogin } from '../esdb/url.js';
import { EsdbEventStore } from '../esdb/esdb.event-store.js';
import type { EventStore, ForeignEvent, NewEvent } from '../event-store.js';
import type { Holder } from '../sqlite/lock.js';
import { SqliteEventStore } from '../sqlite/sqlite.event-store.js';
import { Upcasting } from '../upcasting.js';

/** An event as it goes from one log to another: with its place in its stream, and when it was first learnt. */
export interface LoggedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly event: (NewEvent | ForeignEvent) & { readonly recordedAt: string };
}

/** Neighbours in the log that go into one stream together. */
export interface Batch {
  readonly stream: string;
  /** Where the first of them lies. */
  readonly revision: number;
  readonly events: readonly LoggedEvent['event'][];
}

/** A log as it lies, whoever wrote it: nothing is upcast, nothing passed over but what an engine keeps for itself. */
export interface MovableLog {
  /** Where it is, for people. */
  readonly place: string;
  /** Nobody else writes to it while this is open. */
  readonly exclusive: boolean;
  /** Everything up to here has been read. */
  readonly scanned: number;
  head(): Promise<number>;
  read(after: number): AsyncGenerator<LoggedEvent, void, undefined>;
  /**
   * In this order, and when one of them fails none that follows is written.
   * @throws WrongExpectedRevision
   */
  append(batches: readonly Batch[]): Promise<void>;
  close(): Promise<void>;
}

/** Every version is the current one. */
class AsStored extends Upcasting {
  override current(): boolean {
    return true;
  }
}

/**
 * @param role a source has to be there
 * @param patience how long to wait for a server that is not there, in milliseconds
 * @throws Refusal `data-missing` · `data-held` · `store-unreachable`
 */
export async function openMovable(
  url: string,
  role: 'source' | 'target',
  writer: Holder,
  patience = START_PATIENCE,
): Promise<MovableLog> {
  if (!isFile(url)) return EsdbLog.open(url, patience);
  const path = fileOf(url);
  if (role === 'source' && !existsSync(path)) throw new Refusal('data-missing', `There is no log ${path}.`, { path });
  return new SqliteLog(path, writer);
}

/** @throws Invalid `move-onto-itself` · `configuration-invalid` */
export function checkApart(from: string, to: string): void {
  const [one, other] = [from, to].map((url) => {
    if (!isFile(url)) return esdbAddress(url).place.replace(/\?.*/, '');
    const path = fileOf(url);
    return existsSync(path) ? realpathSync(path) : path;
  });
  if (one === other) throw new Invalid('move-onto-itself', `${from} is where the log is already.`);
}

const expectedBefore = (revision: number) => (revision === 0 ? ('no-stream' as const) : revision - 1);

/** The embedded engine; both sides of a move are written by nobody else meanwhile. */
class SqliteLog implements MovableLog {
  readonly exclusive = true;
  scanned = 0;
  readonly #store: SqliteEventStore;

  constructor(
    readonly place: string,
    writer: Holder,
  ) {
    this.#store = new SqliteEventStore({ path: place, clock: new SystemClock(), writer, upcasting: new AsStored() });
  }

  head(): Promise<number> {
    return this.#store.head();
  }

  async *read(after: number): AsyncGenerator<LoggedEvent, void, undefined> {
    this.scanned = after;
    for (let end = false; !end;) {
      const page = await this.#store.readLog({ after: this.scanned });
      for (const { stream, revision, id, type, schemaVersion, occurredAt, recordedAt, ...recorded } of page.events.map(
        whole,
      )) {
        const { foreign, data, metadata } = recorded;
        yield foreign
          ? { stream, revision, event: { id, type, recordedAt, foreign } }
          : { stream, revision, event: { id, type, schemaVersion, occurredAt, recordedAt, data, metadata } };
      }
      this.scanned = page.scanned;
      ({ end } = page);
    }
  }

  /** What is handed over at once is written in one transaction, as long as it fits into one group. */
  async append(batches: readonly Batch[]): Promise<void> {
    const appending = batches.map(({ stream, revision, events }) =>
      this.#store.append(stream, expectedBefore(revision), events),
    );
    const failed = (await Promise.allSettled(appending)).find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** Bodies are getters of its class. */
const whole = (event: Awaited<ReturnType<EventStore['readLog']>>['events'][number]) => ({
  stream: event.stream,
  revision: event.revision,
  id: event.id,
  type: event.type,
  schemaVersion: event.schemaVersion,
  occurredAt: event.occurredAt,
  recordedAt: event.recordedAt,
  foreign: event.foreign,
  data: event.foreign ? undefined : event.data,
  metadata: event.metadata,
});

/** How long a server may take over the next event, in milliseconds. */
const PATIENCE = 30_000;
const DEADLINE = 10_000;

/** EventStoreDB. Whoever may writes to it, also while it is moved. */
class EsdbLog implements MovableLog {
  readonly exclusive = false;
  scanned = 0;
  /** Recording time of the last event that was read. */
  #last = '';
  readonly #times = new Map<string, string>();

  private constructor(
    readonly place: string,
    private readonly store: EsdbEventStore,
    private readonly client: EsdbClient,
  ) {}

  static async open(url: string, startPatience: number): Promise<EsdbLog> {
    const store = await EsdbEventStore.open({ url, upcasting: new AsStored(), waits: { startPatience } });
    return new EsdbLog(withoutLogin(url), store, new EsdbClient(esdbAddress(url), DEADLINE));
  }

  head(): Promise<number> {
    return this.store.head();
  }

  async *read(after: number): AsyncGenerator<LoggedEvent, void, undefined> {
    const reading = this.client.readBytes(after);
    if (after === 0) this.#last = '';
    this.scanned = after;
    try {
      for (;;) {
        const { value: stored, done } = await within(PATIENCE, reading.next(), () => this.client.renew('reader'));
        if (done) return;
        if (stored.position <= after) continue;
        this.scanned = stored.position;
        if (stored.stream === TIMES_STREAM) noted(stored, this.#times);
        if (isOfServer(stored.stream) || isBookkeeping(stored.stream)) continue;
        const { recordedAt, ...event } = eventOf(stored, this.#times);
        // Where a clock was set back, who asks for the past is answered up to the first later event: so it is written down.
        if (recordedAt > this.#last) this.#last = recordedAt;
        yield { stream: stored.stream, revision: stored.revision, event: { ...event, recordedAt: this.#last } };
      }
    } catch (error) {
      if (error instanceof EsdbError) throw unreadable(error);
      throw error;
    }
  }

  /** One after the other: of two under way the first might fail and the second not, and what is in a log stays where it is. */
  async append(batches: readonly Batch[]): Promise<void> {
    for (const { stream, revision, events } of batches) {
      for (const event of events) checkReadable(stream, event);
      await this.store.append(stream, expectedBefore(revision), events);
    }
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.client.close();
  }
}

/** What the server keeps for itself. What is said of a stream of somebody is not. */
const isOfServer = (stream: string): boolean => /^\$(?!\$[^$])/.test(stream);

function eventOf({ stream, revision, id, type, recordedAt: created, foreign }: EsdbStored, times: Map<string, string>) {
  const data = foreign.contentType === 'application/json' ? jsonOf(foreign.data) : undefined;
  const stored = jsonOf(foreign.metadata);
  if (data === undefined || !isOurs(stored)) {
    const place = placeOf(stream, revision);
    const recordedAt = times.get(place) ?? created;
    times.delete(place);
    return { id, type, recordedAt, foreign };
  }
  const { occurredAt, schemaVersion, recordedAt = created, ...metadata }: StoredMetadata = stored;
  return { id, type, schemaVersion, occurredAt, recordedAt, data, metadata };
}

function noted({ foreign }: EsdbStored, times: Map<string, string>): void {
  const { stream, revision, recordedAt } = jsonOf(foreign.data) as NotedTimes;
  recordedAt.forEach((time, index) => times.set(placeOf(stream, revision + index), time));
}

const placeOf = (stream: string, revision: number): string => `${revision} ${stream}`;

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  } catch {
    // Other programs may write what they like.
    return undefined;
  }
}

/** @throws Refusal `event-not-movable` for what a server would give back as something else */
function checkReadable(stream: string, event: NewEvent | ForeignEvent): void {
  const why =
    isOfServer(stream) || isBookkeeping(stream)
      ? 'a stream of that name is kept for the server'
      : 'foreign' in event
        ? event.foreign.contentType === 'application/json' && isOurs(jsonOf(event.foreign.metadata))
          ? 'another program wrote it with metadata of Annals, and it could not be told from our own any more'
          : undefined
        : isOurs({ ...event.metadata, occurredAt: event.occurredAt, schemaVersion: event.schemaVersion })
          ? undefined
          : 'its metadata is not complete';
  if (why === undefined) return;
  throw new Refusal(
    'event-not-movable',
    `${event.type} ${event.id} in ${stream} cannot be moved to EventStoreDB: ${why}.`,
    {
      stream,
      id: event.id,
    },
  );
}

const unreadable = ({ message }: EsdbError): Unavailable =>
  new Unavailable('store-unavailable', `The event store cannot be read at the moment: ${message}.`, 5);
