import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Reacting } from '../reacting.js';
import type { ClockProcess } from './clock.js';
import type { ClockStatus } from './clock.js';
import type { ProcessStatus } from './process-status.js';

/** What runs handlers: all of them, or those whose share this program holds. */
export interface Running {
  prepare(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
  status(): readonly ProcessStatus[] | Promise<readonly ProcessStatus[]>;
  retry(handler: string, stream: string): Promise<boolean>;
}

/** What runs beside the requests of a program that writes, from its start until just before the log is closed. */
export class Processes extends Reacting implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly runner: Running,
    private readonly clock: Pick<ClockProcess, 'start' | 'stop' | 'status' | 'hold'>,
  ) {
    super();
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.runner.prepare();
    this.runner.start();
    this.clock.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.clock.stop();
    await this.runner.stop();
  }

  async status(): Promise<{ readonly processes: readonly ProcessStatus[]; readonly clock: ClockStatus }> {
    return { processes: await this.runner.status(), clock: this.clock.status() };
  }

  /** Whether the clock of this program waits; that of another one goes on. */
  holdClock(held: boolean): void {
    this.clock.hold(held);
  }

  /** Has what waits behind a parked stream reacted to. @returns whether it is parked */
  retry(process: string, stream: string): Promise<boolean> {
    return this.runner.retry(process, stream);
  }
}
