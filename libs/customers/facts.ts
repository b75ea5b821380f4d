import type { Streams } from '../event-store/streams.js';
import { customer } from './customer.decider.js';
import type { CustomerStatus } from './customer.decider.js';
import type { ContactRole, Tier } from './events.js';

/** What other contexts may know of a customer when they decide. */
export interface CustomerFacts {
  readonly customerId: string;
  readonly status: CustomerStatus;
  readonly registeredAt: string;
  readonly tier: Tier;
  readonly sector: string | null;
  readonly region: string | null;
  readonly ownerId: string | null;
  readonly contacts: readonly {
    readonly contactId: string;
    readonly role: ContactRole;
    readonly isPrimary: boolean;
    readonly status: 'active' | 'disabled';
  }[];
}

export async function customerFacts(streams: Streams, customerId: string): Promise<CustomerFacts | undefined> {
  const { state } = await streams.load(customer, customerId);
  if (state.status === 'unknown') return undefined;
  const { status, registeredAt, tier, details, owner, contacts, primaryContactId } = state;
  return {
    customerId,
    status,
    registeredAt,
    tier,
    sector: details.sector,
    region: details.region,
    ownerId: owner?.employeeId ?? null,
    contacts: Object.values(contacts).map((contact) => ({
      contactId: contact.contactId,
      role: contact.details.role,
      isPrimary: contact.contactId === primaryContactId,
      status: contact.active ? 'active' : 'disabled',
    })),
  };
}
