/** Gives each piece of work a turn of the event loop of its own, in the order of arrival, so that others come in between. */
export class OneATurn {
  readonly #waiting: (() => void)[] = [];

  /** @param work must not throw */
  add(work: () => void): void {
    if (this.#waiting.push(work) === 1) setImmediate(() => this.#next());
  }

  #next(): void {
    this.#waiting[0]!();
    this.#waiting.shift();
    // What is asked for from an immediate comes in the next turn.
    if (this.#waiting.length > 0) setImmediate(() => this.#next());
  }
}
