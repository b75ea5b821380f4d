import type { CustomerDetails, CustomerEvents, Owner } from '../../libs/customers/events.js';
import type { EventOf } from '../../libs/event-store/event-store.js';

/** Facts the specs of this folder begin with. */
export const customerId = '01970000-0000-7000-8000-000000000001';
export const otherId = '01970000-0000-7000-8000-000000000002';
export const contactId = '01970000-0000-7000-8000-0000000000c1';
export const secondContactId = '01970000-0000-7000-8000-0000000000c2';
export const now = '2026-03-01T09:00:00.000Z';

export const details: CustomerDetails = {
  name: 'North Mill',
  taxId: null,
  domain: null,
  phone: null,
  sector: 'retail',
  region: 'north',
  source: null,
  establishedIn: null,
  employees: null,
  annualRevenue: null,
};

export const owner: Owner = {
  employeeId: '01970000-0000-7000-8000-0000000000e1',
  name: 'First Seller',
  orgUnitId: '01970000-0000-7000-8000-0000000000a1',
  managerId: null,
};
export const otherOwner: Owner = {
  ...owner,
  employeeId: '01970000-0000-7000-8000-0000000000e2',
  name: 'Second Seller',
};

type Event<Type extends keyof CustomerEvents> = Extract<EventOf<CustomerEvents>, { type: Type }>;

export const registered: Event<'CustomerRegistered'> = {
  type: 'CustomerRegistered',
  data: {
    customerId,
    kind: 'org',
    details,
    tier: 'ordinary',
    tags: [],
    parentCustomerId: null,
    acceptedDuplicates: [],
  },
};
export const assigned: Event<'CustomerOwnerAssigned'> = {
  type: 'CustomerOwnerAssigned',
  data: { customerId, from: null, to: owner, basis: 'supervisor' },
};
export const bought: Event<'PurchaseRecorded'> = {
  type: 'PurchaseRecorded',
  data: {
    customerId,
    purchaseId: '01970000-0000-7000-8000-0000000000b1',
    amount: { amount: 12_500, currency: 'EUR' },
    product: null,
    reference: null,
    opportunityId: null,
    ownerId: null,
  },
};
export const person = {
  name: 'Kim Example',
  title: null,
  role: 'user',
  channels: [{ kind: 'email', value: 'kim@example.org' }],
  birthday: null,
} as const;
export const contactAdded: Event<'ContactAdded'> = {
  type: 'ContactAdded',
  data: { customerId, contactId, details: person, isPrimary: true },
};
export const secondContactAdded: Event<'ContactAdded'> = {
  type: 'ContactAdded',
  data: { customerId, contactId: secondContactId, details: { ...person, name: 'Lee Example' }, isPrimary: false },
};
export const archived: Event<'CustomerArchived'> = {
  type: 'CustomerArchived',
  data: { customerId, reason: 'typed twice' },
};
export const interactionId = '01970000-0000-7000-8000-0000000000f1';
export const call = {
  channel: 'call',
  direction: 'outbound',
  summary: 'asked for a quote',
  contactIds: [],
  durationMinutes: null,
  location: null,
  nextStep: null,
} as const;
export const logged: Event<'InteractionLogged'> = {
  type: 'InteractionLogged',
  data: { customerId, interactionId, ownerId: null, ...call },
};
