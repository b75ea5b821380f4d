import { Module } from '@nestjs/common';
import type {
  BeforeApplicationShutdown,
  DynamicModule,
  OnApplicationBootstrap,
  OnApplicationShutdown,
  Provider,
} from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { InventoryModule } from '../../libs/inventory/inventory.module.js';
import { AuditModule } from '../../libs/audit/audit.module.js';
import { Clock, SystemClock } from '../../libs/clock.js';
import { Config } from '../../libs/config.js';
import type { Context } from '../../libs/context.js';
import { EventStoreModule, STORE_REPORT } from '../../libs/event-store/event-store.module.js';
import { EventTypes } from '../../libs/event-store/event-types.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import type { Holder } from '../../libs/event-store/sqlite/lock.js';
import { Streams } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { InstalledExtensions } from '../../libs/extensions/extensions.js';
import { ImportModule } from '../../libs/import/import.module.js';
import { createLogger } from '../../libs/observability/logger.js';
import type { Logger } from '../../libs/observability/logger.js';
import { openProcessMemory } from '../../libs/processes/memory/open-process-memory.js';
import { ProcessMemory } from '../../libs/processes/memory/process-memory.js';
import { PROCESS_REPORT, ProcessesModule } from '../../libs/processes/processes.module.js';
import { Decisions } from '../../libs/read-models/decisions.js';
import { Past } from '../../libs/read-models/asking/past.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { ReadModelsModule } from '../../libs/read-models/read-models.module.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { RecordedDecisions } from '../../libs/rebuilds/history.js';
import { Switches } from '../../libs/rebuilds/switches.js';
import { ReportsModule } from '../../libs/reports/reports.module.js';
import { Tallies } from '../../libs/tallies.js';
import { upcasters } from '../../libs/upcasters.js';
import { listed, partsOf } from './contexts.js';
import type { Parts } from './contexts.js';
import { installationOf } from './definitions.js';
import type { Installation } from './definitions.js';
import { Subscriptions } from './subscriptions.js';

export const LOGGER = Symbol('logger');

export interface Running {
  readonly config: Config;
  /** Name of the writing process; absent for a reader. */
  readonly writer?: Holder;
  /** Makes a dry run: decides like a writer and records nothing. */
  readonly dryRun?: boolean;
  /** Makes the projector; a process that only reads has none. */
  readonly projecting: (parts: {
    readonly config: Config;
    readonly logger: Logger;
    readonly store: EventStore;
    readonly readModels: ReadModels;
    readonly clock: Clock;
    readonly installation: Installation;
  }) => BackgroundProjector;
  readonly clock?: Clock;
  /** Parts of the business that it has, where that is not what the source lists. */
  readonly contexts?: readonly Context[];
  /** What it keeps up and answers, where that is not what the source and the settings say. */
  readonly installation?: Installation;
}

/** Starts and stops the projector, processes and subscriptions, in an order that loses nothing. */
class Lifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly store: EventStore,
    private readonly readModels: ReadModels,
    private readonly past: Past,
    private readonly upcasting: Upcasting,
    private readonly eventTypes: EventTypes,
    private readonly projecting: BackgroundProjector,
    private readonly subscriptions: Subscriptions,
    private readonly memory: ProcessMemory | undefined,
    private readonly switches: Switches | undefined,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.upcasting.verify(await this.store.storedVersions(), this.eventTypes.known);
    this.projecting.start();
    this.switches?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.subscriptions.stop(), this.projecting.stop()]);
    await this.switches?.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.past.close();
    await this.store.close();
    await this.readModels.close();
    await this.memory?.close();
  }
}

function reportOutage(logger: Logger, fault: string | undefined): void {
  if (fault === undefined) logger.info({}, 'the log can be written again');
  else logger.error({ error: fault }, 'the log cannot be written');
}

