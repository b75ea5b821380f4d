import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Belonging } from '../belonging.js';
import { EventStore } from '../event-store/event-store.js';
import { Reading } from '../read-models/asking/reading.js';
import { Inventory } from './inventory.js';

@Module({})
export class InventoryModule {
  /** @param belongings kinds of things that employees have */
  static forRoot(belongings: readonly Belonging[]): DynamicModule {
    const inventory = {
      provide: Inventory,
      inject: [EventStore, Reading],
      useFactory: (store: EventStore, reading: Reading) => new Inventory(belongings, store, reading),
    };
    return { module: InventoryModule, global: true, providers: [inventory], exports: [Inventory] };
  }
}
