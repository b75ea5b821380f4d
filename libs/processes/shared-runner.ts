import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '../event-store/event-store.js';
import type { HeldLeases } from '../read-models/building/leases.js';
import type { ClockProcess, ClockStatus } from './clock.js';
import type { Handler } from './handler.js';
import { install, standOf } from './memory/claim.js';
import type { Claiming } from './memory/claim.js';
import { parkedStreams, stateOf, wish } from './memory/process-state.js';
import type { ProcessRunner } from './process-runner.js';
import type { ProcessStatus } from './process-status.js';
import { messageOf } from './reactions.js';
import { throttled } from './throttled-log.js';
import type { Report } from './reactions.js';

export interface SharedRunnerOptions extends Claiming {
  readonly store: EventStore;
  readonly handlers: readonly Handler[];
  readonly leases: HeldLeases;
  /** Makes what runs one handler; it calls `lost` when another program has taken over. */
  readonly runnerOf: (handler: Handler, lost: () => void) => ProcessRunner;
  readonly clockOf: () => ClockProcess;
  /** Milliseconds between two looks at what is held; a fraction of the time to live. */
  readonly interval: number;
}

const CLOCK = 'clock';
const shareOf = (handler: string): string => `process:${handler}`;

type Running = { readonly epoch: number } & (
  { readonly handler: string; readonly run: ProcessRunner } | { readonly handler: null; readonly run: ClockProcess }
);

/**
 * Runs each handler, and the clock, in one of several programs: in the one that holds its share. What two have sent while one
 * took over from the other is answered the second time, since ids of commands are derived from what they follow from.
 */
export class SharedRunner {
  readonly #options: SharedRunnerOptions;
  readonly #throttled: Report;
  readonly #running = new Map<string, Running>();
  #isClockHeld = false;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: SharedRunnerOptions) {
    this.#options = options;
    this.#throttled = throttled(options.report);
  }

  /** Runs until `stop`. */
  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    for (const { run } of this.#running.values()) await run.stop();
    await this.#options.leases.stop();
  }

  /** Notes where new handlers begin. To be called before any request is served. */
  async prepare(): Promise<void> {
    const { store, handlers } = this.#options;
    await standOf(store)
      .then((stand) => install(handlers, this.#options, stand))
      .catch((error: unknown) => this.#unshared(error));
  }

  status(): Promise<ProcessStatus[]> {
    const { handlers, memory } = this.#options;
    return Promise.all(
      handlers.map(async ({ name, version }): Promise<ProcessStatus> => {
        const running = this.#running.get(shareOf(name));
        if (running?.handler === name) return running.run.status()[0]!;
        const { position = 0, parked = {} } = (await stateOf(memory, name)) ?? {};
        const shown = parkedStreams(Object.entries(parked));
        return { name, version, state: 'elsewhere', position, handled: 0, refused: 0, parked: shown };
      }),
    );
  }

  /** The program that runs the handler looks every moment for what is wished. @returns whether the stream is parked */
  async retry(handler: string, stream: string): Promise<boolean> {
    const { memory } = this.#options;
    const running = this.#running.get(shareOf(handler));
    if (running?.handler === handler) return running.run.retry(handler, stream);
    if ((await stateOf(memory, handler))?.parked[stream] === undefined) return false;
    await wish(memory, handler, stream);
    return true;
  }

  /** Whether the clock waits while this program runs it; that of another program goes on. */
  holdClock(held: boolean): void {
    this.#isClockHeld = held;
    const running = this.#running.get(CLOCK);
    if (running?.handler === null) running.run.hold(held);
  }

  clockStatus(): ClockStatus {
    const running = this.#running.get(CLOCK);
    if (running?.handler === null) return running.run.status();
    return { state: 'elsewhere', lookedAt: null, recorded: 0, failing: [] };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#turn().catch((error: unknown) => this.#unshared(error));
      await sleep(this.#options.interval, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Ends what is not held any more, before anything else, and begins what is. */
  async #turn(): Promise<void> {
    const { leases, handlers } = this.#options;
    const shares = [CLOCK, ...handlers.map(({ name }) => shareOf(name))];
    await this.#endOthers();
    if (leases.isDue) await leases.look(shares);
    await this.#endOthers();
    for (const handler of [null, ...handlers]) {
      const share = handler ? shareOf(handler.name) : CLOCK;
      const epoch = leases.epochOf(share);
      if (epoch === undefined || this.#running.has(share) || this.#stop.signal.aborted) continue;
      const running = handler ? this.#handle(handler, epoch) : this.#watch(epoch);
      this.#running.set(share, running);
      running.run.start();
    }
  }

  async #endOthers(): Promise<void> {
    for (const [share, { epoch, run }] of this.#running) {
      if (this.#options.leases.epochOf(share) === epoch) continue;
      this.#running.delete(share);
      await run.stop();
    }
  }

  #watch(epoch: number): Running {
    const run = this.#options.clockOf();
    run.hold(this.#isClockHeld);
    return { epoch, handler: null, run };
  }

  #handle(handler: Handler, epoch: number): Running {
    const { leases, runnerOf } = this.#options;
    const { name } = handler;
    return { epoch, handler: name, run: runnerOf(handler, () => leases.forget(shareOf(name))) };
  }

  #unshared(error: unknown): void {
    this.#throttled('processes cannot be shared out', { error: messageOf(error) });
  }
}
