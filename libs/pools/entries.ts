import { Injectable } from '@nestjs/common';
import { customerList } from '../../projections/customer-list.js';
import { EventStore } from '../event-store/event-store.js';
import { Reading } from '../read-models/asking/reading.js';

/** How much lies in pools, which only read models tell. */
@Injectable()
export class PoolEntries {
  constructor(
    private readonly store: EventStore,
    private readonly reading: Reading,
  ) {}

  /** With whatever was answered before. */
  async in(poolId: string): Promise<number> {
    await this.reading.passed(customerList, await this.store.head());
    return (await this.reading.of(customerList)).count(customerList, { poolId });
  }
}
