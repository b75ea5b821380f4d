import { Injectable } from '@nestjs/common';
import { customerKeys } from '../../projections/customer-keys.js';
import { leadKeys, leadList } from '../../projections/lead-list.js';
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

  /** With what every command that was answered before has registered, or converted and not registered yet. */
  async now(details: LeadDetails): Promise<LeadMatch[]> {
    const head = await this.store.head();
    await Promise.all([this.reading.passed(customerKeys, head), this.reading.passed(leadList, head)]);
    return this.of(details);
  }

  /** What the read models show. @returns those with most in common first */
  async of(details: LeadDetails): Promise<LeadMatch[]> {
    const found = new Map<string, Set<LeadMatch['by'][number]>>();
    await Promise.all(
      leadKeys(details).map(async (key) => {
        const by = key.slice(0, key.indexOf(':')) as LeadMatch['by'][number];
        for (const customerId of await this.#customersOf(key)) {
          found.set(customerId, (found.get(customerId) ?? new Set()).add(by));
        }
      }),
    );
    return [...found]
      .map(([customerId, by]) => ({ customerId, by: [...by].sort() }))
      .sort((one, other) => other.by.length - one.by.length || (one.customerId < other.customerId ? -1 : 1));
  }

  /** Customers, and those to be that leads were converted to. */
  async #customersOf(key: string): Promise<string[]> {
    const filter = { keys: { $has: key } };
    const [customers, leads] = await Promise.all([
      this.reading.of(customerKeys).then((readModels) => readModels.find(customerKeys, { filter, limit: MOST })),
      this.reading
        .of(leadList)
        .then((readModels) => readModels.find(leadList, { filter: { ...filter, status: 'converted' }, limit: MOST })),
    ]);
    return [
      ...customers.items.map(({ customerId }) => customerId),
      ...leads.items.flatMap(({ conversion }) => (conversion ? [conversion.customerId] : [])),
    ];
  }
}
