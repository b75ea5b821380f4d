import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandBus } from '@nestjs/cqrs';
import type { EventStore, LogPage } from '../event-store/event-store.js';
import type { ReadModels } from '../read-models/read-models.js';
import { Lanes } from './lanes.js';
import type { Process } from './process.js';
import { Progress } from './progress.js';
import { messageOf } from './reactions.js';
import type { Report } from './reactions.js';
import { sparing } from './throttled-log.js';
import { StreamParking } from './stream-parking.js';
import type { Reacting } from './stream-parking.js';

export interface ProcessRunnerOptions {
  readonly store: EventStore;
  /** Keeps the checkpoints, and what is parked. */
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
  /**
   * Parked streams of one process at which nothing more is begun: that many are not poison, they are a fault.
   * @defaultValue 1000
   */
  readonly mostParked?: number;
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
  /**
   * `failed` stands still until some of what is parked has been dealt with: there is too much of it. `elsewhere` is run by
   * another program, if by any.
   */
  readonly state: 'running' | 'failed' | 'stopped' | 'elsewhere';
  /** Every event up to here has been reacted to, or put aside behind a parked stream; a restart begins after it. */
  readonly position: number;
  /** Events reacted to, and commands that were refused, since the start. */
  readonly handled: number;
  readonly refused: number;
  readonly parked: readonly ParkedStream[];
}

/** Events that wait at most: before there are fewer, the log is not read further. */
const QUEUE = 1_000;
const MOST_PARKED = 1_000;
/** A checkpoint is kept after so many events, or so many milliseconds. */
const KEEP_EVENTS = 200;
const KEEP_MILLISECONDS = 1_000;
const LONGEST_REST = 5_000;

/**
 * Reacts to the log: to events of one stream in order, to streams side by side. Reacting again after a crash is answered,
 * not done twice, so a checkpoint may be kept late, but never past an event that is neither reacted to nor put aside.
 */
export class ProcessRunner {
  readonly #options: ProcessRunnerOptions;
  readonly #mostParked: number;
  /** For what passes by itself, such as a full disk that gets room. */
  readonly #sparing: Report;
  readonly #all: readonly Progress[];
  readonly #types: readonly string[];
  readonly #lanes: Lanes<Reacting>;
  readonly #parking: StreamParking;
  readonly #stop = new AbortController();
  #begun: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #keeping: Promise<void> = Promise.resolve();
  #retrying: Promise<void> | undefined;
  #scanned = 0;
  #sinceKept = 0;

