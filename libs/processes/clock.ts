import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandBus } from '@nestjs/cqrs';
import { deadlineKinds, deadlines } from '../../projections/deadlines.js';
import type { Deadline } from '../../projections/deadlines.js';
import type { Clock } from '../clock.js';
import { Refusal } from '../errors.js';
import { under } from '../event-store/envelope.js';
import { idFrom } from '../ids.js';
import type { ReadModels } from '../read-models/read-models.js';
import { isPassing, messageOf } from './reactions.js';
import type { Report } from './reactions.js';
import { throttled } from './throttled-log.js';

/** The kinds of deadlines, by their names. */
const kinds = new Map(deadlineKinds.map((each) => [each.kind, each]));

export interface ClockProcessOptions {
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
  { readonly recorded: true } | { readonly attempts: number; readonly error: string; readonly again: number };

const NAME = 'clock';
const VERSION = 1;
const PAGE = 200;
const WIDTH = 16;
/** Looks at most that a deadline which fails is left alone. */
const LONGEST_REST = 60;

/**
 * Asks which times have passed, and has that recorded. What is due stands in a read model, so deadlines outlive a restart;
 * the read model follows a moment later, so what was recorded and is still listed is remembered and left alone.
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
    const { readModels, clock } = this.#options;
    const now = clock.now();
    const before = this.#recorded;
    const outcomes = new Map<string, Outcome>();
    this.#looks += 1;
    for (let cursor: string | undefined, more = true; more && !this.#stop.signal.aborted; more = cursor !== undefined) {
      const due = { filter: { dueAt: { $lte: now } }, sort: ['dueAt'], limit: PAGE, cursor };
      const { items, next } = await readModels.find(deadlines, due);
      for (let first = 0; first < items.length; first += WIDTH) {
        await Promise.all(
          items
            .slice(first, first + WIDTH)
            .map(async (deadline) => outcomes.set(keyOf(deadline), await this.#outcome(deadline))),
        );
      }
      cursor = next;
    }
    this.#outcomes = outcomes;
    this.#lookedAt = now;
    return this.#recorded - before;
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
      return { attempts, error: messageOf(error), again: this.#looks + Math.min(LONGEST_REST, 2 ** attempts) };
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
    await under(sent, () => this.#options.commands.execute(kinds.get(kind)!.record(subjectId, dueAt)));
  }
}

const keyOf = ({ deadlineId, dueAt, setBy }: Deadline): string => `${deadlineId} ${dueAt} ${setBy.eventId}`;
