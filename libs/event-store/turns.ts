/** Takes a turn if no other holder has it. */
export type TryTake = (name: string) => boolean;

/**
 * Locks by name within this process. The names that are wanted are taken in one order, with nothing held meanwhile, and what
 * is taken besides is never waited for, so holders never wait for each other in a circle.
 */
export class Turns {
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Runs `work` while it holds all of these, and what `work` takes besides. */
  async hold<Result>(names: ReadonlySet<string>, work: (tryTake: TryTake) => Promise<Result>): Promise<Result> {
    const held = new Set<string>();
    try {
      for (const name of [...names].sort()) {
        await this.#take(name);
        held.add(name);
      }
      return await work((name) => held.has(name) || (!this.#waiting.has(name) && Boolean(this.#begin(name, held))));
    } finally {
      for (const name of held) this.#release(name);
    }
  }

  async #take(name: string): Promise<void> {
    const queue = this.#waiting.get(name);
    if (queue) await new Promise<void>((go) => queue.push(go));
    else this.#waiting.set(name, []);
  }

  #begin(name: string, held: Set<string>): Set<string> {
    this.#waiting.set(name, []);
    return held.add(name);
  }

  /** The turn passes to the next in line, without being free in between. */
  #release(name: string): void {
    const next = this.#waiting.get(name)!.shift();
    if (next) next();
    else this.#waiting.delete(name);
  }
}
