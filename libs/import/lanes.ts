/**
 * Does many works at once, and those of one lane one after another, in the order they came. Whoever adds waits while too
 * many are under way, so that a file is read no faster than its rows are done.
 */
export class Lanes {
  /** The last work of each lane. */
  readonly #last = new Map<string, Promise<void>>();
  #underWay = 0;
  #room: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(private readonly width: number) {}

  /** Resolves when there is room for the next one. @throws what an earlier work threw */
  async add(lanes: readonly string[], work: () => Promise<void>): Promise<void> {
    this.#underWay += 1;
    const before = lanes.flatMap((lane) => this.#last.get(lane) ?? []);
    const turn = this.#done(before.length === 0 ? work() : Promise.all(before).then(() => this.#failure ?? work()), lanes);
    for (const lane of lanes) this.#last.set(lane, turn);
    if (this.#underWay >= this.width) await new Promise<void>((resolve) => (this.#room = resolve));
    if (this.#failure) throw this.#failure.error;
  }

  /** Resolves when all is done. @throws what a work threw */
  async drain(): Promise<void> {
    await Promise.all(this.#last.values());
    if (this.#failure) throw this.#failure.error;
  }

  async #done(work: Promise<unknown>, lanes: readonly string[]): Promise<void> {
    // Others may have come behind in the meantime: then the lane goes on.
    const turn = lanes.length > 0 ? () => lanes.map((lane) => [lane, this.#last.get(lane)] as const) : () => [];
    const mine = Promise.resolve().then(turn);
    try {
      await work;
    } catch (error) {
      this.#failure ??= { error };
    }
    for (const [lane, last] of await mine) if (this.#last.get(lane) === last) this.#last.delete(lane);
    this.#underWay -= 1;
    this.#room?.();
    this.#room = undefined;
  }
}
