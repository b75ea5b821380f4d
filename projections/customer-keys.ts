import { newValues } from '../libs/changes.js';
import type { ContactDetails, CustomerDetails, CustomerEvents } from '../libs/customers/events.js';
import { projection } from '../libs/read-models/projection.js';
import { normalForm } from '../libs/text.js';

/** By what a customer is recognised: its name, its domain, and the telephone numbers and e-mail addresses of it and its contacts. */
export interface CustomerKeys {
  readonly customerId: string;
  /** `name:…`, `domain:…`, `phone:…`, `email:…`, in the form in which they are compared. */
  readonly keys: readonly string[];
  /** Out of which they are made. */
  readonly details: Pick<CustomerDetails, 'name' | 'domain' | 'phone'>;
  readonly contacts: Readonly<Record<string, readonly string[]>>;
  readonly archived: boolean;
}

type Events = Pick<
  CustomerEvents,
  | 'CustomerRegistered'
  | 'CustomerDetailsChanged'
  | 'CustomerDetailsCorrected'
  | 'CustomerArchived'
  | 'CustomerRestored'
  | 'ContactAdded'
  | 'ContactChanged'
>;

/** @returns undefined for what is not known */
export const keyOf = (kind: 'name' | 'domain' | 'phone' | 'email', value: string | null): string | undefined =>
  value === null ? undefined : `${kind}:${normalForm(value)}`;

export const customerKeys = projection<CustomerKeys, Events>({
  name: 'customer-keys',
  version: 1,
  id: ({ data }) => data.customerId,
  indexes: [],
  lists: ['keys'],
  starts: {
    CustomerRegistered: ({
      data: {
        customerId,
        details: { name, domain, phone },
      },
    }) => withKeys({ customerId, keys: [], details: { name, domain, phone }, contacts: {}, archived: false }),
  },
  on: {
    CustomerDetailsChanged: (customer, { data: { changes } }) => changed(customer, newValues(changes)),
    CustomerDetailsCorrected: (customer, { data: { changes } }) => changed(customer, newValues(changes)),
    CustomerArchived: (customer) => withKeys({ ...customer, archived: true }),
    CustomerRestored: (customer) => withKeys({ ...customer, archived: false }),
    ContactAdded: (customer, { data: { contactId, details } }) => withContact(customer, contactId, details.channels),
    ContactChanged: (customer, { data: { contactId, changes } }) =>
      changes.channels ? withContact(customer, contactId, changes.channels.to) : customer,
  },
});

function changed(customer: CustomerKeys, { name, domain, phone }: Partial<CustomerDetails>): CustomerKeys {
  const { details } = customer;
  return withKeys({
    ...customer,
    details: {
      name: name ?? details.name,
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
  const own = [keyOf('name', details.name), keyOf('domain', details.domain), keyOf('phone', details.phone)];
  const keys = [...own, ...Object.values(contacts).flat()].filter((key) => key !== undefined);
  return { ...customer, keys: archived ? [] : [...new Set(keys)] };
}
