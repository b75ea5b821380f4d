import { holds, WrongExpectedRevision } from '../event-store/event-store.js';
import type { Appended, EventStore, ExpectedRevision, ForeignEvent } from '../event-store/event-store.js';
import { accessDenied, notUnderstood, StreamDeleted } from './refusals.js';
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

/** How a stream stands when it is written. */
interface Standing extends StreamMetadata {
  /** Its last revision, -1 when there is none. */
  readonly current: number;
}

/**
 * Streams as clients of EventStoreDB write and delete them. Nothing leaves the log for that: what a stream says of itself
 * decides what readers of it are shown. Only one process writes, so that turns within it are enough.
 */
export class ForeignStreams {
  readonly #locks = new StreamLocks();

  /** @param guarded categories whose streams rules alone write */
  constructor(
    private readonly store: EventStore,
    private readonly guarded: readonly string[],
  ) {}

  /**
   * Where the last event lies, so far as there is one.
   * @throws CallRefused
   * @throws WrongExpectedRevision
   */
  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ForeignEvent[],
  ): Promise<Partial<Appended>> {
    this.#permit(stream);
    const described = describedBy(stream);
    if (described !== undefined) {
      return this.#locks.exclusive(described, async () => {
        await this.#standing(described);
        return this.#written(stream, expected, events);
      });
    }
    const written = await this.#locks.shared(stream, async () => {
      const { deleted } = await this.#standing(stream);
      return deleted ? 'deleted' : this.#written(stream, expected, events);
    });
    if (written !== 'deleted') return written;
    return this.#locks.exclusive(stream, () => this.#recreate(stream, expected, events));
  }

  /**
   * Until somebody appends to it again. Where that lies in the log.
   * @throws CallRefused
   * @throws WrongExpectedRevision also for a stream that never was, whatever is expected of it
   */
  delete(stream: string, expected: ExpectedRevision): Promise<number> {
    return this.#end(stream, expected, ({ current }) => {
      if (current < 0) throw new WrongExpectedRevision(stream, expected, current);
      return this.store.append(metastreamOf(stream), 'any', [deletion()]);
    });
  }

  /** For good. */
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
    return this.#locks.exclusive(stream, async () => {
      const standing = await this.#standing(stream);
      check(stream, expected, standing);
      const { position } = await write(standing);
      return position;
    });
  }

  /** Every fact of ours has come in through a rule; and what is said of its stream would hide it. */
  #permit(stream: string): void {
    if (stream === '$all') throw notUnderstood('The log is appended to stream by stream.');
    const name = stream.replace(/^\$+/, '');
    const category = name.slice(0, Math.max(0, name.indexOf('-')));
    if (this.guarded.includes(category)) throw accessDenied(`${stream} is written by commands only.`);
  }

  /** @throws StreamDeleted when nothing can be written any more */
  async #standing(stream: string): Promise<Standing> {
    const last = await lastOf(this.store, stream);
    if (isTombstone(last)) throw new StreamDeleted(stream);
    return { ...(await metadataOf(this.store, stream)), current: last?.revision ?? -1 };
  }

  async #written(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ForeignEvent[],
  ): Promise<Partial<Appended>> {
    if (events.length > 0) return this.store.append(stream, expected, events);
    const { current, ...metadata } = await this.#standing(stream);
    check(stream, expected, { current, ...metadata });
    return current < 0 ? {} : { revision: current };
  }

  /** Goes on behind what was deleted, which stays hidden. */
  async #recreate(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ForeignEvent[],
  ): Promise<Partial<Appended>> {
    const standing = await this.#standing(stream);
    const [first] = events;
    // Somebody else may have been first; and what was written before the end is not written again.
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

/** A stream that is deleted may be taken for none, but not for one that is there. */
function check(stream: string, expected: ExpectedRevision, { current, deleted }: Standing): void {
  if (deleted && expected === 'stream-exists') throw new StreamDeleted(stream);
  if (holds(expected, current) || (deleted && expected === 'no-stream')) return;
  throw new WrongExpectedRevision(stream, expected, current);
}
