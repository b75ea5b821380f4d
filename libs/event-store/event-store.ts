/** An event as rules return it. `Events` maps each event type to the shape of its data. */
export type EventOf<Events> = {
  [Type in keyof Events & string]: {
    readonly type: Type;
    readonly data: Events[Type];
    /** Business time, when it differs from the moment of the decision (a visit that is reported late). */
    readonly occurredAt?: string;
  };
}[keyof Events & string];

/** The person who acted, by the name of that time. Automation names its rule and version. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly onBehalfOf?: string;
}

export type Source = 'ui' | 'api' | 'import' | 'process' | 'system';

/** A row of a file that was imported, and the step of the mapping that read it. */
export interface ImportRow {
  readonly step: string;
  /** Null for a step without file. */
  readonly file: string | null;
  /** Counts the rows after the header, from 1; 0 for a step without file. */
  readonly row: number;
}

/** Added by the decide loop, never by a rule. */
export interface Metadata {
  readonly actor: Actor;
  readonly source: Source;
  readonly commandId: string;
  /** Hash of the command, if the caller gave an idempotency key: the same key with another payload is refused. */
  readonly commandHash?: string;
  readonly correlationId: string;
  /** Id of the event that made a process send the command. */
  readonly causationId?: string;
  readonly reason?: string;
  /** The import that recorded the event. */
  readonly importId?: string;
  /** Its row in the imported file; events of a process name the row that triggered it. */
  readonly importRow?: ImportRow;
  /** The rule, and its version, by which automation acted. */
  readonly rule?: { readonly name: string; readonly version: number };
}

/** An event to append. Its `id` makes a repeated append idempotent. */
export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** Business time: when it was true. */
  readonly occurredAt: string;
  readonly data: unknown;
  readonly metadata: Metadata;
  /** Only for events moved from another log: their recording time there. */
  readonly recordedAt?: string;
}

/** Bodies that another program sent through the subscription endpoint; kept byte for byte. */
export interface ForeignBodies {
  readonly contentType: 'application/json' | 'application/octet-stream';
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event of another program to append. Rules, projections and processes do not see it. */
export interface ForeignEvent {
  readonly id: string;
  readonly type: string;
  readonly foreign: ForeignBodies;
  /** As of {@link NewEvent}. */
  readonly recordedAt?: string;
}

/** An event of the log. Immutable; `data` and `metadata` are parsed when first asked for. */
export interface RecordedEvent<Type extends string = string, Data = unknown> {
  /** Place in the whole log: opaque, ordered, without gaps on the embedded engine. */
  readonly position: number;
  readonly stream: string;
  /** Place in its stream, from 0. */
  readonly revision: number;
  readonly id: string;
  readonly type: Type;
  readonly schemaVersion: number;
  readonly occurredAt: string;
  /** Log time: when we learnt it. Never decreases along the log. */
  readonly recordedAt: string;
  readonly data: Data;
  readonly metadata: Metadata;
  /** Estimated bytes of its bodies, if the engine knows them. */
  readonly bytes?: number;
  /**
   * Bodies of an event of another program. `data` is then its JSON, or base64 for other content, and `metadata` only says that
   * another program wrote it.
   */
  readonly foreign?: ForeignBodies | undefined;
}

export type ExpectedRevision = 'any' | 'no-stream' | 'stream-exists' | number;

/** Whether a stream meets the expected revision. @param current its last revision, -1 when it does not exist */
export function holds(expected: ExpectedRevision, current: number): boolean {
  if (expected === 'any') return true;
  if (expected === 'no-stream') return current === -1;
  if (expected === 'stream-exists') return current >= 0;
  return current === expected;
}

/** Events for one stream, and the revision it must have. */
export interface Write {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly (NewEvent | ForeignEvent)[];
}

/** A stream that is not written to, and must still be at the revision at which it was read. */
export interface Check {
  readonly stream: string;
  readonly expected: ExpectedRevision;
}

/** Revision and position of the last event of an append. */
export interface Appended {
  readonly revision: number;
  readonly position: number;
}

/** A moment on one of the two time axes: when things were true, or when we learnt them. Inclusive. */
export interface Until {
  readonly axis: 'occurred' | 'recorded';
  readonly time: string;
}

export interface StreamRange {
  /** First revision wanted, in reading direction; the first or last of the stream when absent. */
  readonly from?: number;
  readonly backwards?: boolean;
  /** Last revision wanted, inclusive. */
  readonly to?: number;
  readonly until?: Until;
  /** At most this many events in the page, by default 2,000. */
  readonly limit?: number;
}

/** Either kind of filter, or none. Both are applied by the engine, never by the reader. */
export interface LogFilter {
  /** Types of the catalogue; events of other programs with the same type name do not match. */
  readonly types?: readonly string[];
  /** Stream name prefixes, such as `customer-`. */
  readonly streams?: readonly string[];
}

export interface LogRange extends LogFilter {
  /** Events after this position; 0 is before the first. */
  readonly after: number;
  /** Last position wanted, inclusive. */
  readonly to?: number;
  readonly until?: Until;
  /** At most this many events in the page, by default 2,000; a page also ends at 8 MiB. */
  readonly limit?: number;
}

export interface StreamPage {
  readonly events: readonly RecordedEvent[];
  /** Whether the range is exhausted. */
  readonly end: boolean;
}

export interface LogPage {
  readonly events: readonly RecordedEvent[];
  /** Position up to which the log has been read, matching or not: the checkpoint to store. */
  readonly scanned: number;
  /** The last position of the log when the page was read. */
  readonly head: number;
  /** Whether the range is exhausted: `scanned` has reached `head`, `to` or the end of time asked for. */
  readonly end: boolean;
}

/** An expected revision that does not hold. `current` is the stream's last revision, -1 when there is no stream. */
export class WrongExpectedRevision extends Error {
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly current: number,
  ) {
    super(`${stream} is at revision ${current}, expected ${expected}`);
    this.name = 'WrongExpectedRevision';
  }
}

