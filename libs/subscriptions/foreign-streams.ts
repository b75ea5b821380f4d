import { LRUCache } from 'lru-cache';
import { holds, WrongExpectedRevision } from '../event-store/event-store.js';
import type { Appended, EventStore, ExpectedRevision, ForeignEvent } from '../event-store/event-store.js';
import { accessDenied, idTaken, notUnderstood, StreamDeleted } from './refusals.js';
import {
  deletion,
  describedBy,
  isTombstone,
  lastOf,
  metadataOf,
  metastreamOf,
  recreation,
  tombstone,
} from './stream-metadata.js';
import type { StreamMetadata } from './stream-metadata.js';
import { StreamLocks } from './stream-locks.js';

/** Place of an append among those of its call, which reach the store in the order in which they came. */
export interface Turn {
  /** Resolves when the append before has reached the store, or has failed. */
  readonly before: Promise<void>;
  /** Lets the next append reach the store. */
  readonly pass: () => void;
}

/** State of a stream before a write. */
interface Standing extends StreamMetadata {
  /** Its last revision, -1 when there is none. */
  readonly current: number;
}

/** Number of streams of which is remembered that they are not deleted. */
const REMEMBERED = 10_000;

/**
 * Writes and deletes the streams of EventStoreDB clients. Deleting removes nothing from the log: it writes stream metadata
 * that hides events from readers. Only one process writes, so locks within the process are enough.
 */
export class ForeignStreams {
  readonly #locks = new StreamLocks();
  /** Streams that are not deleted: only exclusive work of this class can change that. */
  readonly #there = new LRUCache<string, true>({ max: REMEMBERED });

  /** @param guarded categories of streams that only commands may write */
  constructor(
    private readonly store: EventStore,
    private readonly guarded: readonly string[],
  ) {}

