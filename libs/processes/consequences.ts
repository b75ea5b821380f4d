import type { CommandBus } from '@nestjs/cqrs';
import { deadlines } from '../../projections/deadlines.js';
import type { Clock } from '../clock.js';
import type { EventStore } from '../event-store/event-store.js';
import { Projector } from '../read-models/building/projector.js';
import type { ReadModels } from '../read-models/read-models.js';
import { ClockProcess } from './clock.js';
import type { Process } from './process.js';
import { ProcessRunner } from './process-runner.js';
import type { Report } from './reactions.js';

export interface ConsequencesOptions {
  readonly store: EventStore;
  /** Of its own: takes checkpoints and deadlines, and is thrown away with what is tried out. */
  readonly readModels: ReadModels;
  readonly commands: CommandBus;
  readonly clock: Clock;
  readonly processes: readonly Process[];
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
    const { store, readModels, processes } = options;
    const position = await store.head();
    for (const { name } of processes) await readModels.keep(name, { position, begun: position }, []);
    return new Consequences(options, new ProcessRunner(options), new ClockProcess(options));
  }

  /** Has processes react to everything recorded since. */
  reactions(): Promise<void> {
    return this.runner.catchUp();
  }

  /** Has, besides, everything recorded whose time has passed, and what follows from that. */
  async all(): Promise<void> {
    const { store, readModels, report } = this.options;
    const definitions = [{ projection: deadlines, rollups: [] }];
    const projector = new Projector({ store, readModels, definitions, zone: 'UTC', report });
    do {
      await this.reactions();
      await projector.catchUp();
    } while ((await this.passing.tick()) > 0);
  }
}
