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
 * Access of a process to the log: it writes, under a name that a second writer is told; it reads; or it makes a dry run, whose
 * writes stay in memory.
 */
export type Access = { readonly writer: Holder } | 'read' | 'dry-run';

/** Injection token of an optional function that is called on outage and recovery of writes. */
export const STORE_REPORT = Symbol('store report');

@Module({})
export class EventStoreModule {
  /** Provides the engine of `EVENT_STORE_URL` and the decide loop. */
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
