import { LRUCache } from 'lru-cache';
import type { Folded } from './decider.js';

/** Maximum number of states. */
const MOST = 50_000;
/** Maximum number of streams that are known to be empty: few, for requests can name any ids. */
const MOST_EMPTY = 1_000;
/** Maximum bytes of the events they are folded from, which is about the memory of the states. */
const MOST_BYTES = 128 * 1024 * 1024;
/** Estimated memory overhead of an entry in bytes. */
const OVERHEAD = 512;
/** Estimated bytes of an event besides its data: its metadata in the log, or nodes of collections in a state. */
const PER_EVENT = 200;

/** Cache of folded states of streams. */
export class KeptStates {
  readonly #states: LRUCache<string, Folded<unknown>>;
  /** Streams without events, such as that of a policy which is not published: rules ask for it with every command. */
  readonly #empty = new LRUCache<string, Folded<unknown>>({ max: MOST_EMPTY });

  constructor(most = MOST, mostBytes = MOST_BYTES) {
    this.#states = new LRUCache({
      max: most,
      maxSize: mostBytes,
      // Even the longest stream is kept, if necessary alone, because folding it takes longest.
      sizeCalculation: ({ bytes = 0 }) => Math.min(mostBytes, bytes + OVERHEAD),
    });
  }

  get<State>(stream: string): Folded<State> | undefined {
    return (this.#states.get(stream) ?? this.#empty.get(stream)) as Folded<State> | undefined;
  }

  /** Adds a state, unless a later one was added while it was read. */
  keep(stream: string, folded: Folded<unknown>): void {
    if (folded.revision < (this.#states.get(stream)?.revision ?? -1)) return;
    if (folded.revision === -1) {
      this.#empty.set(stream, folded);
      return;
    }
    this.#empty.delete(stream);
    this.#states.set(stream, folded);
  }

  /**
   * Replaces a state after an append.
   * @param written the appended events
   * @param bytes of the state before; those of the kept one when left out
   */
  grow(
    stream: string,
    folded: Folded<unknown>,
    written: readonly { readonly data: unknown }[],
    bytes = this.#states.get(stream)?.bytes ?? 0,
  ): void {
    this.keep(stream, { ...folded, bytes: bytes + bytesOf(written) });
  }

  /** Marks a state as outdated, so that newer events are read before it is used. */
  outdate(stream: string, folded: Folded<unknown>): void {
    this.#empty.delete(stream);
    this.#states.set(stream, { ...folded, outdated: true });
  }

  /** Drops the state of a stream to which events may have been appended or not. */
  forget(stream: string): void {
    this.#empty.delete(stream);
    this.#states.delete(stream);
  }
}

/** Estimated bytes of events as JSON, with their metadata. */
export const bytesOf = (events: readonly { readonly data: unknown; readonly bytes?: number }[]): number =>
  events.reduce((sum, { data, bytes }) => sum + (bytes ?? JSON.stringify(data).length + PER_EVENT), 0);
