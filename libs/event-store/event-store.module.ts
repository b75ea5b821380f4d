import { existsSync } from 'node:fs';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Config, fileOf, isFile } from '../config.js';
import { EventStore } from './event-store.js';
import { openEventStore } from './open-event-store.js';
import { OverlayEventStore } from './overlay/overlay.event-store.js';
import type { Holder } from './sqlite/lock.js';
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
          useFactory: async (
            { EVENT_STORE_URL: url, DURABILITY: durability, START_PATIENCE_SECONDS: seconds }: Config,
            clock: Clock,
            upcasting: Upcasting,
            report?: (fault: string | undefined) => void,
          ) => {
            const patience = seconds * 1_000;
            const opening = { url, clock, upcasting, durability, patience, ...(report && { report }) };
            if (access === 'read') return openEventStore(opening);
            if (access !== 'dry-run') return openEventStore({ ...opening, writer: access.writer });
            const empty = isFile(url) && !existsSync(fileOf(url));
            return OverlayEventStore.over(empty ? undefined : await openEventStore(opening), clock);
          },
        },
        Streams,
      ],
      exports: [EventStore, Streams, Upcasting],
    };
  }
}
