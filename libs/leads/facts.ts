import { Injectable } from '@nestjs/common';
import { customerKeys, keyOf } from '../../projections/customer-keys.js';
import { leadKeys, leadList } from '../../projections/lead-list.js';
import { EventStore } from '../event-store/event-store.js';
import { Reading } from '../read-models/asking/reading.js';
import type { CustomerFacts } from '../customers/facts.js';
import type { StateReader } from '../event-store/decider.js';
import type { LeadChannel, LeadDetails, LeadGrade, LeadMatch } from './events.js';
import { isOpen, lead } from './lead.decider.js';

/** What other contexts may know of a lead when they decide. */
export interface LeadFacts {
  readonly leadId: string;
  /** Whether it takes work: it is neither converted nor closed. */
  readonly open: boolean;
  readonly ownerId: string | null;
  readonly grade: LeadGrade | null;
  readonly channel: LeadChannel;
  readonly region: string | null;
  readonly sector: string | null;
}

export async function leadFacts(streams: StateReader, leadId: string): Promise<LeadFacts | undefined> {
  const { state } = await streams.load(lead, leadId);
  if (state.status === 'unknown') return undefined;
  const { ownerId, grade, source, details } = state;
  const { region, sector } = details;
  return { leadId, open: isOpen(state), ownerId, grade, channel: source.channel, region, sector };
}

/** Maximum number of customers found by one key. */
const MOST = 20;

/** What is compared with customers. */
export type Compared = Pick<LeadDetails, 'personName' | 'companyName' | 'domain' | 'phone' | 'email'>;

/** Contacts of a customer that have this address or number. */
export function contactsLike(
  { contacts }: CustomerFacts,
  { email, phone }: Pick<Compared, 'email' | 'phone'>,
): string[] {
  const wanted = new Set([keyOf('email', email), keyOf('phone', phone)]);
  return contacts
    .filter(({ channels }) =>
      channels.some(({ kind, value }) => (kind === 'email' || kind === 'phone') && wanted.has(keyOf(kind, value))),
    )
    .map(({ contactId }) => contactId);
}

/** Customers that might be the same as a lead: by the normal form of name and domain, by telephone number and e-mail address. */
@Injectable()
export class LeadMatches {
  constructor(
    private readonly store: EventStore,
    private readonly reading: Reading,
  ) {}

  /** With what every command that was answered before has registered, or converted and not registered yet. */
  async now(details: Compared): Promise<LeadMatch[]> {
    const head = await this.store.head();
    await Promise.all([this.reading.passed(customerKeys, head), this.reading.passed(leadList, head)]);
    return this.of(details);
  }

  /** What the read models show. @returns those with most in common first */
  async of(details: Compared): Promise<LeadMatch[]> {
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
