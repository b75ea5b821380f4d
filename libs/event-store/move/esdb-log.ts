import { Refusal, Unavailable } from '../../errors.js';
import { plain } from '../codec.js';
import { within } from '../esdb/appends.js';
import type { EsdbStored } from '../esdb/bytes.js';
import { EsdbClient } from '../esdb/client.js';
import { EsdbError } from '../esdb/failures.js';
import { isBookkeeping, isOurs, notedTimes, storedEvent, TIMES_STREAM } from '../esdb/events.js';
import type { NotedTimes, StoredMetadata } from '../esdb/events.js';
import { esdbAddress, withoutLogin } from '../esdb/url.js';
import { EsdbEventStore } from '../esdb/esdb.event-store.js';
import type { ForeignEvent, NewEvent } from '../event-store.js';
import { AsStored, expectedBefore, placeIn, positionIn } from './movable.js';
import type { Batch, LoggedEvent, MovableLog } from './movable.js';

/** Timeout for the next event of a server, in milliseconds. */
const PATIENCE = 30_000;
const DEADLINE = 10_000;
/** Maximum number of appends without an answer. */
const IN_FLIGHT = 128;

/** EventStoreDB. Other programs may write to it during the move. */
export class EsdbLog implements MovableLog {
  readonly exclusive = false;
  scanned = 0;
  /** Recording time of the last event that was read. */
  #last = '';
  readonly #times = new Map<string, string>();
  /** Types and schema versions that this move has appended. */
  readonly #types = new Set<string>();

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

  /**
   * Sends a bounded number of batches at a time, in order, and what is not confirmed again, one after the other. The first event
   * of each type goes alone, because the engine lists the type before it.
   */
  async append(batches: readonly Batch[]): Promise<void> {
    let run: Batch[] = [];
    for (const batch of batches) {
      for (const event of batch.events) checkReadable(batch.stream, event);
      const types = batch.events.map(typeOf).filter((type) => type !== undefined);
      if (types.every((type) => this.#types.has(type)) && run.push(batch) < IN_FLIGHT) continue;
      await this.#send(run);
      if (run.at(-1) !== batch) await this.#appendAlone(batch);
      run = [];
      for (const type of types) this.#types.add(type);
    }
    await this.#send(run);
  }

  async #send(run: readonly Batch[]): Promise<void> {
    if (run.length === 0) return;
    const appends = run.map(({ stream, revision, events }) => ({
      stream,
      expected: expectedBefore(revision),
      events: events.map((event) => storedEvent(event, stream, plain)),
    }));
    // Recording times of other programs' events lie before these.
    const noted = run.map(({ stream, revision, events }) => {
      const foreign = events.filter((event) => 'foreign' in event);
      if (foreign.length === 0) return [];
      return [{ stream: TIMES_STREAM, expected: 'any' as const, events: [notedTimes(stream, revision, foreign)] }];
    });
    const confirmed = await this.client.appendInOrder(appends.flatMap((append, index) => [...noted[index]!, append]));
    if (confirmed.every(Boolean)) return;
    await this.client.renew('writer');
    let at = -1;
    for (const [index, batch] of run.entries()) {
      at += 1 + noted[index]!.length;
      const isWhole = confirmed[at] && confirmed.slice(at - noted[index]!.length, at).every(Boolean);
      if (!isWhole) await this.#appendAlone(batch);
    }
  }

  /** Repeats the append until it is confirmed. Event ids make that idempotent. */
  async #appendAlone({ stream, revision, events }: Batch): Promise<void> {
    await this.store.append(stream, expectedBefore(revision), events);
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

const typeOf = (event: NewEvent | ForeignEvent): string | undefined =>
  'foreign' in event ? undefined : `${event.type}@${event.schemaVersion}`;

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
