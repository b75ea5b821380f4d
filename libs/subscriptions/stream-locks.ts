/** What may go on at the same time and what may not, for each of many things, in the order in which it is asked for. */
export class StreamLocks {
  /** The last that goes alone, and everything that has been let in: neither fails. */
  readonly #last = new Map<string, { readonly alone: Promise<unknown>; readonly all: Promise<unknown> }>();

  /** After what went alone before it, beside others of its kind. */
  shared<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const { alone, all } = this.#last.get(key) ?? NOTHING;
    const result = alone.then(work);
    this.#keep(key, { alone, all: Promise.allSettled([all, result]) });
    return result;
  }

  /** After everything before it, and before everything behind it. */
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
