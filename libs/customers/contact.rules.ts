import { Missing, Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { phoneNumber } from '../phone.js';
import type {
  AddContact,
  BounceContactChannel,
  ChangeContact,
  DisableContact,
  RecordConsent,
  SetPrimaryContact,
  WithdrawConsent,
} from './contact.commands.js';
import { applied, differences, present } from './customer.decider.js';
import type { ContactState, Customer } from './customer.decider.js';
import type { ContactChannel, ContactDetails, CustomerEvents } from './events.js';

type Event = EventOf<CustomerEvents>;

/** Nobody is that old, and nobody is born tomorrow. */
const OLDEST_BIRTHDAY = '1900-01-01';

/** The first contact of a customer, and the first after all others were disabled, is its primary one. */
export function addContact(state: Customer, command: AddContact, now: string): Event[] {
  const { customerId, contactId, name, title, role, channels, birthday } = command;
  const details = inE164({ name, title, role, channels, birthday });
  const { contacts, primaryContactId } = present(state, customerId);
  const known = contacts.get(contactId);
  if (known) {
    if (differences(inE164(known.details), details).length === 0) return [];
    throw new Refusal('contact-exists', 'A contact of this id is there with other details.', {}, 409);
  }
  check(details, now);
  return [{ type: 'ContactAdded', data: { customerId, contactId, details, isPrimary: primaryContactId === null } }];
}

export function changeContact(
  state: Customer,
  { customerId, contactId, ...wanted }: ChangeContact,
  now: string,
): Event[] {
  const contact = active(state, customerId, contactId);
  const changes = differences(contact.details, inE164(wanted));
  if (changes.length === 0) return [];
  check(applied(contact.details, changes), now, contact.details.channels);
  return [{ type: 'ContactChanged', data: { customerId, contactId, changes } }];
}

export function setPrimaryContact(state: Customer, { customerId, contactId }: SetPrimaryContact): Event[] {
  active(state, customerId, contactId);
  const from = present(state, customerId).primaryContactId;
  return from === contactId ? [] : [{ type: 'PrimaryContactChanged', data: { customerId, from, to: contactId } }];
}

export function recordConsent(state: Customer, command: RecordConsent, now: string): Event[] {
  const { customerId, contactId, channel, purpose, proof, givenAt } = command;
  const contact = active(state, customerId, contactId);
  if (givenAt > now) {
    throw new Refusal('in-the-future', 'Consent cannot be given in the future.', { field: 'givenAt' });
  }
  if (contact.consents.some((consent) => consent.channel === channel && consent.purpose === purpose)) return [];
  return [
    {
      type: 'ContactConsentGiven',
      data: { customerId, contactId, channel, purpose, proof },
      occurredAt: givenAt,
    },
  ];
}

/** Always accepted, from disabled contacts too. */
export function withdrawConsent(
  state: Customer,
  { customerId, contactId, channel, purpose }: WithdrawConsent,
): Event[] {
  const contact = known(state, customerId, contactId);
  const given = contact.consents.some((consent) => consent.channel === channel && consent.purpose === purpose);
  return given ? [{ type: 'ContactConsentWithdrawn', data: { customerId, contactId, channel, purpose } }] : [];
}

export function bounceChannel(state: Customer, { customerId, contactId, kind, value }: BounceContactChannel): Event[] {
  const { channels } = known(state, customerId, contactId).details;
  const asked = spelt({ kind, value });
  const address = channels.find((each) => each.kind === kind && (each.value === value || spelt(each) === asked));
  if (!address) throw new Refusal('channel-unknown', 'The contact has no such address.', { field: 'value' });
  return [{ type: 'ContactChannelBounced', data: { customerId, contactId, channel: kind, value: address.value } }];
}

export function disableContact(
  state: Customer,
  { customerId, contactId, reason, nextPrimaryId }: DisableContact,
): Event[] {
  if (!known(state, customerId, contactId).active) return [];
  const { contacts, primaryContactId } = present(state, customerId);
  const others = [...contacts.values()].filter((each) => each.active && each.contactId !== contactId);
  if (primaryContactId === contactId && others.length > 0 && nextPrimaryId === null) {
    throw new Refusal('next-primary-required', 'This is the primary contact: name the next one.', {
      field: 'nextPrimaryId',
      candidates: others.map((each) => each.contactId),
    });
  }
  if (nextPrimaryId !== null && !others.some((each) => each.contactId === nextPrimaryId)) {
    throw new Refusal(
      'contact-unknown',
      `There is no other active contact ${nextPrimaryId}.`,
      { field: 'nextPrimaryId' },
      404,
    );
  }
  const next = primaryContactId === contactId ? nextPrimaryId : null;
  return [{ type: 'ContactDisabled', data: { customerId, contactId, reason, nextPrimaryId: next } }];
}

function known(state: Customer, customerId: string, contactId: string): ContactState {
  const contact = present(state, customerId).contacts.get(contactId);
  if (!contact) throw new Missing('contact', contactId);
  return contact;
}

function active(state: Customer, customerId: string, contactId: string): ContactState {
  const contact = known(state, customerId, contactId);
  if (!contact.active) throw new Refusal('contact-disabled', 'The contact is no longer to be addressed.');
  return contact;
}

/** The address as it is recorded: a phone number in E.164, if it can be one. Logs hold numbers in other forms too. */
const spelt = ({ kind, value }: ContactChannel): string => (kind === 'phone' ? (phoneNumber(value) ?? value) : value);

function inE164<Details extends { readonly channels?: ContactDetails['channels'] | undefined }>(
  details: Details,
): Details {
  const { channels } = details;
  return channels ? { ...details, channels: channels.map((each) => ({ ...each, value: spelt(each) })) } : details;
}

/** @param had addresses that were accepted before, under the rules of then */
function check({ channels, birthday }: ContactDetails, now: string, had: readonly ContactChannel[] = []): void {
  const unmet: { code: string; field: string }[] = [];
  if (channels.length === 0) unmet.push({ code: 'channel-required', field: 'channels' });
  const values = channels.map(({ kind, value }) => `${kind} ${value}`);
  if (new Set(values).size < values.length) unmet.push({ code: 'channel-twice', field: 'channels' });
  const accepted = new Set(had.map(spelt));
  if (channels.some(({ kind, value }) => kind === 'phone' && !accepted.has(value) && !phoneNumber(value))) {
    unmet.push({ code: 'phone-invalid', field: 'channels' });
  }
  if (birthday !== null && (birthday < OLDEST_BIRTHDAY || birthday > now.slice(0, 10))) {
    unmet.push({ code: 'birthday-impossible', field: 'birthday' });
  }
  if (unmet.length === 0) return;
  throw new Refusal(
    'contact-invalid',
    'A contact needs an address, each once, phone numbers that their plan knows, and a birthday between 1900 and today.',
    { unmet },
  );
}
