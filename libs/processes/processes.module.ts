import { Global, Logger, Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Clock } from '../clock.js';
import { Config } from '../config.js';
import { EventStore } from '../event-store/event-store.js';
import { Reacting } from '../reacting.js';
import { Holding } from '../read-models/building/leases.js';
import { ReadModels } from '../read-models/read-models.js';
import { ClockProcess } from './clock.js';
import { formerOwner } from '../../processes/former-owner.js';
import { followUpOnWeb } from '../../processes/follow-up-on-web.js';
import { interactionOfTask } from '../../processes/interaction-of-task.js';
import { overtakenDecisions } from '../../processes/overtaken-decisions.js';
import type { Process } from './process.js';
import { ProcessRunner } from './process-runner.js';
import { ProcessesController } from './processes.controller.js';
import { Processes } from './processes.js';
import type { Report } from './reactions.js';
import { SharedRunner } from './shared-runner.js';

/** Everything that reacts to events. */
export const processes: readonly Process[] = [followUpOnWeb, interactionOfTask, formerOwner, overtakenDecisions];

/** Looks at what is held in the time that a holder may be silent. */
const LOOKS = 6;

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
      provide: Processes,
      inject: [
        EventStore,
        ReadModels,
        CommandBus,
        Clock,
        { token: Config, optional: true },
        { token: PROCESS_REPORT, optional: true },
      ],
      useFactory: (
        store: EventStore,
        readModels: ReadModels,
        commands: CommandBus,
        clock: Clock,
        { LEASE_SECONDS } = new Config(),
        report: Report = logged,
      ) => {
        const clockOf = () => new ClockProcess({ readModels, commands, clock, report });
        // Whoever has the log for itself shares nothing.
        if (store.exclusive)
          return new Processes(new ProcessRunner({ store, readModels, commands, processes, report }), clockOf());
        const timeToLive = LEASE_SECONDS * 1_000;
        const shared = new SharedRunner({
          readModels,
          processes,
          report,
          clockOf,
          holding: new Holding({ readModels, kind: 'processes', timeToLive }),
          interval: timeToLive / LOOKS,
          runnerOf: (process, kept) =>
            new ProcessRunner({ store, readModels: kept, commands, processes: [process], report }),
        });
        return new Processes(shared, {
          start: () => undefined,
          stop: async () => undefined,
          hold: () => undefined,
          status: () => shared.clockStatus(),
        });
      },
    },
    { provide: Reacting, useExisting: Processes },
  ],
  exports: [Processes, Reacting],
})
export class ProcessesModule {}
