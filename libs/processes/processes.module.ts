import { Global, Logger, Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Clock } from '../clock.js';
import { EventStore } from '../event-store/event-store.js';
import { Reacting } from '../reacting.js';
import { ReadModels } from '../read-models/read-models.js';
import { ClockProcess } from './clock.runner.js';
import { formerOwner } from './former-owner.js';
import { followUpOnWeb } from './follow-up-on-web.js';
import { interactionOfTask } from './interaction-of-task.js';
import type { Process } from './process.js';
import { ProcessRunner } from './process.runner.js';
import { ProcessesController } from './processes.controller.js';
import { Processes } from './processes.runner.js';
import type { Report } from './reactions.runner.js';

/** Everything that reacts to events. */
export const processes: readonly Process[] = [followUpOnWeb, interactionOfTask, formerOwner];

/** Where processes report refusals and failures: a `Report` that the program provides, or else Nest's logger. */
export const PROCESS_REPORT = Symbol('process report');

const logger = new Logger('Processes');
const logged: Report = (what, details) => logger.warn(`${what} ${JSON.stringify(details)}`);

/** Global, since health and metrics tell of it where it runs. */
@Global()
@Module({
  controllers: [ProcessesController],
  providers: [
    {
      provide: ProcessRunner,
      inject: [EventStore, ReadModels, CommandBus, { token: PROCESS_REPORT, optional: true }],
      useFactory: (store: EventStore, readModels: ReadModels, commands: CommandBus, report: Report = logged) =>
        new ProcessRunner({ store, readModels, commands, processes, report }),
    },
    {
      provide: ClockProcess,
      inject: [ReadModels, CommandBus, Clock, { token: PROCESS_REPORT, optional: true }],
      useFactory: (readModels: ReadModels, commands: CommandBus, clock: Clock, report: Report = logged) =>
        new ClockProcess({ readModels, commands, clock, report }),
    },
    Processes,
    { provide: Reacting, useExisting: Processes },
  ],
  exports: [Processes, Reacting],
})
export class ProcessesModule {}
