import { Injectable } from '@nestjs/common';
import { customerKeys } from '../../projections/customer-keys.js';
import { leadKeys } from '../../projections/lead-list.js';
import { EventStore } from '../event-store/event-store.js';
import { Reading } from '../read-models/asking/reading.js';
import type { LeadDetails, LeadMatch } from './events.js';

/** Maximum number of customers found by one key. */
const MOST = 20;

/** Customers that might be the same as a lead: by the normal form of name and domain, by telephone number and e-mail address. */
@Injectable()
export class LeadMatches {
  constructor(
    private readonly store: EventStore,
    private readonly reading: Reading,
  ) {}

  /** What every command that was answered before has registered. */
  async now(details: LeadDetails): Promise<LeadMatch[]> {
    await this.reading.passed(customerKeys, await this.store.head());
    return this.of(details);
  }

  /** What the read model shows. @returns those with most in common first */
  async of(details: LeadDetails): Promise<LeadMatch[]> {
    const readModels = await this.reading.of(customerKeys);
    const found = new Map<string, LeadMatch['by'][number][]>();
    const keys = leadKeys(details);
    const lists = await Promise.all(
      keys.map((key) => readModels.find(customerKeys, { filter: { keys: { $has: key } }, limit: MOST })),
    );
    for (const [index, { items }] of lists.entries()) {
      const by = keys[index]!.slice(0, keys[index]!.indexOf(':')) as LeadMatch['by'][number];
      for (const { customerId } of items) found.set(customerId, [...(found.get(customerId) ?? []), by]);
    }
    return [...found]
      .map(([customerId, by]) => ({ customerId, by }))
      .sort((one, other) => other.by.length - one.by.length || (one.customerId < other.customerId ? -1 : 1));
  }
}
