import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandBus } from '@nestjs/cqrs';
import type { EventStore, LogPage, RecordedEvent } from '../event-store/event-store.js';
import type { ReadModels } from '../read-models/read-models.js';
import { Lanes } from './lanes.runner.js';
import type { Work } from './lanes.runner.js';
import type { Process } from './process.js';
import { Progress } from './progress.runner.js';
import { isPassing, messageOf, Reactions } from './reactions.runner.js';
import type { Report } from './reactions.runner.js';
import { sparing } from './sparing.runner.js';

export interface ProcessRunnerOptions {
  readonly store: EventStore;
  /** Keeps the checkpoints. */
  readonly readModels: ReadModels;
  readonly commands: CommandBus;
  readonly processes: readonly Process[];
  readonly report: Report;
  /**
   * Streams that are reacted to at the same time.
   * @defaultValue 16
   */
  readonly width?: number;
  /**
   * Attempts at an event before its stream is parked.
   * @defaultValue 5
   */
  readonly attempts?: number;
  /**
   * Rest before the second attempt, in milliseconds; doubled after each further one.
   * @defaultValue 50
   */
  readonly rest?: number;
}

/** A stream to which a process no longer reacts, from the event it failed on. */
export interface ParkedStream {
  readonly stream: string;
  /** Position of the event that failed. */
  readonly position: number;
  readonly attempts: number;
  readonly error: string;
  /** Events that wait, the failed one included. */
  readonly waiting: number;
}

export interface ProcessStatus {
  readonly name: string;
  readonly version: number;
  /** `failed` stands still: it cannot go on without somebody looking. */
  readonly state: 'running' | 'failed' | 'stopped';
  /** Every event up to here has been reacted to; a restart begins after it. */
  readonly position: number;
  /** Events reacted to, and commands that were refused, since the start. */
  readonly handled: number;
  readonly refused: number;
  readonly parked: readonly ParkedStream[];
}

interface Reacting extends Work {
  readonly progress: Progress;
  readonly stream: string;
  /** Absent while they wait behind a parked stream: then they are read again. */
  readonly events?: readonly RecordedEvent[];
}

/** Events that wait at most: before there are fewer, the log is not read further. */
const QUEUE = 1_000;
/** Parked streams beyond which nothing more is begun: that many are not poison, they are a fault. */
const MOST_PARKED = 1_000;
/** A checkpoint is kept after so many events, or so many milliseconds. */
const KEEP_EVENTS = 200;
const KEEP_MILLISECONDS = 1_000;
const LONGEST_REST = 5_000;

/**
 * Reacts to the log: to events of one stream in order, to streams side by side. Reacting again after a crash is answered,
 * not done twice, so a checkpoint may be kept late, but never past an event that is unfinished or parked.
 */
export class ProcessRunner {
  readonly #options: ProcessRunnerOptions;
  /** For what passes by itself, such as a full disk that gets room. */
  readonly #sparing: Report;
  readonly #all: readonly Progress[];
  readonly #types: readonly string[];
  readonly #lanes: Lanes<Reacting>;
  readonly #reactions: Reactions;
  readonly #stop = new AbortController();
  #begun: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #keeping: Promise<void> = Promise.resolve();
  #scanned = 0;
  #sinceKept = 0;
  #failed = false;

