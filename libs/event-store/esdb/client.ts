import { setTimeout as sleep } from 'node:timers/promises';
import eventstore from '@eventstore/db-client';
import type { AllStreamRecordedEvent, StreamingRead } from '@eventstore/db-client';
import { appendBytes, appendInOrder, readBytes } from './bytes.js';
import type { EsdbBytes, EsdbStored } from './bytes.js';
import { EsdbError, failureOf } from './failures.js';
import { follow } from './following.js';
import type { Destroyable, EsdbFilter, EsdbFollower, EsdbFollowing } from './following.js';
import type { EsdbAddress } from './url.js';
import { eventOf, positionOf } from './wire-event.js';
import type { EsdbEvent } from './wire-event.js';
import type { ExpectedRevision } from '../event-store.js';

const { EventStoreDBClient, START, END, FORWARDS, BACKWARDS, jsonEvent } = eventstore;
type Client = InstanceType<typeof EventStoreDBClient>;

export interface EsdbNewEvent {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: object;
}

export interface EsdbAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly (EsdbNewEvent | EsdbBytes)[];
}

/** Time for cancelled calls to end, in milliseconds. */
const GRACE = 500;
/**
 * Deadline of an append, in milliseconds. The client sends it as a time of its wall clock and the server compares it with its
 * own, so it is long enough for clocks that differ. Callers have a shorter timeout of their own.
 */
const FOR_THE_SERVER = 24 * 60 * 60 * 1_000;

/**
 * Wraps the EventStoreDB client from npm; no other file depends on it. Appends use a client of their own, because a client
 * loses all its waiting appends when one of its connections fails during a read.
 */
export class EsdbClient {
  #writer: Client | undefined;
  #reader: Client | undefined;
  #closing: Promise<unknown> = Promise.resolve();
  /** Open reads per client; disposing of a client does not end them. */
  readonly #open = { reader: new Set<Destroyable>(), writer: new Set<Destroyable>() };
  #made = 0;
  readonly #address: EsdbAddress;
  readonly #deadline: number;

  /** @param deadline how long an append of bytes may take, in milliseconds */
  constructor(address: EsdbAddress, deadline: number) {
    this.#address = address;
    this.#deadline = deadline;
    if (!process.listeners('unhandledRejection').includes(answeredElsewhere)) {
      process.on('unhandledRejection', answeredElsewhere);
    }
  }

  /** @throws EsdbError */
  async append(
    stream: string,
    expected: ExpectedRevision,
    events: EsdbAppend['events'],
  ): Promise<{ readonly revision: number; readonly position: number | undefined }> {
    try {
      if (!areOwn(events))
        return await appendBytes(this.#forWriting(), stream, expected, events.map(bytesOf), this.#deadline);
      const { nextExpectedRevision, position } = await this.#forWriting().appendToStream(
        stream,
        events.map(({ id, type, data, metadata }) =>
          jsonEvent({ id, type, data: data as never, metadata: metadata as never }),
        ),
        {
          expectedRevision:
            typeof expected === 'number'
              ? BigInt(expected)
              : expected === 'any'
                ? eventstore.ANY
                : expected === 'no-stream'
                  ? eventstore.NO_STREAM
                  : eventstore.STREAM_EXISTS,
          deadline: FOR_THE_SERVER,
        },
      );
      return { revision: Number(nextExpectedRevision), position: position && Number(position.commit) };
    } catch (error) {
      const raw: unknown = (error as { _raw?: unknown })._raw;
      if (typeof raw === 'object' && raw !== null) answered.add(raw);
      throw failureOf(error);
    }
  }

