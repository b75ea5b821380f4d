import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandBus } from '@nestjs/cqrs';
import type { EventStore, LogPage, RecordedEvent } from '../event-store/event-store.js';
import type { ReadModels } from '../read-models/read-models.js';
import { Lanes } from './lanes.runner.js';
import type { Work } from './lanes.runner.js';
import type { Process } from './process.js';
import { isPassing, Reactions } from './reactions.runner.js';
import type { Report } from './reactions.runner.js';

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

interface Member {
  readonly process: Process;
  /** Positions that were begun and not finished; ascending, since events come in order and a set keeps it. */
  readonly unfinished: Set<number>;
  /** Where the checkpoint stood at the start, and where it was kept last. */
  from: number;
  kept: number;
  handled: number;
  refused: number;
}

interface Reacting extends Work {
  readonly member: Member;
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
  readonly #members: readonly Member[];
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
    this.#options = options;
    this.#members = options.processes.map((process) => ({
      ...{ process, unfinished: new Set<number>(), from: 0, kept: 0, handled: 0, refused: 0 },
    }));
    this.#types = [...new Set(options.processes.flatMap(({ types }) => types))];
    this.#reactions = new Reactions(options.commands, options.report);
    this.#lanes = new Lanes<Reacting>({
      ...{ width: options.width ?? 16, attempts: options.attempts ?? 5, rest: options.rest ?? 50 },
      work: (reacting) => this.#react(reacting),
      passing: isPassing,
      done: ({ member, position }) => this.#done(member, position),
      failed: ({ member, stream, position }, error, attempts, parked) =>
        options.report(parked ? 'stream parked' : 'reaction failed', {
          ...{ process: member.process.name, stream, position, attempts, error: messageOf(error) },
        }),
      asReference: ({ lane, position, member, stream }) => ({ lane, position, member, stream }),
    });
  }

  /** Runs until `stop`. */
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
    const parked = this.#lanes.parked();
    const stopped = this.#stop.signal.aborted || !(this.#running ?? this.#begun);
    return this.#members.map((member) => ({
      ...{ name: member.process.name, version: member.process.version },
      state: this.#failed ? 'failed' : stopped ? 'stopped' : 'running',
      ...{ position: this.#positionOf(member), handled: member.handled, refused: member.refused },
      parked: parked.flatMap(({ work: { member: of, stream, position }, ...rest }) =>
        of === member ? [{ stream, position, ...rest }] : [],
      ),
    }));
  }

  /** Reacts again to a parked stream, from the event it failed on. @returns whether it was parked */
  retry(name: string, stream: string): boolean {
    return this.#lanes.retry(laneOf(name, stream));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { store, report } = this.#options;
    const keeper = setInterval(() => void this.#keep(), KEEP_MILLISECONDS);
    for (let failures = 0; !signal.aborted; ) {
      try {
        await (this.#begun ??= this.#begin());
        for await (const page of store.subscribe({ after: this.#scanned, types: this.#types }, signal)) {
          await this.#take(page);
          failures = 0;
        }
      } catch (error) {
        failures += 1;
        report('the log cannot be reacted to', { error: messageOf(error), failures });
        const rest = Math.min(LONGEST_REST, 50 * 2 ** failures);
        await sleep(rest, undefined, { signal }).catch(() => undefined);
      }
    }
    clearInterval(keeper);
  }

  /** A checkpoint beyond the log is one of another log: then everything is reacted to again, which does nothing twice. */
  async #begin(): Promise<void> {
    const { store, readModels, report } = this.#options;
    try {
      const head = await store.head();
      for (const member of this.#members) {
        const { name } = member.process;
        const position = await readModels.checkpoint(name);
        if (position > head) report('checkpoint beyond the log', { process: name, position, head });
        member.from = position > head ? 0 : position;
        member.kept = member.from;
      }
      this.#scanned = Math.min(head, ...this.#members.map(({ from }) => from));
    } catch (error) {
      this.#begun = undefined;
      throw error;
    }
  }

  /** Hands the events of a page to whom they concern; returns when there is room for the next page. */
  async #take({ events, scanned }: LogPage): Promise<void> {
    // An upcaster makes several events of one: they are one piece of work, since they share their place and their id.
    for (const [position, shapes] of Map.groupBy(events, (event) => event.position)) {
      for (const member of this.#members) {
        const { process, unfinished, from } = member;
        const own = shapes.filter(({ type }) => process.types.includes(type));
        if (own.length === 0 || position <= from) continue;
        const { stream } = own[0]!;
        unfinished.add(position);
        this.#lanes.add({ lane: laneOf(process.name, stream), position, member, stream, events: own });
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

  async #react({ member, position, events }: Reacting): Promise<void> {
    const { process } = member;
    member.refused += await this.#reactions.to(events ?? (await this.#readAgain(process, position)), process);
  }

  async #readAgain({ types }: Process, position: number): Promise<readonly RecordedEvent[]> {
    const { events } = await this.#options.store.readLog({ after: position - 1, to: position, types });
    return events;
  }

  #done(member: Member, position: number): void {
    member.unfinished.delete(position);
    member.handled += 1;
    this.#sinceKept += 1;
    if (this.#sinceKept >= KEEP_EVENTS) void this.#keep();
  }

  #positionOf({ unfinished, from }: Member): number {
    const [first] = unfinished;
    return Math.max(from, first === undefined ? this.#scanned : first - 1);
  }

  /** Writes one after another, so that an older checkpoint never overwrites a newer one. */
  #keep(): Promise<void> {
    this.#sinceKept = 0;
    this.#keeping = this.#keeping.then(() => this.#write());
    return this.#keeping;
  }

  async #write(): Promise<void> {
    const { readModels, report } = this.#options;
    for (const member of this.#members) {
      const position = this.#positionOf(member);
      if (position === member.kept) continue;
      try {
        await readModels.keep(member.process.name, position);
        member.kept = position;
      } catch (error) {
        report('checkpoint not kept', { process: member.process.name, position, error: messageOf(error) });
      }
    }
  }
}

const laneOf = (process: string, stream: string): string => `${process} ${stream}`;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
