import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { ClockProcess } from './clock.runner.js';
import type { ClockStatus } from './clock.runner.js';
import { ProcessRunner } from './process.runner.js';
import type { ProcessStatus } from './process.runner.js';

/** What runs beside the requests of a program that writes, from its start until just before the log is closed. */
@Injectable()
export class Processes implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly runner: ProcessRunner,
    private readonly clock: ClockProcess,
  ) {}

  onApplicationBootstrap(): void {
    this.runner.start();
    this.clock.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.clock.stop();
    await this.runner.stop();
  }

  status(): { readonly processes: readonly ProcessStatus[]; readonly clock: ClockStatus } {
    return { processes: this.runner.status(), clock: this.clock.status() };
  }

  /** Reacts again to a parked stream, from the event it failed on. @returns whether it was parked */
  retry(process: string, stream: string): boolean {
    return this.runner.retry(process, stream);
  }
}
