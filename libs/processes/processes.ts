import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Reacting } from '../reacting.js';
import type { ClockProcess } from './clock.js';
import type { ClockStatus } from './clock.js';
import type { ProcessRunner } from './process-runner.js';
import type { ProcessStatus } from './process-runner.js';

/** What runs beside the requests of a program that writes, from its start until just before the log is closed. */
export class Processes extends Reacting implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly runner: Pick<ProcessRunner, 'start' | 'stop' | 'status' | 'retry'>,
    private readonly clock: Pick<ClockProcess, 'start' | 'stop' | 'status' | 'hold'>,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
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
