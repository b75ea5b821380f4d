import { LRUCache } from 'lru-cache';
import type { Folded } from './decider.js';

/** States kept in memory at most. */
const MOST = 50_000;
/** Bytes of the events they are folded from: about what the states themselves take at most. */
const MOST_BYTES = 128 * 1024 * 1024;
/** Bytes that keeping a state takes besides, about. */
const OVERHEAD = 512;
/** Bytes that an event takes besides its data, about: in the log its metadata, in a state the nodes of its collections. */
const PER_EVENT = 200;

/** States that were folded last; each is the fold of a whole stream at its revision. */
export class KeptStates {
  readonly #states: LRUCache<string, Folded<unknown>>;

  constructor(most = MOST, mostBytes = MOST_BYTES) {
    this.#states = new LRUCache({
      max: most,
      maxSize: mostBytes,
      // The longest stream of all is kept too, if need be alone: it takes the longest to fold again.
      sizeCalculation: ({ bytes = 0 }) => Math.min(mostBytes, bytes + OVERHEAD),
    });
  }

  get<State>(stream: string): Folded<State> | undefined {
    return this.#states.get(stream) as Folded<State> | undefined;
  }

  /** Unless a later state is known by now: reading takes time, in which the stream may have moved. */
  keep(stream: string, folded: Folded<unknown>): void {
    if (folded.revision >= (this.#states.get(stream)?.revision ?? 0)) this.#states.set(stream, folded);
  }

  /** @param written the events that lead there from the state that is kept */
  grow(stream: string, folded: Folded<unknown>, written: readonly { readonly data: unknown }[]): void {
    this.keep(stream, { ...folded, bytes: (this.#states.get(stream)?.bytes ?? 0) + bytesOf(written) });
  }

  /** From now on the events that came since are read first. */
  outdate(stream: string, folded: Folded<unknown>): void {
    this.#states.set(stream, { ...folded, outdated: true });
  }
}

/** Bytes of events as JSON, about, with their metadata. */
export const bytesOf = (events: readonly { readonly data: unknown; readonly bytes?: number }[]): number =>
  events.reduce((sum, { data, bytes }) => sum + (bytes ?? JSON.stringify(data).length + PER_EVENT), 0);
