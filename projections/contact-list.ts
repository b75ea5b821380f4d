import { newValues } from '../libs/changes.js';
import type { ContactDetails, CustomerEvents } from '../libs/customers/events.js';
import { projection } from '../libs/read-models/projection.js';
import { nameKey, wordsOf } from '../libs/text.js';

/** A line of the contact list: a person at a customer. */
export interface ContactLine extends ContactDetails {
  readonly contactId: string;
  readonly customerId: string;
  readonly nameKey: string;
  readonly words: readonly string[];
  readonly active: boolean;
  readonly consents: readonly string[];
}

type Events = Pick<
  CustomerEvents,
  | 'ContactAdded'
  | 'ContactTakenOver'
  | 'CustomerUnmerged'
  | 'ContactChanged'
  | 'ContactConsentGiven'
  | 'ContactConsentWithdrawn'
  | 'ContactDisabled'
>;

export const contactList = projection<ContactLine, Events>({
  name: 'contact-list',
  version: 3,
  id: ({ data }) => ('contactIds' in data ? data.contactIds : data.contactId),
  indexes: [['nameKey']],
  filters: ['customerId'],
  lists: ['words'],
  starts: {
    ContactAdded: ({ data: { contactId, customerId, details } }) => ({
      contactId,
      customerId,
      ...details,
      ...searchable(details.name),
      active: true,
      consents: [],
    }),
  },
  on: {
    ContactChanged: (line, { data: { changes } }) => {
      const next = { ...line, ...newValues(changes) };
      return { ...next, ...searchable(next.name) };
    },
    ContactConsentGiven: (line, { data: { channel, purpose } }) => ({
      ...line,
      consents: [...line.consents, `${channel}/${purpose}`],
    }),
    ContactConsentWithdrawn: (line, { data: { channel, purpose } }) => ({
      ...line,
      consents: line.consents.filter((consent) => consent !== `${channel}/${purpose}`),
    }),
    ContactTakenOver: (line, { data: { customerId, details, active, consents } }) => ({
      ...line,
      ...details,
      ...searchable(details.name),
      customerId,
      active,
      consents: consents.map(({ channel, purpose }) => `${channel}/${purpose}`),
    }),
    CustomerUnmerged: (line, { data: { customerId } }) => ({ ...line, customerId }),
    ContactDisabled: (line) => ({ ...line, active: false }),
  },
});

const searchable = (name: string): Pick<ContactLine, 'nameKey' | 'words'> => ({
  nameKey: nameKey(name),
  words: wordsOf(name),
});
