import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Config, fileOf } from '../config.js';
import { EventStore } from './event-store.js';
import { SqliteEventStore } from './sqlite.event-store.js';
import type { Holder } from './sqlite-lock.js';
import { Streams } from './streams.js';
import { Upcasting } from './upcasting.js';
import type { Upcaster } from './upcasting.js';

@Module({})
export class EventStoreModule {
  /**
   * The engine that `EVENT_STORE_URL` names, and the decide loop on it.
   * @param writer who this process is, for the next one that wants to write; absent for a process that only reads
   */
  static forRoot(upcasters: readonly Upcaster[], writer?: Holder): DynamicModule {
    return {
      module: EventStoreModule,
      global: true,
      providers: [
        { provide: Upcasting, useFactory: () => new Upcasting(upcasters) },
        {
          provide: EventStore,
          inject: [Config, Clock, Upcasting],
          useFactory: ({ EVENT_STORE_URL, DURABILITY }: Config, clock: Clock, upcasting: Upcasting) =>
            new SqliteEventStore({
              path: fileOf(EVENT_STORE_URL),
              clock,
              upcasting,
              durability: DURABILITY,
              ...(writer && { writer }),
            }),
        },
        Streams,
      ],
      exports: [EventStore, Streams, Upcasting],
    };
  }
}
