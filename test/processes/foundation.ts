import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Clock } from '../../libs/clock.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { Streams } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { InventoryModule } from '../../libs/inventory/inventory.module.js';
import { ProcessMemory } from '../../libs/processes/memory/process-memory.js';
import { Past } from '../../libs/read-models/asking/past.js';
import { Reading } from '../../libs/read-models/asking/reading.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';

export interface Engines {
  readonly clock: Clock;
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly memory: ProcessMemory;
}

/** What contexts stand on, without the edges of a program. */
@Module({})
export class Foundation {
  static of({
    clock,
    store,
    readModels,
    memory,
    definitions,
  }: Engines & { readonly definitions: readonly ReadModel[] }): DynamicModule {
    const past = new Past(store, clock, definitions, 'UTC', () => {
      throw new Error('the past is not asked for here');
    });
    const providers = [
      { provide: Clock, useValue: clock },
      { provide: EventStore, useValue: store },
      { provide: ReadModels, useValue: readModels },
      { provide: ProcessMemory, useValue: memory },
      { provide: Upcasting, useValue: new Upcasting() },
      { provide: Reading, useValue: new Reading(store, readModels, past) },
    ];
    const exports = [Clock, EventStore, ReadModels, ProcessMemory, Streams, Upcasting, Reading];
    const imports = [InventoryModule.forRoot([])];
    return { module: Foundation, imports, global: true, providers: [...providers, Streams], exports };
  }
}