/** Another stream already holds an event with this id. Reading the stream again and retrying does not help. */
export class EventIdTaken extends Error {
  constructor(
    readonly stream: string,
    readonly eventId: string,
  ) {
    super(`the id ${eventId} of an event for ${stream} lies in another stream`);
    this.name = 'EventIdTaken';
  }
}

/**
 * The log. One contract suite (`test/contracts/event-store.contract.ts`) defines it for every engine.
 *
 * Appends to one stream are atomic, durable when the promise settles, and idempotent by event id: the same ids already at
 * the expected place succeed with the original position; with `any` when the first id is found in that stream and all follow.
 * An id is unique within its stream. Ids of events of Annals are derived from commands, so engines that can look up an id in
 * the whole log refuse one that another stream holds; then a command is never handled twice.
 */
export abstract class EventStore {
  /** No other process can append while this one is open, so what was read once stays current until we append. */
  abstract readonly exclusive: boolean;

  /**
   * Whether `appendAll` is atomic. Otherwise checks run just before the first write, and writes follow one another in the given
   * order: an error leaves the earlier ones written.
   */
  abstract readonly atomic: boolean;
  /** Whether appended events are lost when the program ends, as in a dry run. */
  readonly scratch: boolean = false;

  /** Number of events appended by this instance since it was opened. */
  abstract readonly recorded: number;

  /** Whether positions have no gaps, so that they count events. */
  readonly gapless: boolean = false;

  /** Average distance between the positions of the last events; 1 when positions have no gaps, or it is unknown. */
  get step(): number {
    return 1;
  }

  /** Reason of an outage of writes; nothing while writes succeed. */
  get fault(): string | undefined {
    return undefined;
  }

  /**
   * Appends to one or several streams, each named once, if the streams of `checks` are at their expected revisions. An append
   * whose events are already in the log succeeds whatever the checks say.
   * @returns revision and position of the last event of each write, in the order of `writes`
   * @throws WrongExpectedRevision of the first write or check that does not hold
   * @throws EventIdTaken
   * @throws Unavailable `store-busy` when the queue is full; `storage-full`, `storage-failing` or `store-unavailable` when
   *   nothing can be written
   */
  abstract appendAll(writes: readonly Write[], checks?: readonly Check[]): Promise<readonly Appended[]>;

  /** Appends to one stream. @throws as {@link appendAll} */
  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly (NewEvent | ForeignEvent)[],
  ): Promise<Appended> {
    const [appended] = await this.appendAll([{ stream, expected, events }]);
    return appended!;
  }

  /** A page of one stream; a stream that does not exist reads as empty. */
  abstract readStream(stream: string, range?: StreamRange): Promise<StreamPage>;

  abstract readLog(range: LogRange): Promise<LogPage>;

  /** Events at a position: several if an upcaster splits one; none if there is no event of Annals. */
  abstract at(position: number): Promise<readonly RecordedEvent[]>;

  /** The event with this id, if it is in this stream. */
  abstract find(stream: string, eventId: string): Promise<RecordedEvent | undefined>;

  /** Position of the last event, 0 when the log is empty. */
  abstract head(): Promise<number>;

  /** Types and schema versions of the events in the log, without those of other programs. */
  abstract storedVersions(): Promise<readonly { type: string; schemaVersion: number }[]>;

  /** Resolves when the head is past `position`, when `signal` aborts, or after a heartbeat of at most a second. */
  abstract moved(position: number, signal?: AbortSignal): Promise<void>;

  abstract close(): Promise<void>;

  /**
   * Catches up, then stays live: no gap, no duplicate, since it only ever reads pages from the log and the live signal
   * carries no events. A page without events still moves the checkpoint; an idle heartbeat repeats the last one.
   */
  async *subscribe(range: LogRange, signal?: AbortSignal): AsyncGenerator<LogPage, void, undefined> {
    let after = range.after;
    while (!signal?.aborted) {
      const page = await this.readLog({ ...range, after });
      yield page;
      after = page.scanned;
      if (page.end) await this.moved(after, signal);
    }
  }

  /** Reads a stream, or a range of it, page by page. */
  async *pages(stream: string, range: StreamRange = {}): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    let from = range.from;
    for (;;) {
      const page = await this.readStream(stream, from === undefined ? range : { ...range, from });
      yield page.events;
      const last = page.events.at(-1);
      if (page.end || !last) return;
      from = last.revision + (range.backwards ? -1 : 1);
    }
  }

  /** Reads a stream event by event, for consumers that may stop early. */
  async *stream(stream: string, range: StreamRange = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    for await (const events of this.pages(stream, range)) yield* events;
  }
}

/** @throws for writes that no engine accepts */
export function checkWrites(writes: readonly Write[]): void {
  if (writes.length === 0 || writes.some(({ events }) => events.length === 0))
    throw new Error('an append needs an event');
  if (new Set(writes.map(({ stream }) => stream)).size < writes.length) {
    throw new Error('an append names each of its streams once');
  }
}
