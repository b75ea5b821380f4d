import { newValues } from '../libs/changes.js';
import type { ContactDetails, CustomerDetails, CustomerEvents } from '../libs/customers/events.js';
import { projection } from '../libs/read-models/projection.js';
import { normalForm } from '../libs/text.js';

type Recognised = Pick<CustomerDetails, 'name' | 'taxId' | 'domain' | 'phone'>;

/** By what a customer is recognised: its name, its tax number, its domain, and the telephone numbers and e-mail addresses of it and its contacts. */
export interface CustomerKeys {
  readonly customerId: string;
  /** `name:…`, `tax:…`, `domain:…`, `phone:…`, `email:…`, in the form in which they are compared. */
  readonly keys: readonly string[];
  /** Out of which they are made. */
  readonly details: Recognised;
  readonly contacts: Readonly<Record<string, readonly string[]>>;
  /** Put away, or merged into another one. */
  readonly archived: boolean;
}

type Events = Pick<
  CustomerEvents,
  | 'CustomerRegistered'
  | 'CustomerDetailsChanged'
  | 'CustomerDetailsCorrected'
  | 'CustomerArchived'
  | 'CustomerRestored'
  | 'CustomerMerged'
  | 'CustomerUnmerged'
  | 'CustomerAbsorbed'
  | 'CustomerSeparated'
  | 'ContactTakenOver'
  | 'ContactAdded'
  | 'ContactChanged'
>;

/** @returns undefined for what is not known */
export const keyOf = (kind: 'name' | 'tax' | 'domain' | 'phone' | 'email', value: string | null): string | undefined =>
  value === null ? undefined : `${kind}:${normalForm(value)}`;

export const customerKeys = projection<CustomerKeys, Events>({
  name: 'customer-keys',
  version: 2,
  id: ({ data }) => data.customerId,
  indexes: [],
  lists: ['keys'],
  starts: {
    CustomerRegistered: ({
      data: {
        customerId,
        details: { name, taxId, domain, phone },
      },
    }) => withKeys({ customerId, keys: [], details: { name, taxId, domain, phone }, contacts: {}, archived: false }),
  },
  on: {
    CustomerDetailsChanged: (customer, { data: { changes } }) => changed(customer, newValues(changes)),
    CustomerDetailsCorrected: (customer, { data: { changes } }) => changed(customer, newValues(changes)),
    CustomerArchived: (customer) => withKeys({ ...customer, archived: true }),
    CustomerRestored: (customer) => withKeys({ ...customer, archived: false }),
    CustomerMerged: (customer) => withKeys({ ...customer, archived: true }),
    CustomerUnmerged: (customer) => withKeys({ ...customer, archived: false }),
    CustomerAbsorbed: (customer, { data: { changes } }) => changed(customer, newValues(changes)),
    CustomerSeparated: (customer, { data: { changes, contactIds } }) => {
      const contacts = Object.entries(customer.contacts).filter(([contactId]) => !contactIds.includes(contactId));
      return changed({ ...customer, contacts: Object.fromEntries(contacts) }, newValues(changes));
    },
    ContactTakenOver: (customer, { data: { contactId, details } }) =>
      withContact(customer, contactId, details.channels),
    ContactAdded: (customer, { data: { contactId, details } }) => withContact(customer, contactId, details.channels),
    ContactChanged: (customer, { data: { contactId, changes } }) =>
      changes.channels ? withContact(customer, contactId, changes.channels.to) : customer,
  },
});

function changed(customer: CustomerKeys, { name, taxId, domain, phone }: Partial<CustomerDetails>): CustomerKeys {
  const { details } = customer;
  return withKeys({
    ...customer,
    details: {
      name: name ?? details.name,
      taxId: taxId === undefined ? details.taxId : taxId,
      domain: domain === undefined ? details.domain : domain,
      phone: phone === undefined ? details.phone : phone,
    },
  });
}

const withContact = (customer: CustomerKeys, contactId: string, channels: ContactDetails['channels']): CustomerKeys =>
  withKeys({
    ...customer,
    contacts: {
      ...customer.contacts,
      [contactId]: channels.flatMap(({ kind, value }) =>
        kind === 'email' || kind === 'phone' ? [keyOf(kind, value)!] : [],
      ),
    },
  });

/** Customers that were put away as a mistake are not found. */
function withKeys(customer: CustomerKeys): CustomerKeys {
  const { details, contacts, archived } = customer;
  const own = [
    keyOf('name', details.name),
    keyOf('tax', details.taxId),
    keyOf('domain', details.domain),
    keyOf('phone', details.phone),
  ];
  const keys = [...own, ...Object.values(contacts).flat()].filter((key) => key !== undefined);
  return { ...customer, keys: archived ? [] : [...new Set(keys)] };
}