  /**
   * Appends events.
   * @param turn for an append that others of the same call follow; one that recreates a deleted stream may come after them
   * @returns revision and position of the last event; nothing for an empty append to an empty stream
   * @throws CallRefused also when the stream stands where it is expected, and has an event with one of the ids already
   * @throws WrongExpectedRevision
   */
  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ForeignEvent[],
    turn: Turn = ALONE,
  ): Promise<Partial<Appended>> {
    this.#permit(stream);
    try {
      return await this.#append(stream, expected, events, turn);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      const met =
        holds(expected, error.current) || (expected === 'no-stream' && (await this.#standing(stream)).deleted);
      throw met && (await this.#holdsAny(stream, expected, events)) ? idTaken(stream) : error;
    }
  }

  async #append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ForeignEvent[],
    turn: Turn,
  ): Promise<Partial<Appended>> {
    const described = describedBy(stream);
    if (described !== undefined) {
      return this.#alone(described, async () => {
        await this.#standing(described);
        return this.#written(stream, expected, events, turn);
      });
    }
    const written = await this.#locks.shared(stream, async () => {
      const deleted = !this.#there.has(stream) && (await this.#standing(stream)).deleted;
      if (!deleted) this.#there.set(stream, true);
      return deleted ? 'deleted' : this.#written(stream, expected, events, turn);
    });
    if (written !== 'deleted') return written;
    // Holding the turn while waiting for the lock could block two calls on each other.
    turn.pass();
    return this.#alone(stream, () => this.#recreate(stream, expected, events));
  }

  /**
   * Deletes a stream until the next append to it.
   * @returns position of the deletion in the log
   * @throws CallRefused
   * @throws WrongExpectedRevision also for a stream that never existed, whatever revision is expected
   */
  delete(stream: string, expected: ExpectedRevision): Promise<number> {
    return this.#end(stream, expected, ({ current }) => {
      if (current < 0) throw new WrongExpectedRevision(stream, expected, current);
      return this.store.append(metastreamOf(stream), 'any', [deletion()]);
    });
  }

  /** Deletes a stream permanently. @returns position of the tombstone in the log */
  tombstone(stream: string, expected: ExpectedRevision): Promise<number> {
    return this.#end(stream, expected, () => this.store.append(stream, 'any', [tombstone()]));
  }

  async #end(
    stream: string,
    expected: ExpectedRevision,
    write: (standing: Standing) => Promise<Appended>,
  ): Promise<number> {
    this.#permit(stream);
    if (describedBy(stream) !== undefined) throw notUnderstood('Metadata goes with its stream.');
    return this.#alone(stream, async () => {
      const standing = await this.#standing(stream);
      check(stream, expected, standing);
      const { position } = await write(standing);
      return position;
    });
  }

  /** Runs what may delete a stream, or bring it back. */
  #alone<Result>(stream: string, work: () => Promise<Result>): Promise<Result> {
    return this.#locks.exclusive(stream, () => {
      this.#there.delete(stream);
      return work();
    });
  }

  /** Refuses streams of Annals: only commands write them, and stream metadata could hide their events. */
  #permit(stream: string): void {
    if (stream === '$all') throw notUnderstood('The log is appended to stream by stream.');
    const name = stream.replace(/^\$+/, '');
    const category = name.slice(0, Math.max(0, name.indexOf('-')));
    if (this.guarded.includes(category)) throw accessDenied(`${stream} is written by commands only.`);
  }

  /** @throws StreamDeleted when the stream has a tombstone */
  async #standing(stream: string): Promise<Standing> {
    const last = await lastOf(this.store, stream);
    if (isTombstone(last)) throw new StreamDeleted(stream);
    return { ...(await metadataOf(this.store, stream)), current: last?.revision ?? -1 };
  }

  async #written(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ForeignEvent[],
    turn: Turn = ALONE,
  ): Promise<Partial<Appended>> {
    if (events.length > 0) {
      await turn.before;
      const appending = this.store.append(stream, expected, events);
      turn.pass();
      return appending;
    }
    const { current, ...metadata } = await this.#standing(stream);
    check(stream, expected, { current, ...metadata });
    return current < 0 ? {} : { revision: current };
  }

  /**
   * Whether an id of these events is in the stream already, or stands twice among them. Where no revision is expected and the
   * first event is there, this is a retry with other events, which EventStoreDB answers as a wrong expected version.
   */
  async #holdsAny(stream: string, expected: ExpectedRevision, events: readonly ForeignEvent[]): Promise<boolean> {
    const [first] = events;
    const isRetry = expected === 'any' || expected === 'stream-exists';
    if (isRetry && first && (await this.store.find(stream, first.id))) return false;
    if (new Set(events.map(({ id }) => id)).size < events.length) return true;
    for (const { id } of events) if (await this.store.find(stream, id)) return true;
    return false;
  }

  /** Appends to a deleted stream; events from before the deletion stay hidden. */
  async #recreate(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ForeignEvent[],
  ): Promise<Partial<Appended>> {
    const standing = await this.#standing(stream);
    const [first] = events;
    // Another append may have recreated the stream meanwhile, or the events may be a retry of an append before the deletion.
    if (!standing.deleted || !first || (await this.store.find(stream, first.id))) {
      return this.#written(stream, expected, events);
    }
    check(stream, expected, standing);
    const { current } = standing;
    const shown = this.store.append(metastreamOf(stream), 'any', [recreation(standing, current + 1)]);
    const [described, appended] = await Promise.allSettled([
      shown,
      this.store.append(stream, current < 0 ? 'no-stream' : current, events),
    ]);
    if (appended.status === 'rejected') {
      if (described.status === 'fulfilled') await this.store.append(metastreamOf(stream), 'any', [deletion()]);
      const { reason } = appended;
      throw reason instanceof WrongExpectedRevision ? new WrongExpectedRevision(stream, expected, current) : reason;
    }
    if (described.status === 'rejected') throw described.reason;
    return appended.value;
  }
}

const ALONE: Turn = { before: Promise.resolve(), pass: () => undefined };

/** A deleted stream satisfies `no-stream`, and never `stream-exists`. */
function check(stream: string, expected: ExpectedRevision, { current, deleted }: Standing): void {
  if (deleted && expected === 'stream-exists') throw new StreamDeleted(stream);
  if (holds(expected, current) || (deleted && expected === 'no-stream')) return;
  throw new WrongExpectedRevision(stream, expected, current);
}
