/** Work at one place of the log. Works of one lane are done one after another, in the order they came. */
export interface Work {
  readonly lane: string;
  readonly position: number;
}

export interface LanesOptions<W> {
  /** Lanes that are worked on at the same time. */
  readonly width: number;
  /** Rest before the second attempt, in milliseconds; doubled after each further one. */
  readonly rest: number;
  readonly work: (work: W) => Promise<void>;
  readonly done: (work: W) => void;
  /** Never rejects. @returns whether the lane is given up: the work and all that waits behind it are put aside */
  readonly failed: (work: W, error: unknown) => Promise<boolean>;
  readonly aside: (work: W) => void;
}

interface Lane<W> {
  readonly name: string;
  readonly waiting: W[];
  /** How often it has rested since its last success. */
  rests: number;
  resting: NodeJS.Timeout | undefined;
}

const LONGEST_REST = 5_000;

/** Does work in order within a lane and side by side across lanes; a lane that rests holds up no other. */
export class Lanes<W extends Work> {
  readonly #options: LanesOptions<W>;
  readonly #lanes = new Map<string, Lane<W>>();
  readonly #ready: Lane<W>[] = [];
  readonly #waiters = new Set<() => void>();
  #working = 0;
  #queued = 0;
  #closed = false;

  constructor(options: LanesOptions<W>) {
    this.#options = options;
  }

  add(work: W): void {
    this.#queued += 1;
    const lane = this.#lanes.get(work.lane);
    if (lane) {
      lane.waiting.push(work);
      return;
    }
    const begun = { name: work.lane, waiting: [work], rests: 0, resting: undefined };
    this.#lanes.set(work.lane, begun);
    this.#enter(begun);
  }

  /** Resolves when less than `limit` works are waiting; or when it is closed. */
  async below(limit: number): Promise<void> {
    while (!this.#closed && this.#queued >= limit) await this.#changed();
  }

  /** Begins nothing more; resolves when what has begun is over. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { resting } of this.#lanes.values()) clearTimeout(resting);
    this.#wake();
    while (this.#working > 0) await this.#changed();
  }

  #enter(lane: Lane<W>): void {
    this.#ready.push(lane);
    this.#fill();
  }

  #fill(): void {
    while (!this.#closed && this.#working < this.#options.width && this.#ready.length > 0) {
      this.#working += 1;
      void this.#step(this.#ready.shift()!);
    }
  }

  async #step(lane: Lane<W>): Promise<void> {
    const work = lane.waiting[0]!;
    try {
      await this.#options.work(work);
      lane.waiting.shift();
      lane.rests = 0;
      this.#queued -= 1;
      this.#options.done(work);
    } catch (error) {
      lane.rests += 1;
      if (await this.#options.failed(work, error)) this.#putAside(lane);
    }
    this.#working -= 1;
    this.#leave(lane);
    this.#fill();
    this.#wake();
  }

  #putAside({ waiting }: Lane<W>): void {
    this.#queued -= waiting.length;
    for (const work of waiting.splice(0)) this.#options.aside(work);
  }

  /** Where a lane goes after a step: away, to rest, or to the end of the line. */
  #leave(lane: Lane<W>): void {
    if (lane.waiting.length === 0) {
      this.#lanes.delete(lane.name);
    } else if (lane.rests === 0) {
      this.#ready.push(lane);
    } else if (!this.#closed) {
      const rest = Math.min(LONGEST_REST, this.#options.rest * 2 ** (lane.rests - 1));
      lane.resting = setTimeout(() => this.#enter(lane), rest);
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#waiters.add(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiters) wake();
    this.#waiters.clear();
  }
}
