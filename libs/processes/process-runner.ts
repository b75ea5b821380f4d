import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, LogPage } from '../event-store/event-store.js';
import type { Handler } from './handler.js';
import { Lanes } from './lanes.js';
import { standOf } from './memory/claim.js';
import type { Claiming } from './memory/claim.js';
import { parkedStreams, wish } from './memory/process-state.js';
import type { ProcessStatus } from './process-status.js';
import { Progress } from './progress.js';
import { messageOf } from './reactions.js';
import type { Report } from './reactions.js';
import { throttled } from './throttled-log.js';
import { StreamParking } from './stream-parking.js';
import type { Handling } from './stream-parking.js';

export interface ProcessRunnerOptions extends Claiming {
  readonly store: EventStore;
  /** What is done for each event: each at its own pace. */
  readonly handlers: readonly Handler[];
  /** Called when another program has taken over a handler: nothing can be remembered of it here any more. */
  readonly lost?: () => void;
  /**
   * Streams that are handled at the same time.
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
   * Parked streams of one handler at which nothing more is begun: that many are not poison, they are a fault.
   * @defaultValue 1000
   */
  readonly mostParked?: number;
}

/** Events that wait at most: before there are fewer, the log is not read further. */
const QUEUE = 1_000;
const MOST_PARKED = 1_000;
/** A checkpoint is kept after so many events, or so many milliseconds. */
const KEEP_EVENTS = 200;
const KEEP_MILLISECONDS = 1_000;
const LONGEST_REST = 5_000;

/**
 * Handles the events of the log: those of one stream in order, streams side by side. What a program had done when it ended is done
 * again, so a position may be remembered late, but never past an event that is neither handled nor put aside.
 */
export class ProcessRunner {
  readonly #options: ProcessRunnerOptions;
  readonly #mostParked: number;
  /** For what passes by itself, such as a full disk that gets room. */
  readonly #throttled: Report;
  readonly #all: readonly Progress[];
  readonly #types: readonly string[];
  readonly #lanes: Lanes<Handling>;
  readonly #parking: StreamParking;
  readonly #stop = new AbortController();
  #begun: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #retrying: Promise<void> | undefined;
  #scanned = 0;
  #sinceKept = 0;

