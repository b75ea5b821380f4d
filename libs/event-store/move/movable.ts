import type { EventStore, ForeignEvent, NewEvent } from '../event-store.js';
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
   * Appends the batches in order. After a failure that passes, the log holds a beginning of them; after a refusal, later ones
   * may be there without the refused one.
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
export const placeIn = async (store: EventStore, position: number) => (await store.at(position))[0];
export const positionIn = async (store: EventStore, stream: string, revision: number) =>
  (await store.readStream(stream, { from: revision, to: revision })).events[0]?.position;

/** Disables upcasting: treats every version as the current one. */
export class AsStored extends Upcasting {
  override current(): boolean {
    return true;
  }
}

export const expectedBefore = (revision: number) => (revision === 0 ? ('no-stream' as const) : revision - 1);
