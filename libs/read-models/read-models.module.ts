import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Config } from '../config.js';
import { EventStore } from '../event-store/event-store.js';
import { Decisions } from './decisions.js';
import { openReadModels, scratch } from './open-read-models.js';
import type { Opening } from './open-read-models.js';
import { Past } from './asking/past.js';
import { ReadModels } from './read-models.js';
import { Reading } from './asking/reading.js';
import { Rebuilds } from './building/rebuilds.js';
import type { ReadModel } from './rollup.js';

@Module({})
export class ReadModelsModule {
  /**
   * The engine that `READ_MODELS_URL` names, and the questions asked of it.
   * @param definitions everything there is to project, and earlier definitions that can be gone back to
   * @param access `scratch` is empty, and gone with the process
   */
  static forRoot(
    definitions: readonly ReadModel[],
    access: 'write' | 'read' | 'scratch',
    note: Opening['note'],
  ): DynamicModule {
    return {
      module: ReadModelsModule,
      global: true,
      providers: [
        {
          provide: ReadModels,
          inject: [Config, Clock, EventStore],
          useFactory: async (config: Config, clock: Clock, store: EventStore) => {
            if (access === 'scratch') return scratch(clock);
            const { READ_MODELS_URL: url, START_PATIENCE_SECONDS: seconds } = config;
            try {
              return await openReadModels({ url, clock, readOnly: access === 'read', note, patience: seconds * 1_000 });
            } catch (error) {
              // The program does not start, so it must not keep the lock of the log.
              await store.close();
              throw error;
            }
          },
        },
        {
          provide: Past,
          inject: [EventStore, Clock, Config, ReadModels],
          useFactory: (store: EventStore, clock: Clock, { REPORT_ZONE }: Config, readModels: ReadModels) =>
            new Past(store, clock, definitions, REPORT_ZONE, () => scratch(clock), readModels),
        },
        Reading,
        {
          provide: Rebuilds,
          inject: [EventStore, ReadModels, Config, { token: Decisions, optional: true }],
          useFactory: (
            store: EventStore,
            readModels: ReadModels,
            { REPORT_ZONE, PARTITIONS }: Config,
            decisions?: Decisions,
          ) => new Rebuilds(store, readModels, definitions, REPORT_ZONE, PARTITIONS, decisions),
        },
      ],
      exports: [ReadModels, Past, Reading, Rebuilds],
    };
  }
}