  constructor(options: ProcessRunnerOptions) {
    const { processes, report, width = 16, rest = 50 } = options;
    this.#options = options;
    this.#mostParked = options.mostParked ?? MOST_PARKED;
    this.#sparing = sparing(report);
    this.#all = processes.map((process) => new Progress(process));
    this.#types = [...new Set(processes.flatMap(({ types }) => types))];
    this.#parking = new StreamParking({
      ...options,
      rest,
      sparing: this.#sparing,
      signal: this.#stop.signal,
      keep: () => this.#keep(),
    });
    this.#lanes = new Lanes<Reacting>({
      width,
      rest,
      work: (reacting) => this.#parking.react(reacting),
      done: ({ progress, position }) => this.#done(progress, position),
      failed: (reacting, error) => this.#parking.failed(reacting, error),
      aside: ({ progress, stream, position }) => progress.putAside(stream, position),
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
    await this.#retrying;
    await this.#keep(true).catch((error: unknown) => this.#notKept(error));
  }

  /** Reacts to everything there is and to what follows from it, then returns. Parked streams stay parked, unless asked for. */
  async catchUp(): Promise<void> {
    const { store } = this.#options;
    await (this.#begun ??= this.#begin());
    await this.#retryAsked();
    while (!this.#stop.signal.aborted && !this.#standing && (await store.head()) > this.#scanned) {
      const page = await store.readLog({ after: this.#scanned, types: this.#types });
      await this.#take(page);
      if (page.end) await this.#lanes.below(1);
    }
    await this.#keep();
  }

  async status(): Promise<ProcessStatus[]> {
    const stopped = this.#stop.signal.aborted || !(this.#running ?? this.#begun);
    const state = stopped ? 'stopped' : this.#standing ? 'failed' : 'running';
    const all = await this.#options.readModels.parked();
    return this.#all.map((progress) => {
      const { process, handled, refused } = progress;
      const { name, version } = process;
      const parked = all
        .filter(({ consumer }) => consumer === name)
        .map(({ key: stream, position, attempts, error, waiting }) => ({ stream, position, attempts, error, waiting }));
      return { name, version, state, position: progress.position(this.#scanned), handled, refused, parked };
    });
  }

  /** Has what waits behind a parked stream reacted to, in order. @returns whether it is parked */
  async retry(process: string, stream: string): Promise<boolean> {
    const isParked = await this.#options.readModels.retry(process, stream);
    if (isParked && this.#running) void this.#retryAsked();
    return isParked;
  }

  /** Whether too much is parked to go on. */
  get #standing(): boolean {
    return this.#all.some(({ parked }) => parked.size >= this.#mostParked);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { store } = this.#options;
    const keeper = setInterval(() => void this.#tend(), KEEP_MILLISECONDS);
    for (let failures = 0; !signal.aborted;) {
      try {
        await (this.#begun ??= this.#begin());
        void this.#retryAsked();
        for await (const page of store.subscribe({ after: this.#scanned, types: this.#types }, signal)) {
          await this.#untilRoom();
          await this.#take(page);
          failures = 0;
        }
      } catch (error) {
        failures += 1;
        this.#sparing('the log cannot be reacted to', { error: messageOf(error), failures });
        await this.#rest(Math.min(LONGEST_REST, 50 * 2 ** failures));
      }
    }
    clearInterval(keeper);
  }

  async #begin(): Promise<void> {
    const { store, readModels, report } = this.#options;
    try {
      const head = await store.head();
      for (const progress of this.#all) await progress.load(readModels, head, report);
      this.#scanned = Math.min(head, ...this.#all.map(({ taken }) => taken));
    } catch (error) {
      this.#begun = undefined;
      throw error;
    }
  }

  /** Hands the events of a page to whom they concern; returns when there is room for the next page. */
  async #take({ events, scanned }: LogPage): Promise<void> {
    const works: Reacting[] = [];
    let before = this.#scanned;
    // An upcaster makes several events of one: they are one piece of work, since they share their place and their id.
    for (const [position, shapes] of Map.groupBy(events, (event) => event.position)) {
      for (const progress of this.#all) {
        const { name, types } = progress.process;
        const own = shapes.filter(({ type }) => types.includes(type));
        if (own.length === 0 || position <= progress.taken) continue;
        const { stream } = own[0]!;
        progress.begin(position, before);
        works.push({ lane: `${name} ${stream}`, position, progress, stream, events: own, failures: 0 });
      }
      before = position;
    }
    // Kept before anything is begun: should the program end in the middle, the next one knows where it was.
    if (works.length > 0) await this.#keep();
    for (const work of works) {
      if (this.#stop.signal.aborted) return;
      if (work.position <= work.progress.doubtful) await this.#doubt(work);
      else this.#add(work);
      work.progress.taken = work.position;
    }
    for (const progress of this.#all.filter(({ doubtful }) => doubtful > 0 && doubtful <= scanned)) {
      await this.#lanes.below(1);
      await this.#parking.trust(progress);
    }
    this.#scanned = scanned;
    await this.#lanes.below(QUEUE);
  }

  #add(work: Reacting): void {
    const { progress, stream, position } = work;
    if (progress.parked.has(stream)) progress.putAside(stream, position);
    else this.#lanes.add(work);
  }

  /** Nothing runs beside an event that a program may have ended of. */
  async #doubt(work: Reacting): Promise<void> {
    await this.#lanes.below(1);
    if (!(await this.#parking.doubt(work))) return this.#add(work);
    try {
      await this.#parking.react(work);
      this.#done(work.progress, work.position);
    } catch {
      // One that merely fails is tried again as any other is, and reported then.
      this.#lanes.add(work);
    }
  }

  #done(progress: Progress, position: number): void {
    progress.end(position);
    this.#sinceKept += 1;
    if (this.#sinceKept >= KEEP_EVENTS) void this.#keep().catch((error: unknown) => this.#notKept(error));
  }

  /** One at a time; who asks meanwhile is served by the next look. */
  #retryAsked(): Promise<void> {
    this.#retrying ??= this.#parking.retryAsked(this.#all).finally(() => (this.#retrying = undefined));
    return this.#retrying;
  }

  async #untilRoom(): Promise<void> {
    if (!this.#standing) return;
    this.#options.report('too many parked streams', { most: this.#mostParked });
    while (this.#standing && !this.#stop.signal.aborted) await this.#rest(KEEP_MILLISECONDS);
  }

  async #rest(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  /** Keeps what was reached, and looks whether somebody wants a stream tried again. */
  async #tend(): Promise<void> {
    try {
      await this.#keep();
      if (this.#begun && !this.#stop.signal.aborted) await this.#retryAsked();
    } catch (error) {
      this.#notKept(error);
    }
  }

  #notKept(error: unknown): void {
    this.#sparing('checkpoint not kept', { error: messageOf(error) });
  }

  /** One after another, so that an older checkpoint never overwrites a newer one. */
  #keep(ended = false): Promise<void> {
    const { readModels } = this.#options;
    this.#sinceKept = 0;
    const kept = this.#keeping.then(async () => {
      for (const progress of this.#all) await progress.keep(readModels, this.#scanned, ended);
    });
    this.#keeping = kept.catch(() => undefined);
    return kept;
  }
}