  /** Appends in this order, without waiting for each answer. @returns which of them are confirmed */
  appendInOrder(appends: readonly EsdbAppend[]): Promise<readonly boolean[]> {
    const all = appends.map(({ events, ...rest }) => ({ ...rest, events: events.map(bytesOf) }));
    return appendInOrder(this.#forWriting(), all, this.#deadline);
  }

  /** Checks the connection for appends. @throws EsdbError */
  async ping(): Promise<void> {
    const last = this.#forWriting().readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 });
    for await (const _ of given(last, this.#open.writer));
  }

  /** Reads a stream; a missing stream reads as empty. @throws EsdbError */
  async *readStream(
    stream: string,
    from: number | 'start' | 'end',
    backwards: boolean,
    most: number,
  ): AsyncGenerator<EsdbEvent, void, undefined> {
    const reading = this.#forReading().readStream(stream, {
      fromRevision: from === 'start' ? START : from === 'end' ? END : BigInt(from),
      direction: backwards ? BACKWARDS : FORWARDS,
      maxCount: most,
    });
    try {
      for await (const { event } of given(reading, this.#open.reader)) {
        if (event) yield eventOf(event as AllStreamRecordedEvent);
      }
    } catch (error) {
      if (!(error instanceof EsdbError) || error.failure !== 'stream-missing') throw error;
    }
  }

  /**
   * Reads the log backwards from its end, or forwards from the position of an event, with events of the server itself.
   * @throws EsdbError
   */
  async *readAll(from: number | 'end', most: number): AsyncGenerator<EsdbEvent, void, undefined> {
    const reading = this.#forReading().readAll({
      fromPosition: from === 'end' ? END : positionOf(from),
      direction: from === 'end' ? BACKWARDS : FORWARDS,
      maxCount: most,
    });
    for await (const { event } of given(reading, this.#open.reader)) if (event) yield eventOf(event);
  }

  /** Reads the log as bytes from the position of an event, inclusive, with events of the server itself. @throws EsdbError */
  async *readBytes(from: number): AsyncGenerator<EsdbStored, void, undefined> {
    try {
      yield* readBytes(this.#forReading(), from);
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Subscribes to the log after a position. */
  follow(after: number, filter: EsdbFilter, follower: EsdbFollower): EsdbFollowing {
    return follow(this.#forReading(), this.#open.reader, after, filter, follower);
  }

  /** Closes a connection that does not answer; its open calls fail. The next call opens a new one. */
  async renew(which: 'reader' | 'writer'): Promise<void> {
    const client = which === 'reader' ? this.#reader : this.#writer;
    if (which === 'reader') this.#reader = undefined;
    else this.#writer = undefined;
    const given = new EsdbError('silent', 'the connection was given up');
    for (const reading of this.#open[which]) reading.destroy(given);
    // Calls are cancelled at once, but a call with unread data never reports its end, hence the time limit.
    const ended = Promise.race([client?.dispose(), sleep(GRACE, undefined, { ref: false })]);
    this.#closing = Promise.all([this.#closing, ended]);
    await this.#closing;
  }

  async close(): Promise<void> {
    await Promise.all([this.renew('reader'), this.renew('writer')]);
  }

  #forWriting = (): Client => (this.#writer ??= this.#client());
  #forReading = (): Client => (this.#reader ??= this.#client());

  /**
   * Makes a client with a connection of its own. Clients with equal settings share a connection, even a dead one, so the
   * keep-alive interval differs each time.
   */
  #client(): Client {
    const { url, keepAlive } = this.#address;
    this.#made += 1;
    const rest = url.replace(/([?&])keepAliveInterval=\d+&?/i, '$1').replace(/[?&]$/, '');
    const own = `keepAliveInterval=${keepAlive + (this.#made % 1_000)}`;
    return EventStoreDBClient.connectionString(`${rest}${rest.includes('?') ? '&' : '?'}${own}`);
  }
}

/** Connection errors that have been passed to the callers of their appends. */
const answered = new WeakSet<object>();

/**
 * Ignores unhandled rejections that duplicate the error of an append. When a connection fails, the client rejects its
 * appends and one internal promise without a handler, which would end the process. All other unhandled rejections still end
 * it.
 */
function answeredElsewhere(reason: unknown): void {
  if (typeof reason === 'object' && reason !== null && answered.has(reason)) return;
  throw reason;
}

const areOwn = (events: readonly (EsdbNewEvent | EsdbBytes)[]): events is readonly EsdbNewEvent[] =>
  events.every((event) => !('foreign' in event));

function bytesOf(event: EsdbNewEvent | EsdbBytes): EsdbBytes {
  if ('foreign' in event) return event;
  const [data, metadata] = [event.data, event.metadata].map((body) => Buffer.from(JSON.stringify(body))) as [
    Buffer,
    Buffer,
  ];
  return { id: event.id, type: event.type, foreign: { contentType: 'application/json', data, metadata } };
}

/**
 * The events of a read. When the consumer stops early, cancels the call, since the server would wait for its reader for
 * ever, and discards what is still arriving, since the client closes no connection with unread data.
 */
async function* given<Event>(
  reading: StreamingRead<Event>,
  open: Set<Destroyable>,
): AsyncGenerator<Event, void, undefined> {
  let finished = false;
  open.add(reading);
  try {
    yield* reading.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Event>;
    finished = true;
  } catch (error) {
    finished = true;
    throw failureOf(error);
  } finally {
    open.delete(reading);
    if (!finished) {
      reading.on('error', () => undefined).resume();
      await reading.cancel();
    }
  }
}
