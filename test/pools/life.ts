import { Map as Fixed } from 'immutable';
import { customer } from '../../libs/customers/customer.decider.js';
import type { Customer } from '../../libs/customers/customer.decider.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import { ReviewCustomerRecycling } from '../../libs/customers/pool.commands.js';
import { reviewRecycling } from '../../libs/customers/recycling.rules.js';
import type { Business } from '../../libs/customers/recycling.rules.js';
import { evolve } from '../../libs/event-store/decider.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import type { Pool } from '../../libs/pooling.js';
import { addDays } from '../../libs/time.js';
import { newCalendar } from '../../libs/working-time.js';
import { assigned, customerId, registered } from '../customers/customers.js';

type Event = EventOf<CustomerEvents>;

export const NOTHING: Business = { isOpen: false, lastOpportunityAt: null, lastWonAt: null };
const START = '2026-01-01T00:00:00.000Z';
export const day = (number: number): string => addDays(START, number);

/** A customer, its clock, and what both record: as the program does, without one. */
export class Life {
  readonly events: (Event & { occurredAt: string })[] = [];
  #state: Customer = customer.initial;
  #now = START;
  pools: readonly Pool[];
  business = NOTHING;
  readonly #calendars = Fixed({ office: newCalendar('UTC', { monday: [{ from: '09:00', to: '17:00' }] }) });

  constructor(...pools: readonly Pool[]) {
    this.pools = pools;
    this.record(day(0), registered, assigned);
    this.review(day(0), false);
  }

  record(time: string, ...events: readonly Event[]): void {
    if (time > this.#now) this.#now = time;
    for (const event of events) {
      const dressed = { ...event, occurredAt: event.occurredAt ?? time };
      this.#state = evolve(customer, this.#state, dressed);
      this.events.push(dressed);
    }
  }

  review(time: string, isDue: boolean): void {
    if (time > this.#now) this.#now = time;
    const command = new ReviewCustomerRecycling(customerId, { isDue });
    const facts = {
      pools: this.pools,
      calendars: new Map(this.#calendars),
      isInTransfer: false,
      business: isDue ? this.business : null,
    };
    this.record(time, ...reviewRecycling(this.#state, command, time, facts));
  }

  /** The clock looks at the times that were set, up to a day; at one that was over when it was set, at once. */
  until(time: string): this {
    for (let looks = 0; this.nextAt !== null && this.nextAt <= time; looks += 1) {
      if (looks > 200) throw new Error(`the clock does not come to rest at ${this.nextAt}`);
      this.review(this.nextAt < this.#now ? this.#now : this.nextAt, true);
    }
    return this;
  }

  /** The clock of a program that was down until then looks once. */
  late(time: string): this {
    if (this.nextAt !== null && this.nextAt <= time) this.review(time, true);
    return this;
  }

  get nextAt(): string | null {
    return this.#state.status === 'unknown' ? null : (this.#state.recycling?.nextAt ?? null);
  }

  /** What was recorded about recycling, on which day. */
  get story(): readonly (readonly [day: number, what: string])[] {
    const told: Readonly<Record<string, (data: never) => string>> = {
      RecyclingWarned: ({ daysBefore }: CustomerEvents['RecyclingWarned']) => `warned ${daysBefore} days before`,
      CustomerRecycled: ({ plan: { rule } }: CustomerEvents['CustomerRecycled']) => `recycled: ${rule}`,
      CustomerReleasedToPool: ({ poolId: to }: CustomerEvents['CustomerReleasedToPool']) => `in ${to.slice(-2)}`,
    };
    return this.events.flatMap(({ type, data, occurredAt }) => {
      const days = (Date.parse(occurredAt) - Date.parse(START)) / 86_400_000;
      return told[type] ? [[days, told[type](data as never)] as const] : [];
    });
  }
}
