import type { CommandBus } from '@nestjs/cqrs';
import type { Deadlines } from '../../projections/deadlines.js';
import type { Clock } from '../clock.js';
import type { EventStore } from '../event-store/event-store.js';
import { Projector } from '../read-models/building/projector.js';
import type { ReadModels } from '../read-models/read-models.js';
import { readModel } from '../read-models/rollup.js';
import { ClockProcess } from './clock.js';
import { standing } from './memory/claim.js';
import { NONE } from './memory/process-memory.js';
import { stateName } from './memory/process-state.js';
import { ScratchProcessMemory } from './memory/scratch.process-memory.js';
import type { Process } from './process.js';
import { ProcessRunner } from './process-runner.js';
import { ProcessHandler } from './reactions.js';
import type { Report } from './reactions.js';

export interface ConsequencesOptions {
  readonly store: EventStore;
  /** Of its own: takes deadlines, and is thrown away with what is tried out. */
  readonly readModels: ReadModels;
  readonly commands: CommandBus;
  readonly clock: Clock;
  readonly processes: readonly Process[];
  readonly deadlines: Deadlines;
  readonly report: Report;
}

/** Brings about what follows from events when asked, for a program that runs nothing beside its commands: a dry run. */
export class Consequences {
  private constructor(
    private readonly options: ConsequencesOptions,
    private readonly runner: ProcessRunner,
    private readonly passing: ClockProcess,
  ) {}

  /** Of what is recorded from now on; what lies in the log is left to the program that wrote it. */
  static async from(options: ConsequencesOptions): Promise<Consequences> {
    const { store, commands, processes, report } = options;
    const memory = new ScratchProcessMemory();
    const now = standing(await store.head());
    for (const { name } of processes) await memory.write(stateName(name), now, NONE);
    const handlers = processes.map((process) => new ProcessHandler(process, commands, report));
    const runner = new ProcessRunner({ store, memory, handlers, report });
    return new Consequences(options, runner, new ClockProcess(options));
  }

  /** Has processes react to everything recorded since. */
  reactions(): Promise<void> {
    return this.runner.catchUp();
  }

  /** Has, besides, everything recorded whose time has passed, and what follows from that. */
  async all(): Promise<void> {
    const { store, readModels, report, deadlines } = this.options;
    const definitions = [readModel(deadlines.projection)];
    const projector = new Projector({ store, readModels, definitions, zone: 'UTC', report });
    do {
      await this.reactions();
      await projector.catchUp();
    } while ((await this.passing.tick()) > 0);
  }
}
