import { existsSync } from 'node:fs';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Config, fileOf } from '../config.js';
import { EventStore } from './event-store.js';
import { OverlayEventStore } from './overlay.event-store.js';
import { SqliteEventStore } from './sqlite.event-store.js';
import type { Holder } from './sqlite-lock.js';
import { Streams } from './streams.js';
import { Upcasting } from './upcasting.js';
import type { Upcaster } from './upcasting.js';

/**
 * What a process does with the log: writes it, and says who it is to the next one that wants to; reads it; or tries out what
 * writing would do, and forgets it.
 */
export type Access = { readonly writer: Holder } | 'read' | 'dry-run';

/** Where it is said that nothing can be written any more, and that it can again: a function the program may provide. */
export const STORE_REPORT = Symbol('store report');

@Module({})
export class EventStoreModule {
  /** The engine that `EVENT_STORE_URL` names, and the decide loop on it. */
  static forRoot(upcasters: readonly Upcaster[], access: Access): DynamicModule {
    return {
      module: EventStoreModule,
      global: true,
      providers: [
        { provide: Upcasting, useFactory: () => new Upcasting(upcasters) },
        {
          provide: EventStore,
          inject: [Config, Clock, Upcasting, { token: STORE_REPORT, optional: true }],
          useFactory: (
            { EVENT_STORE_URL, DURABILITY }: Config,
            clock: Clock,
            upcasting: Upcasting,
            report?: (fault: string | undefined) => void,
          ) => {
            const path = fileOf(EVENT_STORE_URL);
            const options = { path, clock, upcasting, durability: DURABILITY, ...(report && { report }) };
            if (access === 'read') return new SqliteEventStore(options);
            if (access !== 'dry-run') return new SqliteEventStore({ ...options, writer: access.writer });
            return OverlayEventStore.over(existsSync(path) ? new SqliteEventStore(options) : undefined, clock);
          },
        },
        Streams,
      ],
      exports: [EventStore, Streams, Upcasting],
    };
  }
}
