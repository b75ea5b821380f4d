/** Work at one place of the log. Works of one lane are done one after another, in the order they came. */
export interface Work {
  readonly lane: string;
  readonly position: number;
}

/** A lane that stands still: its first work failed again and again, everything later waits behind it. */
export interface ParkedLane<W> {
  /** The work that failed. */
  readonly work: W;
  readonly attempts: number;
  readonly error: string;
  /** How much waits, the failed work included. */
  readonly waiting: number;
}

export interface LanesOptions<W> {
  /** Lanes that are worked on at the same time. */
  readonly width: number;
  /** Attempts at a work before its lane is parked. */
  readonly attempts: number;
  /** Rest before the second attempt, in milliseconds; doubled after each further one. */
  readonly rest: number;
  readonly work: (work: W) => Promise<void>;
  /** Whether it is nobody's fault and only a matter of time: such failures do not count as attempts. */
  readonly passing: (error: unknown) => boolean;
  readonly done: (work: W) => void;
  readonly failed: (work: W, error: unknown, attempts: number, parked: boolean) => void;
  /** What is left of a work that has to wait for long: references, not copies. */
  readonly asReference: (work: W) => W;
}

interface Lane<W> {
  readonly name: string;
  waiting: W[];
  attempts: number;
  /** How often it has rested since its last success. */
  rests: number;
  parked: string | undefined;
  resting: NodeJS.Timeout | undefined;
}

const LONGEST_REST = 5_000;

/** Does work in order within a lane and side by side across lanes; a lane that rests or is parked holds up no other. */
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
    let lane = this.#lanes.get(work.lane);
    if (lane?.parked !== undefined) {
      lane.waiting.push(this.#options.asReference(work));
      return;
    }
    this.#queued += 1;
    if (lane) {
      lane.waiting.push(work);
      return;
    }
    lane = { name: work.lane, waiting: [work], attempts: 0, rests: 0, parked: undefined, resting: undefined };
    this.#lanes.set(work.lane, lane);
    this.#enter(lane);
  }

  parked(): ParkedLane<W>[] {
    return [...this.#lanes.values()].flatMap(({ parked: error, waiting, attempts }) =>
      error === undefined ? [] : [{ work: waiting[0]!, attempts, error, waiting: waiting.length }],
    );
  }

  /** Tries a parked lane again from the work it failed on. @returns whether it was parked */
  retry(name: string): boolean {
    const lane = this.#lanes.get(name);
    if (lane?.parked === undefined) return false;
    lane.parked = undefined;
    lane.attempts = 0;
    this.#queued += lane.waiting.length;
    this.#enter(lane);
    return true;
  }

  /** Resolves when less than `limit` works are waiting, those of parked lanes not counted; or when it is closed. */
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
    lane.attempts += 1;
    try {
      await this.#options.work(work);
      lane.waiting.shift();
      lane.attempts = 0;
      lane.rests = 0;
      this.#queued -= 1;
      this.#options.done(work);
    } catch (error) {
      this.#fail(lane, work, error);
    }
    this.#working -= 1;
    this.#leave(lane);
    this.#fill();
    this.#wake();
  }

  #fail(lane: Lane<W>, work: W, error: unknown): void {
    const { attempts, passing, failed, asReference } = this.#options;
    lane.rests += 1;
    if (passing(error)) lane.attempts -= 1;
    const parked = lane.attempts >= attempts;
    if (parked) {
      this.#queued -= lane.waiting.length;
      lane.parked = error instanceof Error ? error.message : String(error);
      lane.waiting = lane.waiting.map(asReference);
      lane.rests = 0;
    }
    failed(work, error, lane.attempts, parked);
  }

  /** Where a lane goes after a step: away, to rest, or to the end of the line. */
  #leave(lane: Lane<W>): void {
    if (lane.waiting.length === 0) {
      this.#lanes.delete(lane.name);
    } else if (lane.rests > 0 && !this.#closed) {
      const rest = Math.min(LONGEST_REST, this.#options.rest * 2 ** (lane.rests - 1));
      lane.resting = setTimeout(() => this.#enter(lane), rest);
    } else if (lane.parked === undefined) {
      this.#ready.push(lane);
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
