import { Logger } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Clock } from '../clock.js';
import { Config } from '../config.js';
import { EventStore } from '../event-store/event-store.js';
import { Streams } from '../event-store/streams.js';
import { Reacting } from '../reacting.js';
import { HeldLeases } from '../read-models/building/leases.js';
import { ReadModels } from '../read-models/read-models.js';
import { ClockProcess } from './clock.js';
import type { Process } from './process.js';
import type { Deadlines } from '../../projections/deadlines.js';
import { ProcessMemory } from './memory/process-memory.js';
import { ProcessRunner } from './process-runner.js';
import { Processes } from './processes.js';
import { ProcessHandler } from './reactions.js';
import type { Report } from './reactions.js';
import { SharedRunner } from './shared-runner.js';
import { SweepHandler } from './sweep-handler.js';
import type { Sweep } from './sweep.js';

/** Looks at what is held in the time that a holder may be silent. */
const LOOKS = 6;

/** Where processes report refusals and failures: a `Report` that the program provides, or else Nest's logger. */
export const PROCESS_REPORT = Symbol('process report');

const logger = new Logger('Processes');
const logged: Report = (what, details) => logger.warn(`${what} ${JSON.stringify(details)}`);

/** What runs beside the commands: what reacts to events, and the times that the clock watches. */
export interface Running {
  readonly processes: readonly Process[];
  readonly sweeps: readonly Sweep[];
  readonly deadlines: Deadlines;
}

export class ProcessesModule {
  /** Global, since health and metrics tell of it where it runs. */
  static forRoot({ processes, sweeps, deadlines }: Running): DynamicModule {
    return {
      module: ProcessesModule,
      global: true,
      providers: [
        {
          provide: Processes,
          inject: [
            EventStore,
            ReadModels,
            ProcessMemory,
            CommandBus,
            Clock,
            Streams,
            { token: Config, optional: true },
            { token: PROCESS_REPORT, optional: true },
          ],
          useFactory: (
            store: EventStore,
            readModels: ReadModels,
            memory: ProcessMemory,
            commands: CommandBus,
            clock: Clock,
            streams: Streams,
            { LEASE_SECONDS } = new Config(),
            report: Report = logged,
          ) => {
            const clockOf = () => new ClockProcess({ deadlines, readModels, commands, clock, report });
            const handlers = [
              ...processes.map((process) => new ProcessHandler(process, commands, report, streams, memory)),
              ...sweeps.map((sweep) => new SweepHandler(sweep, readModels, commands, report, () => store.head())),
            ];
            const claiming = { memory, former: readModels, report };
            // Nothing is shared where one program has the log for itself.
            if (store.exclusive) return new Processes(new ProcessRunner({ store, handlers, ...claiming }), clockOf());
            const timeToLive = LEASE_SECONDS * 1_000;
            const shared = new SharedRunner({
              store,
              handlers,
              ...claiming,
              clockOf,
              leases: new HeldLeases({ readModels, kind: 'processes', timeToLive }),
              interval: timeToLive / LOOKS,
              runnerOf: (handler, lost) => new ProcessRunner({ store, handlers: [handler], ...claiming, lost }),
            });
            return new Processes(shared, {
              start: () => undefined,
              stop: async () => undefined,
              hold: (held) => shared.holdClock(held),
              status: () => shared.clockStatus(),
            });
          },
        },
        { provide: Reacting, useExisting: Processes },
      ],
      exports: [Processes, Reacting],
    };
  }
}
