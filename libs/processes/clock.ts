import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandBus } from '@nestjs/cqrs';
import type { Deadline, Deadlines } from '../../projections/deadlines.js';
import type { Clock } from '../clock.js';
import { Refusal } from '../errors.js';
import { under } from '../event-store/envelope.js';
import { idFrom } from '../ids.js';
import { servingOf } from '../read-models/partitions.js';
import type { Find, ReadModels } from '../read-models/read-models.js';
import { isPassing, messageOf } from './reactions.js';
import type { Report } from './reactions.js';
import { throttled } from './throttled-log.js';

export interface ClockProcessOptions {
  readonly deadlines: Deadlines;
  readonly readModels: ReadModels;
  readonly commands: CommandBus;
  readonly clock: Clock;
  readonly report: Report;
  /**
   * Milliseconds between two looks at the deadlines.
   * @defaultValue 1000
   */
  readonly interval?: number;
}

/** A time that passed and could not be recorded; it is tried again. */
export interface Failing {
  /** Its id, its time and the event that set it. */
  readonly deadline: string;
  readonly attempts: number;
  readonly error: string;
}

export interface ClockStatus {
  readonly state: 'running' | 'stopped' | 'elsewhere';
  /** When it last looked; null before the first time. */
  readonly lookedAt: string | null;
  /** Deadlines recorded since the start. */
  readonly recorded: number;
  readonly failing: readonly Failing[];
}

/** How it went with a deadline that is still listed: it is recorded, or tried again at some later look. */
type Outcome =
  | { readonly recorded: true }
  | { readonly attempts: number; readonly error: string; readonly again: number; readonly deadlineId: string };

/** Where the clock has looked: at these documents, up to this event and this time. */
interface Seen {
  /** Id of the set of generations that served. */
  readonly set: number | undefined;
  readonly position: number;
  readonly until: string;
}

const NAME = 'clock';
const VERSION = 1;
const PAGE = 200;
const WIDTH = 16;
/** Looks at most that a deadline which fails is left alone. */
const LONGEST_REST = 60;
/**
 * Every so many looks the clock asks for all that is due, whenever it became so: a deadline can come late, out of events that
 * waited behind one that could not be folded.
 */
const WHOLE_LOOK = 60;

/**
 * Asks which times have passed since it last asked, and has that recorded. What is due stands in a read model, so deadlines outlive
 * a restart; the read model follows a moment later, so what was recorded and is still listed is remembered and left alone.
 */
export class ClockProcess {
  readonly #options: ClockProcessOptions;
  /** For what passes by itself, such as a full disk that gets room. */
  readonly #throttled: Report;
  readonly #stop = new AbortController();
  #outcomes = new Map<string, Outcome>();
  #turn: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | undefined;
  #looks = 0;
  #seen: Seen | undefined;
  #lookedAt: string | null = null;
  #recorded = 0;
  #held = false;

  constructor(options: ClockProcessOptions) {
    this.#options = options;
    this.#throttled = throttled(options.report);
  }

