import { v7 } from 'uuid';

/** Chance that comes out the same every time: the same seed makes the same log. (mulberry32) */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  of<Entry>(entries: readonly Entry[]): Entry {
    return entries[this.below(entries.length)]!;
  }

  /** An id as the program makes them: later ids sort after earlier ones. */
  id(time: string): string {
    const random = Uint8Array.from({ length: 16 }, () => this.below(256));
    return v7({ msecs: Date.parse(time), random });
  }
}
