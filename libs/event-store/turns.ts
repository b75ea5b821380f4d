/** Locks a name if it is free. */
export type TryTake = (name: string) => boolean;

/**
 * Locks by name within this process. Wanted names are locked in sorted order, and further ones are only tried without waiting,
 * so there are no deadlocks.
 */
export class Turns {
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Locks all names, runs `work`, and unlocks them and what `work` has locked besides. */
  async hold<Result>(names: ReadonlySet<string>, work: (tryTake: TryTake) => Promise<Result>): Promise<Result> {
    const held = new Set<string>();
    try {
      for (const name of [...names].sort()) {
        await this.#take(name);
        held.add(name);
      }
      return await work((name) => held.has(name) || (!this.#waiting.has(name) && this.#begin(name, held)));
    } finally {
      for (const name of held) this.#release(name);
    }
  }

  async #take(name: string): Promise<void> {
    const queue = this.#waiting.get(name);
    if (queue) await new Promise<void>((go) => queue.push(go));
    else this.#waiting.set(name, []);
  }

  #begin(name: string, held: Set<string>): true {
    this.#waiting.set(name, []);
    held.add(name);
    return true;
  }

  /** Passes the lock directly to the next in the queue. */
  #release(name: string): void {
    const next = this.#waiting.get(name)!.shift();
    if (next) next();
    else this.#waiting.delete(name);
  }
}