  /** Runs until `stop`. */
  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#turn;
  }

  /** While much is written at once, such as what was due and was done, nothing is looked at before all of it is there. */
  hold(held: boolean): void {
    this.#held = held;
  }

  /** One look, after the one under way. @returns how many deadlines were recorded */
  tick(): Promise<number> {
    const turn = this.#turn.then(() => this.#look());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  status(): ClockStatus {
    const running = this.#running !== undefined && !this.#stop.signal.aborted;
    const failing: Failing[] = [];
    for (const [deadline, outcome] of this.#outcomes) {
      if (!('recorded' in outcome)) failing.push({ deadline, attempts: outcome.attempts, error: outcome.error });
    }
    return { state: running ? 'running' : 'stopped', lookedAt: this.#lookedAt, recorded: this.#recorded, failing };
  }

  async #run(): Promise<void> {
    const { interval = 1_000 } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const look = this.#held ? Promise.resolve() : this.tick();
      await look.catch((error: unknown) => {
        // During the first build of the read model of deadlines, nothing is known to be due; that is no fault.
        if (!(error instanceof Refusal && error.status === 503))
          this.#throttled('deadlines cannot be read', { error: messageOf(error) });
      });
      await sleep(interval, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<number> {
    const { readModels, clock, deadlines } = this.#options;
    const now = clock.now();
    const before = this.#recorded;
    const [furthestBehind] = servingOf(await readModels.generations(), deadlines.projection.name);
    const { set, position = 0 } = furthestBehind ?? {};
    const seen = this.#seen;
    const isWhole = this.#looks % WHOLE_LOOK === 0 || !seen || seen.set !== set;
    this.#looks += 1;
    const outcomes = isWhole ? new Map<string, Outcome>() : this.#outcomes;
    const wanted = isWhole ? [all(now)] : sinceThen(seen, now);
    for (const find of wanted) {
      for await (const page of this.#listed(find)) await this.#recordAll(page, outcomes);
    }
    if (!isWhole) await this.#recordAll(await this.#failed(), outcomes);
    this.#outcomes = outcomes;
    if (!this.#stop.signal.aborted) this.#seen = { set, position, until: now };
    this.#lookedAt = now;
    return this.#recorded - before;
  }

  async *#listed(find: Find): AsyncGenerator<readonly Deadline[]> {
    const { readModels, deadlines } = this.#options;
    for (let cursor: string | undefined, more = true; more && !this.#stop.signal.aborted; more = cursor !== undefined) {
      const { items, next } = await readModels.find(deadlines.projection, { ...find, limit: PAGE, cursor });
      yield items;
      cursor = next;
    }
  }

  /** Takes what failed and has rested from the outcomes. @returns those of them that are still due */
  async #failed(): Promise<readonly Deadline[]> {
    const { readModels, deadlines } = this.#options;
    const failed: Deadline[] = [];
    for (const [key, outcome] of this.#outcomes) {
      if ('recorded' in outcome || outcome.again > this.#looks) continue;
      const deadline = await readModels.get(deadlines.projection, outcome.deadlineId);
      if (deadline && keyOf(deadline) === key) failed.push(deadline);
      else this.#outcomes.delete(key);
    }
    return failed;
  }

  async #recordAll(due: readonly Deadline[], outcomes: Map<string, Outcome>): Promise<void> {
    for (let first = 0; first < due.length; first += WIDTH) {
      const some = due.slice(first, first + WIDTH);
      await Promise.all(some.map(async (each) => outcomes.set(keyOf(each), await this.#outcome(each))));
    }
  }

  async #outcome(deadline: Deadline): Promise<Outcome> {
    const before = this.#outcomes.get(keyOf(deadline));
    if (before && ('recorded' in before || before.again > this.#looks)) return before;
    try {
      await this.#record(deadline);
      this.#recorded += 1;
      return { recorded: true };
    } catch (error) {
      const attempts = (before?.attempts ?? 0) + 1;
      const { deadlineId, dueAt } = deadline;
      const report = isPassing(error) ? this.#throttled : this.#options.report;
      report('deadline not recorded', { deadlineId, dueAt, attempts, error: messageOf(error) });
      const again = this.#looks + Math.min(LONGEST_REST, 2 ** attempts);
      return { deadlineId, attempts, error: messageOf(error), again };
    }
  }

  async #record(deadline: Deadline): Promise<void> {
    const { deadlineId, kind, subjectId, dueAt, setBy } = deadline;
    const { eventId, ...origin } = setBy;
    const sent = {
      ...origin,
      actor: { id: `process:${NAME}`, name: NAME },
      source: 'process' as const,
      commandId: idFrom('deadline', deadlineId, dueAt, eventId),
      causationId: eventId,
      rule: { name: NAME, version: VERSION },
    };
    await under(sent, () =>
      this.#options.commands.execute(this.#options.deadlines.kinds.get(kind)!.record(subjectId, dueAt)),
    );
  }
}

const keyOf = ({ deadlineId, dueAt, setBy }: Deadline): string => `${deadlineId} ${dueAt} ${setBy.eventId}`;

/** All that is due. */
const all = (now: string): Find => ({ filter: { dueAt: { $lte: now } }, sort: ['dueAt'] });

/** What became due after a look, and what was changed after it to a time that has passed. */
const sinceThen = ({ position, until }: Seen, now: string): readonly Find[] => [
  { filter: { dueAt: { $gt: until, $lte: now } }, sort: ['dueAt'] },
  { filter: { changedAt: { $gt: position }, dueAt: { $lte: now } }, sort: ['changedAt'] },
];