  constructor(options: ProcessRunnerOptions) {
    const { handlers, store, memory, report, attempts, lost = () => undefined, width = 16, rest = 50 } = options;
    this.#options = options;
    this.#mostParked = options.mostParked ?? MOST_PARKED;
    this.#throttled = throttled(report);
    this.#all = handlers.map((handler) => new Progress(handler, memory, lost));
    this.#types = [...new Set(handlers.flatMap(({ types }) => types))];
    const { signal } = this.#stop;
    this.#parking = new StreamParking({ store, memory, report, throttled: this.#throttled, attempts, rest, signal });
    this.#lanes = new Lanes<Handling>({
      width,
      rest,
      work: (handling) => this.#parking.handle(handling),
      done: (handling) => this.#done(handling),
      failed: (handling, error) => this.#parking.failed(handling, error),
      aside: ({ progress, stream, position }) => progress.putAside(stream, position),
    });
  }

  /** Looks up where each handler stands, and notes where new ones begin. To be called before any request is served. */
  async prepare(): Promise<void> {
    await this.#beginning().catch((error: unknown) => this.#unreadable(error));
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
    for (const progress of this.#all) progress.ended = true;
    await this.#keep().catch((error: unknown) => this.#notKept(error));
  }

  /** Handles everything there is and what follows from it, then returns. Parked streams stay parked, unless asked for. */
  async catchUp(): Promise<void> {
    const { store } = this.#options;
    await this.#beginning();
    await this.#retryWished();
    while (!this.#stop.signal.aborted && !this.#standing && (await store.head()) > this.#scanned) {
      const page = await store.readLog({ after: this.#scanned, types: this.#types });
      await this.#take(page);
      if (page.end) await this.#lanes.below(1);
    }
    await this.#keep();
  }

  status(): ProcessStatus[] {
    const stopped = this.#stop.signal.aborted || !(this.#running ?? this.#begun);
    const state = stopped ? 'stopped' : this.#standing ? 'failed' : 'running';
    return this.#all.map(({ handler: { name, version }, position, handled, refused, parked }) => {
      return { name, version, state, position, handled, refused, parked: parkedStreams(parked) };
    });
  }

  /** Has what waits behind a parked stream handled, in order. @returns whether it is parked */
  async retry(handler: string, stream: string): Promise<boolean> {
    const progress = this.#all.find(({ handler: { name } }) => name === handler);
    if (!progress?.parked.has(stream)) return false;
    await wish(this.#options.memory, handler, stream);
    if (this.#running) void this.#retryWished();
    return true;
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
        await this.#beginning();
        void this.#retryWished();
        for await (const page of store.subscribe({ after: this.#scanned, types: this.#types }, signal)) {
          await this.#untilRoom();
          await this.#take(page);
          failures = 0;
        }
      } catch (error) {
        failures += 1;
        this.#unreadable(error, failures);
        await this.#rest(Math.min(LONGEST_REST, 50 * 2 ** failures));
      }
    }
    clearInterval(keeper);
  }

  #beginning(): Promise<void> {
    this.#begun ??= this.#begin().catch((error: unknown) => {
      this.#begun = undefined;
      throw error;
    });
    return this.#begun;
  }

  async #begin(): Promise<void> {
    const stand = await standOf(this.#options.store);
    for (const progress of this.#all) await progress.load(this.#options, stand);
    this.#lookedUpTo(Math.min(stand.head, ...this.#all.map(({ taken }) => taken)));
  }

  #lookedUpTo(position: number): void {
    this.#scanned = position;
    for (const progress of this.#all) progress.scanned = position;
  }

  /** Hands the events of a page to the handlers they concern; returns when there is room for the next page. */
  async #take({ events, scanned }: LogPage): Promise<void> {
    const works: Handling[] = [];
    let before = this.#scanned;
    // An upcaster makes several events of one: they are one piece of work, since they share their place and their id.
    for (const [position, shapes] of Map.groupBy(events, (event) => event.position)) {
      for (const progress of this.#all) {
        const { name, types } = progress.handler;
        const own = shapes.filter(({ type }) => types.includes(type));
        if (own.length === 0 || position <= progress.taken) continue;
        const { stream } = own[0]!;
        progress.begin(position, before);
        works.push({ lane: `${name} ${stream}`, position, progress, stream, events: own, failures: 0 });
      }
      before = position;
    }
    // Kept before anything is begun: should the program end in the middle, the next one knows where it was.
    await this.#keep(new Set(works.map(({ progress }) => progress)));
    for (const work of works) {
      if (this.#stop.signal.aborted) return;
      if (work.position <= work.progress.doubtful) await this.#doubt(work);
      else this.#add(work);
    }
    for (const progress of this.#all.filter(({ doubtful }) => doubtful > 0 && doubtful <= scanned)) {
      await this.#lanes.below(1);
      progress.trust();
      await progress.keep();
    }
    this.#lookedUpTo(scanned);
    await this.#lanes.below(QUEUE);
  }

  #add(work: Handling): void {
    const { progress, stream, position } = work;
    progress.taken = position;
    if (progress.parked.has(stream)) progress.putAside(stream, position);
    else this.#lanes.add(work);
  }

  /** Nothing runs beside an event that a program may have ended of. */
  async #doubt(work: Handling): Promise<void> {
    await this.#lanes.below(1);
    if (!(await this.#parking.doubt(work))) return this.#add(work);
    try {
      await this.#parking.handle(work);
      work.progress.taken = work.position;
      this.#done(work);
    } catch {
      // One that merely fails is tried again as any other is, and reported then.
      this.#add(work);
    }
  }

  #done({ progress, stream, position }: Handling): void {
    progress.end(stream, position);
    this.#sinceKept += 1;
    if (this.#sinceKept >= KEEP_EVENTS) void this.#keep().catch((error: unknown) => this.#notKept(error));
  }

  /** One at a time; callers that come meanwhile are served by the next look. */
  #retryWished(): Promise<void> {
    this.#retrying ??= this.#parking.retryWished(this.#all).finally(() => (this.#retrying = undefined));
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

  /** Keeps what was reached, and looks whether an operator wants a stream tried again. */
  async #tend(): Promise<void> {
    try {
      await this.#keep();
      if (this.#begun && !this.#stop.signal.aborted) await this.#retryWished();
    } catch (error) {
      this.#notKept(error);
    }
  }

  #unreadable(error: unknown, failures = 1): void {
    this.#throttled('the log cannot be reacted to', { error: messageOf(error), failures });
  }

  #notKept(error: unknown): void {
    this.#throttled('checkpoint not kept', { error: messageOf(error) });
  }

  async #keep(some: Iterable<Progress> = this.#all): Promise<void> {
    this.#sinceKept = 0;
    for (const progress of some) await progress.keep();
  }
}
