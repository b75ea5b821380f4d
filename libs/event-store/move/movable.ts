import { existsSync, realpathSync } from 'node:fs';
import { SystemClock } from '../../clock.js';
import { fileOf, isFile } from '../../config.js';
import { Invalid, Refusal, Unavailable } from '../../errors.js';
import { START_PATIENCE } from '../../patience.js';
import { within } from '../esdb/appends.js';
import type { EsdbStored } from '../esdb/bytes.js';
import { EsdbClient } from '../esdb/client.js';
import { EsdbError } from '../esdb/failures.js';
import { isBookkeeping, isOurs, TIMES_STREAM } from '../esdb/events.js';
import type { NotedTimes, StoredMetadata } from '../esdb/events.js';
import { esdbAddress, withoutLogin } from '../esdb/url.js';
import { EsdbEventStore } from '../esdb/esdb.event-store.js';
import type { EventStore, ForeignEvent, NewEvent } from '../event-store.js';
import type { Holder } from '../sqlite/lock.js';
import { SqliteEventStore } from '../sqlite/sqlite.event-store.js';
import { Upcasting } from '../upcasting.js';

/** An event to be moved, with its stream, revision and recording time. */
export interface LoggedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly event: (NewEvent | ForeignEvent) & { readonly recordedAt: string };
}

/** Consecutive events of the log that belong to one stream. */
export interface Batch {
  readonly stream: string;
  /** Revision of the first event. */
  readonly revision: number;
  readonly events: readonly LoggedEvent['event'][];
}

/**
 * Raw access to a log for a move: nothing is upcast, and events of other programs are included; only bookkeeping is skipped.
 */
export interface MovableLog {
  /** Location for messages. */
  readonly place: string;
  /** No other process can write to it while it is open. */
  readonly exclusive: boolean;
  /** Position up to which it has been read. */
  readonly scanned: number;
  head(): Promise<number>;
  read(after: number): AsyncGenerator<LoggedEvent, void, undefined>;
  /**
   * Appends the batches in order; after a failure no later one is written.
   * @throws WrongExpectedRevision
   */
  append(batches: readonly Batch[]): Promise<void>;
  /** The stream and revision of the event of Annals at a position; nothing where there is none. */
  placeOf(position: number): Promise<{ readonly stream: string; readonly revision: number } | undefined>;
  /** The position of an event of Annals, by its stream and revision. */
  positionOf(stream: string, revision: number): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Where an event lies, by its position and by its stream. */
const placeIn = async (store: EventStore, position: number) => (await store.at(position))[0];
const positionIn = async (store: EventStore, stream: string, revision: number) =>
  (await store.readStream(stream, { from: revision, to: revision })).events[0]?.position;

/** Disables upcasting: treats every version as the current one. */
class AsStored extends Upcasting {
  override current(): boolean {
    return true;
  }
}

/**
 * @param role a source must exist
 * @param patience how long to wait for a server that does not answer, in milliseconds
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

/** The embedded engine. It is locked during a move, so no other process can write. */
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

  /** Batches of one call are written in one transaction, if they fit into one group commit. */
  async append(batches: readonly Batch[]): Promise<void> {
    const appending = batches.map(({ stream, revision, events }) =>
      this.#store.append(stream, expectedBefore(revision), events),
    );
    const failed = (await Promise.allSettled(appending)).find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  placeOf(position: number) {
    return placeIn(this.#store, position);
  }

  positionOf(stream: string, revision: number) {
    return positionIn(this.#store, stream, revision);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** Copies an event to a plain object; its bodies are getters of a class. */
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

/** Timeout for the next event of a server, in milliseconds. */
const PATIENCE = 30_000;
const DEADLINE = 10_000;

/** EventStoreDB. Other programs may write to it during the move. */
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
        // Recording times must not decrease; an event after a change of the server's clock gets the time of the one before.
        if (recordedAt > this.#last) this.#last = recordedAt;
        yield { stream: stored.stream, revision: stored.revision, event: { ...event, recordedAt: this.#last } };
      }
    } catch (error) {
      if (error instanceof EsdbError) throw unreadable(error);
      throw error;
    }
  }

  /** Appends one batch after the other: in parallel, a later one might succeed after an earlier one fails. */
  async append(batches: readonly Batch[]): Promise<void> {
    for (const { stream, revision, events } of batches) {
      for (const event of events) checkReadable(stream, event);
      await this.store.append(stream, expectedBefore(revision), events);
    }
  }

  placeOf(position: number) {
    return placeIn(this.store, position);
  }

  positionOf(stream: string, revision: number) {
    return positionIn(this.store, stream, revision);
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.client.close();
  }
}

/** Whether a stream belongs to the server itself. Metadata of other programs' streams does not. */
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
    // Other programs may write any bytes.
    return undefined;
  }
}

/** @throws Refusal `event-not-movable` for an event that a server would return changed */
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
