/** Shared and exclusive locks by key, granted in the order of the requests. */
export class StreamLocks {
  /** Per key: the last exclusive work, and all work so far. These promises never reject. */
  readonly #last = new Map<string, { readonly alone: Promise<unknown>; readonly all: Promise<unknown> }>();

  /** Runs `work` after earlier exclusive work, in parallel with other shared work. */
  shared<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const { alone, all } = this.#last.get(key) ?? NOTHING;
    const result = alone.then(work);
    this.#keep(key, { alone, all: Promise.allSettled([all, result]) });
    return result;
  }

  /** Runs `work` after all earlier work; later work waits for it. */
  exclusive<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const { all } = this.#last.get(key) ?? NOTHING;
    const result = all.then(work);
    const settled = Promise.allSettled([result]);
    this.#keep(key, { alone: settled, all: settled });
    return result;
  }

  #keep(key: string, last: { readonly alone: Promise<unknown>; readonly all: Promise<unknown> }): void {
    this.#last.set(key, last);
    void last.all.then(() => {
      if (this.#last.get(key) === last) this.#last.delete(key);
    });
  }
}

const NOTHING = { alone: Promise.resolve(), all: Promise.resolve() };