  constructor(options: ProcessRunnerOptions) {
    const { processes, commands, report, width = 16, attempts = 5, rest = 50 } = options;
    this.#options = options;
    this.#sparing = sparing(report);
    this.#all = processes.map((process) => new Progress(process));
    this.#types = [...new Set(processes.flatMap(({ types }) => types))];
    this.#reactions = new Reactions(commands, report);
    this.#lanes = new Lanes<Reacting>({
      width,
      attempts,
      rest,
      work: (reacting) => this.#react(reacting),
      passing: isPassing,
      done: ({ progress, position }) => this.#done(progress, position),
      failed: ({ progress, stream, position }, error, tried, parked) => {
        const { name } = progress.process;
        const details = { process: name, stream, position, attempts: tried, error: messageOf(error) };
        if (isPassing(error)) this.#sparing('reaction waits', details);
        else report(parked ? 'stream parked' : 'reaction failed', details);
      },
      asReference: ({ lane, position, progress, stream }) => ({ lane, position, progress, stream }),
    });
  }

  /** Runs until `stop`. A runner is either started or made to catch up. */
  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#lanes.close();
    await this.#running;
    await this.#keep();
  }

  /** Reacts to everything there is and to what follows from it, then returns. Parked streams stay parked. */
  async catchUp(): Promise<void> {
    const { store } = this.#options;
    await (this.#begun ??= this.#begin());
    while (!this.#stop.signal.aborted && (await store.head()) > this.#scanned) {
      const page = await store.readLog({ after: this.#scanned, types: this.#types });
      await this.#take(page);
      if (page.end) await this.#lanes.below(1);
    }
    await this.#keep();
  }

  status(): ProcessStatus[] {
    const stopped = this.#stop.signal.aborted || !(this.#running ?? this.#begun);
    const state = this.#failed ? 'failed' : stopped ? 'stopped' : 'running';
    const lanes = this.#lanes.parked();
    return this.#all.map((progress) => {
      const { process, handled, refused } = progress;
      const { name, version } = process;
      const own = lanes.filter(({ work }) => work.progress === progress);
      const parked = own.map(({ work: { stream, position }, ...rest }) => ({ stream, position, ...rest }));
      return { name, version, state, position: progress.position(this.#scanned), handled, refused, parked };
    });
  }

  /** Reacts again to a parked stream, from the event it failed on. @returns whether it was parked */
  retry(process: string, stream: string): boolean {
    return this.#lanes.retry(laneOf(process, stream));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { store } = this.#options;
    const keeper = setInterval(() => void this.#keep(), KEEP_MILLISECONDS);
    for (let failures = 0; !signal.aborted;) {
      try {
        await (this.#begun ??= this.#begin());
        for await (const page of store.subscribe({ after: this.#scanned, types: this.#types }, signal)) {
          await this.#take(page);
          failures = 0;
        }
      } catch (error) {
        failures += 1;
        this.#sparing('the log cannot be reacted to', { error: messageOf(error), failures });
        const rest = Math.min(LONGEST_REST, 50 * 2 ** failures);
        await sleep(rest, undefined, { signal }).catch(() => undefined);
      }
    }
    clearInterval(keeper);
  }

  async #begin(): Promise<void> {
    const { store, readModels, report } = this.#options;
    try {
      const head = await store.head();
      for (const progress of this.#all) await progress.load(readModels, head, report);
      this.#scanned = Math.min(head, ...this.#all.map(({ from }) => from));
    } catch (error) {
      this.#begun = undefined;
      throw error;
    }
  }

  /** Hands the events of a page to whom they concern; returns when there is room for the next page. */
  async #take({ events, scanned }: LogPage): Promise<void> {
    // An upcaster makes several events of one: they are one piece of work, since they share their place and their id.
    for (const [position, shapes] of Map.groupBy(events, (event) => event.position)) {
      for (const progress of this.#all) {
        const { name, types } = progress.process;
        const own = shapes.filter(({ type }) => types.includes(type));
        if (own.length === 0 || position <= progress.from) continue;
        const { stream } = own[0]!;
        progress.begin(position);
        this.#lanes.add({ lane: laneOf(name, stream), position, progress, stream, events: own });
      }
    }
    this.#scanned = scanned;
    await this.#lanes.below(QUEUE);
    if (this.#lanes.parked().length > MOST_PARKED) {
      this.#failed = true;
      this.#options.report('too many parked streams', { most: MOST_PARKED });
      this.#stop.abort();
    }
  }

  async #react({ progress, position, events }: Reacting): Promise<void> {
    const { process } = progress;
    const refused = await this.#reactions.to(events ?? (await this.#readAgain(process, position)), process);
    progress.refused += refused;
  }

  async #readAgain({ types }: Process, position: number): Promise<readonly RecordedEvent[]> {
    return (await this.#options.store.at(position)).filter(({ type }) => types.includes(type));
  }

  #done(progress: Progress, position: number): void {
    progress.end(position);
    this.#sinceKept += 1;
    if (this.#sinceKept >= KEEP_EVENTS) void this.#keep();
  }

  /** One after another, so that an older checkpoint never overwrites a newer one. */
  #keep(): Promise<void> {
    const { readModels } = this.#options;
    this.#sinceKept = 0;
    this.#keeping = this.#keeping.then(async () => {
      for (const progress of this.#all) await progress.keep(readModels, this.#scanned, this.#sparing);
    });
    return this.#keeping;
  }
}

const laneOf = (process: string, stream: string): string => `${process} ${stream}`;
