import { setTimeout as sleep } from 'node:timers/promises';
import eventstore from '@eventstore/db-client';
import type {
  AllStreamRecordedEvent,
  AllStreamResolvedEvent,
  ReadableSubscription,
  StreamingRead,
} from '@eventstore/db-client';
import { appendBytes, readBytes } from './bytes.js';
import type { EsdbBytes, EsdbStored } from './bytes.js';
import type { EsdbAddress } from './url.js';
import type { ExpectedRevision } from '../event-store.js';

const { EventStoreDBClient, START, END, FORWARDS, BACKWARDS, ErrorType, jsonEvent, eventTypeFilter, streamNameFilter } =
  eventstore;
type Client = InstanceType<typeof EventStoreDBClient>;

/** An event as the server keeps it. */
export interface EsdbEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly recordedAt: string;
  /** Parsed JSON; undefined for other content types. */
  readonly data: unknown;
  readonly metadata: unknown;
}

export interface EsdbNewEvent {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: object;
}

/** Server-side filter by prefixes of event types or of stream names; `'all'` excludes only the server's own events. */
export type EsdbFilter = { readonly types: readonly string[] } | { readonly streams: readonly string[] } | 'all';

/** How a call can fail. */
export type EsdbFailure =
  /** The stream is not at the expected revision; `current` is its last revision, -1 when there is none. */
  | 'wrong-revision'
  | 'stream-missing'
  /** The user has no permission. */
  | 'denied'
  | 'not-logged-in'
  | 'too-large'
  | 'stream-deleted'
  /** The server did not answer in time; the call may have taken effect. */
  | 'silent'
  | 'not-understood';

export class EsdbError extends Error {
  constructor(
    readonly failure: EsdbFailure,
    message: string,
    readonly current?: number,
  ) {
    super(message);
    this.name = 'EsdbError';
  }
}

interface Destroyable {
  destroy(error: Error): unknown;
}

/** Callbacks of a subscription to the log, called in order. */
export interface EsdbFollower {
  event(event: EsdbEvent): void;
  /** The filter has passed this position. */
  checkpoint(position: number): void;
  caughtUp(): void;
  ended(error: EsdbError): void;
}

export interface EsdbFollowing {
  /** Whether every event that has arrived has been passed to the follower. */
  readonly drained: boolean;
  pause(): void;
  resume(): void;
  /** Ends the subscription; no further callbacks. */
  stop(): void;
}

/** A filtered subscription gives a checkpoint after `WINDOW * WINDOWS` positions. */
const WINDOW = 500;
const WINDOWS = 10;
/** Time for cancelled calls to end, in milliseconds. */
const GRACE = 500;
/** Events that the client buffers for a follower. */
const READY = 64;

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
    events: readonly (EsdbNewEvent | EsdbBytes)[],
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
    const told = {
      maxSearchWindow: WINDOW,
      checkpointInterval: WINDOWS,
      checkpointReached: async (_: unknown, { commit }: { readonly commit: bigint }) =>
        follower.checkpoint(Number(commit)),
    };
    const subscription: ReadableSubscription<AllStreamResolvedEvent> = this.#forReading().subscribeToAll(
      {
        fromPosition: after === 0 ? START : positionOf(after),
        filter:
          filter === 'all'
            ? eventTypeFilter({ regex: '^[^\\$].*', ...told })
            : 'types' in filter
              ? eventTypeFilter({ prefixes: [...filter.types], ...told })
              : streamNameFilter({ prefixes: [...filter.streams], ...told }),
      },
      { highWaterMark: READY },
    );
    const open = this.#open.reader.add(subscription);
    let over = false;
    const end = (error: unknown) => {
      open.delete(subscription);
      if (over) return;
      over = true;
      follower.ended(failureOf(error));
    };
    subscription.on('data', ({ event }) => {
      if (!over && event) follower.event(eventOf(event));
    });
    subscription.on('caughtUp', () => {
      if (!over) follower.caughtUp();
    });
    subscription.on('error', end);
    subscription.on('end', () => end(new EsdbError('silent', 'the server ended the subscription')));
    return {
      get drained() {
        return subscription.readableLength === 0;
      },
      pause: () => void subscription.pause(),
      resume: () => void subscription.resume(),
      stop: () => {
        over = true;
        open.delete(subscription);
        subscription.resume();
        subscription.unsubscribe().catch(() => undefined);
      },
    };
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

const positionOf = (position: number) => ({ commit: BigInt(position), prepare: BigInt(position) });

function eventOf(event: AllStreamRecordedEvent): EsdbEvent {
  const { streamId, revision, position, id, type, created, isJson, data, metadata } = event;
  return {
    stream: streamId,
    revision: Number(revision),
    position: Number(position?.commit ?? 0),
    id,
    type,
    recordedAt: created.toISOString(),
    data: isJson ? data : undefined,
    metadata,
  };
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

const FAILURES: Readonly<Record<string, EsdbFailure>> = {
  [ErrorType.WRONG_EXPECTED_VERSION]: 'wrong-revision',
  [ErrorType.STREAM_NOT_FOUND]: 'stream-missing',
  [ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED]: 'too-large',
  [ErrorType.STREAM_DELETED]: 'stream-deleted',
  [ErrorType.ACCESS_DENIED]: 'denied',
  [ErrorType.INVALID_ARGUMENT]: 'not-understood',
};
/** gRPC statuses that are more precise than the errors of the client. */
const STATUSES: Readonly<Record<number, EsdbFailure>> = {
  3: 'not-understood',
  8: 'too-large',
  12: 'not-understood',
  16: 'not-logged-in',
};

function failureOf(error: unknown): EsdbError {
  if (error instanceof EsdbError) return error;
  const {
    type = '',
    code,
    message,
    actualVersion,
  } = error as Error & {
    readonly type?: string;
    readonly code?: number;
    readonly actualVersion?: bigint | 'no_stream';
  };
  const failure = STATUSES[code ?? -1] ?? FAILURES[type] ?? 'silent';
  if (failure !== 'wrong-revision') return new EsdbError(failure, message);
  return new EsdbError(failure, message, typeof actualVersion === 'bigint' ? Number(actualVersion) : -1);
}
