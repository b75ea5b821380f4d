/** Runs each piece of work in its own turn of the event loop, in order, so that other work is not blocked. */
export class OneATurn {
  readonly #waiting: (() => void)[] = [];

  /** @param work must not throw */
  add(work: () => void): void {
    if (this.#waiting.push(work) === 1) setImmediate(() => this.#next());
  }

  #next(): void {
    this.#waiting[0]!();
    this.#waiting.shift();
    // `setImmediate` within an immediate runs in the next turn.
    if (this.#waiting.length > 0) setImmediate(() => this.#next());
  }
}
