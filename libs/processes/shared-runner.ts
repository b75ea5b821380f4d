import { setTimeout as sleep } from 'node:timers/promises';
import type { Holding } from '../read-models/building/leases.js';
import { LeaseLost } from '../read-models/read-models.js';
import type { ReadModels } from '../read-models/read-models.js';
import type { ClockProcess, ClockStatus } from './clock.js';
import type { Process } from './process.js';
import type { ProcessRunner, ProcessStatus } from './process-runner.js';
import { messageOf } from './reactions.js';
import type { Report } from './reactions.js';
import { sparing } from './throttled-log.js';

export interface SharedRunnerOptions {
  readonly readModels: ReadModels;
  readonly processes: readonly Process[];
  readonly holding: Holding;
  readonly report: Report;
  /** Makes what reacts for one process, and keeps where it stands in these read models. */
  readonly runnerOf: (process: Process, readModels: ReadModels) => ProcessRunner;
  readonly clockOf: () => ClockProcess;
  /** Milliseconds between two looks at what is held; a fraction of the time to live. */
  readonly interval: number;
}

const CLOCK = 'clock';
const shareOf = (process: string): string => `process:${process}`;

type Running = { readonly epoch: number } & (
  { readonly process: string; readonly run: ProcessRunner } | { readonly process: null; readonly run: ClockProcess }
);

/**
 * Runs each process, and the clock, in one of several programs: in the one that holds its share. What two have sent while one
 * took over from the other is answered the second time, since ids of commands are derived from what they follow from.
 */
export class SharedRunner {
  readonly #options: SharedRunnerOptions;
  readonly #sparing: Report;
  readonly #running = new Map<string, Running>();
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: SharedRunnerOptions) {
    this.#options = options;
    this.#sparing = sparing(options.report);
  }

  /** Runs until `stop`. */
  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    for (const { run } of this.#running.values()) await run.stop();
    await this.#options.holding.stop();
  }

  async status(): Promise<ProcessStatus[]> {
    const { processes, readModels } = this.#options;
    const parked = await readModels.parked();
    return Promise.all(
      processes.map(async ({ name, version }): Promise<ProcessStatus> => {
        const running = this.#running.get(shareOf(name));
        if (running?.process === name) return (await running.run.status())[0]!;
        const { position } = await readModels.checkpoint(name);
        const own = parked.filter(({ consumer }) => consumer === name);
        return {
          name,
          version,
          state: 'elsewhere',
          position,
          handled: 0,
          refused: 0,
          parked: own.map(({ key: stream, position: at, attempts, error, waiting }) => ({
            stream,
            position: at,
            attempts,
            error,
            waiting,
          })),
        };
      }),
    );
  }

  /** Whoever runs the process looks every moment whether it is asked. @returns whether the stream is parked */
  retry(process: string, stream: string): Promise<boolean> {
    const running = this.#running.get(shareOf(process));
    return running?.process === process
      ? running.run.retry(process, stream)
      : this.#options.readModels.retry(process, stream);
  }

  clockStatus(): ClockStatus {
    const running = this.#running.get(CLOCK);
    if (running?.process === null) return running.run.status();
    return { state: 'elsewhere', lookedAt: null, recorded: 0, failing: [] };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#turn().catch((error: unknown) =>
        this.#sparing('processes cannot be shared out', { error: messageOf(error) }),
      );
      await sleep(this.#options.interval, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Ends what is not held any more, before anything else, and begins what is. */
  async #turn(): Promise<void> {
    const { holding, processes } = this.#options;
    const shares = [CLOCK, ...processes.map(({ name }) => shareOf(name))];
    await this.#endOthers();
    if (holding.isDue) await holding.look(shares);
    await this.#endOthers();
    for (const process of [null, ...processes]) {
      const share = process ? shareOf(process.name) : CLOCK;
      const epoch = holding.epochOf(share);
      if (epoch === undefined || this.#running.has(share) || this.#stop.signal.aborted) continue;
      const running = process ? await this.#react(process, epoch) : this.#watch(epoch);
      this.#running.set(share, running);
      running.run.start();
    }
  }

  async #endOthers(): Promise<void> {
    for (const [share, { epoch, run }] of this.#running) {
      if (this.#options.holding.epochOf(share) === epoch) continue;
      this.#running.delete(share);
      await run.stop();
    }
  }

  #watch(epoch: number): Running {
    return { epoch, process: null, run: this.#options.clockOf() };
  }

  /** Nothing is read before whoever ran it until now can keep nothing more. */
  async #react(process: Process, epoch: number): Promise<Running> {
    const { readModels, holding, runnerOf } = this.#options;
    await readModels.fence([process.name], epoch);
    const lost = () => holding.forget(shareOf(process.name));
    return { epoch, process: process.name, run: runnerOf(process, fenced(readModels, epoch, lost)) };
  }
}

/** Read models in which a process keeps what it keeps under an epoch. */
function fenced(readModels: ReadModels, epoch: number, lost: () => void): ReadModels {
  const noticing = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof LeaseLost) lost();
      throw error;
    }
  };
  const written: Partial<ReadModels> = {
    keep: (process, checkpoint, aside) => noticing(readModels.keep(process, checkpoint, aside, epoch)),
    attempt: (consumer, key, position, error, limit) =>
      noticing(readModels.attempt(consumer, key, position, error, limit, epoch)),
    unpark: (consumer, key) => noticing(readModels.unpark(consumer, key, undefined, epoch)),
  };
  return new Proxy(readModels, {
    get(target, name) {
      const member: unknown = Reflect.get(written, name) ?? Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
