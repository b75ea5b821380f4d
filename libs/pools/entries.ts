import { Injectable } from '@nestjs/common';
import { customerList } from '../../projections/customer-list.js';
import { leadList } from '../../projections/lead-list.js';
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
    const head = await this.store.head();
    await Promise.all([this.reading.passed(customerList, head), this.reading.passed(leadList, head)]);
    const [customers, leads] = await Promise.all([this.reading.of(customerList), this.reading.of(leadList)]);
    const counts = await Promise.all([customers.count(customerList, { poolId }), leads.count(leadList, { poolId })]);
    return counts[0] + counts[1];
  }
}
