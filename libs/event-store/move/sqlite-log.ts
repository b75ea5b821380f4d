import { SystemClock } from '../../clock.js';
import type { EventStore } from '../event-store.js';
import type { Holder } from '../sqlite/lock.js';
import { SqliteEventStore } from '../sqlite/sqlite.event-store.js';
import { AsStored, expectedBefore, placeIn, positionIn } from './movable.js';
import type { Batch, LoggedEvent, MovableLog } from './movable.js';

/** The embedded engine. It is locked during a move, so no other process can write. */
export class SqliteLog implements MovableLog {
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
