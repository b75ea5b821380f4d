/**
 * Runs work in parallel, and work of the same lane in order. `add` waits while too much work is running, so a file is read no
 * faster than its rows are handled.
 */
export class Lanes {
  /** The last work of each busy lane. */
  readonly #last = new Map<string, Promise<void>>();
  #underWay = 0;
  #room: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(private readonly width: number) {}

  /** Resolves when there is room for more work. @throws the error of earlier work */
  async add(lanes: ReadonlySet<string>, work: () => Promise<void>): Promise<void> {
    const before = [...lanes].flatMap((lane) => this.#last.get(lane) ?? []);
    const turn: Promise<void> = this.#run(before, work).finally(() => {
      for (const lane of lanes) if (this.#last.get(lane) === turn) this.#last.delete(lane);
    });
    for (const lane of lanes) this.#last.set(lane, turn);
    if (this.#underWay >= this.width) await new Promise<void>((resolve) => (this.#room = resolve));
    if (this.#failure) throw this.#failure.error;
  }

  /** Resolves when all work is done. @throws the error of any work */
  async drain(): Promise<void> {
    await Promise.all(this.#last.values());
    if (this.#failure) throw this.#failure.error;
  }

  /** After a failure, waiting work is not started. */
  async #run(before: readonly Promise<void>[], work: () => Promise<void>): Promise<void> {
    this.#underWay += 1;
    try {
      if (before.length > 0) await Promise.all(before);
      if (!this.#failure) await work();
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#underWay -= 1;
    this.#room?.();
    this.#room = undefined;
  }
}
