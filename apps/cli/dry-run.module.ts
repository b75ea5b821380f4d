import { existsSync } from 'node:fs';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Clock, SystemClock } from '../../libs/clock.js';
import { Config, fileOf } from '../../libs/config.js';
import { CustomersModule } from '../../libs/customers/customers.module.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { OverlayEventStore } from '../../libs/event-store/overlay.event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite.event-store.js';
import { Streams } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { OpportunitiesModule } from '../../libs/opportunities/opportunities.module.js';
import { OrganisationModule } from '../../libs/organisation/organisation.module.js';
import { Past } from '../../libs/read-models/past.js';
import { scratch } from '../../libs/read-models/read-models.module.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { Reading } from '../../libs/read-models/reading.js';
import { TasksModule } from '../../libs/tasks/tasks.module.js';
import { upcasters } from '../../libs/upcasters.js';
import { readModels as definitions } from '../../projections/index.js';

@Module({})
class Foundation {
  static forRoot(config: Config): DynamicModule {
    return {
      module: Foundation,
      global: true,
      providers: [
        { provide: Config, useValue: config },
        { provide: Clock, useClass: SystemClock },
        { provide: Upcasting, useFactory: () => new Upcasting(upcasters) },
        {
          provide: EventStore,
          inject: [Clock, Upcasting],
          useFactory: (clock: Clock, upcasting: Upcasting) =>
            OverlayEventStore.over(logBelow(config, clock, upcasting), clock),
        },
        { provide: ReadModels, inject: [Clock], useFactory: scratch },
        {
          provide: Past,
          inject: [EventStore, Clock],
          useFactory: (store: EventStore, clock: Clock) =>
            new Past(store, clock, definitions, config.REPORT_ZONE, () => scratch(clock)),
        },
        Streams,
        Reading,
      ],
      exports: [Config, Clock, Upcasting, EventStore, ReadModels, Past, Reading, Streams],
    };
  }
}

/** What is there already counts, whoever is writing to it. */
function logBelow({ EVENT_STORE_URL }: Config, clock: Clock, upcasting: Upcasting): EventStore | undefined {
  const path = fileOf(EVENT_STORE_URL);
  return existsSync(path) ? new SqliteEventStore({ path, clock, upcasting }) : undefined;
}

/** The contexts with their rules, on a log that takes everything and keeps nothing. */
@Module({})
export class DryRunModule {
  static forRoot(config: Config): DynamicModule {
    const contexts = [OrganisationModule, CustomersModule, OpportunitiesModule, TasksModule];
    return { module: DryRunModule, imports: [CqrsModule.forRoot(), Foundation.forRoot(config), ...contexts] };
  }
}