/** Memory of processes, for a process that writes the log: opened once the log is there and held. */
const remembering = ({ EVENT_STORE_URL: url }: Config): Provider => ({
  provide: ProcessMemory,
  inject: [EventStore, Clock],
  useFactory: async (store: EventStore, clock: Clock) => {
    try {
      return await openProcessMemory({ url, clock });
    } catch (error) {
      // No other program may wait for a log that is held by one which did not start.
      await store.close();
      throw error;
    }
  },
});

/** Providers that record decisions and switches of read models, for a process that writes the log. */
const recording = (report: (what: string, details: object) => void): Provider[] => [
  { provide: Decisions, inject: [Streams], useFactory: (streams: Streams) => new RecordedDecisions(streams) },
  {
    provide: Switches,
    inject: [Streams, ReadModels],
    useFactory: (streams: Streams, readModels: ReadModels) => new Switches(streams, readModels, report),
  },
];

@Module({})
class Foundation {
  static forRoot(
    { config, clock, projecting, writer }: Running,
    installation: Installation,
    parts: Parts,
    logger: Logger,
  ): DynamicModule {
    const report = (what: string, details: object) => logger.warn(details, what);
    return {
      module: Foundation,
      global: true,
      providers: [
        { provide: Config, useValue: config },
        { provide: Clock, useValue: clock ?? new SystemClock() },
        { provide: LOGGER, useValue: logger },
        Tallies,
        { provide: InstalledExtensions, useValue: installation.extensions },
        { provide: EventTypes, useValue: new EventTypes(parts.knownEventTypes) },
        { provide: PROCESS_REPORT, useValue: report },
        ...(writer ? [remembering(config), ...recording(report)] : []),
        { provide: STORE_REPORT, useValue: (fault: string | undefined) => reportOutage(logger, fault) },
        {
          provide: BackgroundProjector,
          inject: [EventStore, ReadModels, Clock],
          useFactory: (store: EventStore, readModels: ReadModels, clock: Clock) =>
            projecting({ config, logger, store, readModels, clock, installation }),
        },
        {
          provide: Subscriptions,
          inject: [EventStore],
          useFactory: (store: EventStore) => new Subscriptions(store, config, logger, parts.deciders),
        },
        {
          provide: Lifecycle,
          inject: [
            EventStore,
            ReadModels,
            Past,
            Upcasting,
            EventTypes,
            BackgroundProjector,
            Subscriptions,
            { token: ProcessMemory, optional: true },
            { token: Switches, optional: true },
          ],
          useFactory: (...parts: ConstructorParameters<typeof Lifecycle>) => new Lifecycle(...parts),
        },
      ],
      exports: [
        Config,
        Clock,
        EventTypes,
        InstalledExtensions,
        LOGGER,
        Tallies,
        PROCESS_REPORT,
        STORE_REPORT,
        BackgroundProjector,
        Subscriptions,
        ...(writer ? [ProcessMemory, Decisions, Switches] : []),
      ],
    };
  }
}

/** The whole program: stores, contexts, projector and processes. */
@Module({})
export class AppModule {
  static async forRoot(running: Running): Promise<DynamicModule> {
    const { config, writer, dryRun } = running;
    const logger = createLogger(config.LOG_LEVEL);
    const parts = running.contexts ? partsOf(running.contexts) : listed;
    const installation = running.installation ?? (await installationOf(config, parts));
    if (writer) for (const each of installation.extensions.faults) logger.error(each, 'extension not loaded');
    const note = (what: string, details: object) => logger[writer ? 'info' : 'debug'](details, what);
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        Foundation.forRoot(running, installation, parts, logger),
        EventStoreModule.forRoot(upcasters, writer ? { writer } : dryRun ? 'dry-run' : 'read'),
        ReadModelsModule.forRoot(installation.definitions, writer ? 'write' : dryRun ? 'scratch' : 'read', note),
        ...(await Promise.all(parts.contexts.map(({ module }) => module()))),
        InventoryModule.forRoot(parts.belongings),
        ImportModule,
        AuditModule.forRoot(parts.subjects),
        ReportsModule.forRoot(installation.reports),
        ...(writer ? [ProcessesModule.forRoot(parts)] : []),
      ],
    };
  }
}
