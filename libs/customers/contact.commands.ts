import { command } from '../commands/command.js';
import { day, id, list, oneOf, orNull, part, text, time } from '../commands/fields.js';
import type { Form } from '../commands/fields.js';
import { EMAIL, TEXT } from '../commands/text-form.js';
import { consentPurposes, contactChannels, contactRoles } from './events.js';
import type { ContactChannel } from './events.js';

/** Whether a phone number can be one, its numbering plan says: that is a rule. */
const FORMS: Readonly<Record<ContactChannel['kind'], RegExp>> = {
  email: EMAIL,
  phone: /[0-9\uff10-\uff19]/,
  wechat: /^[A-Za-z][A-Za-z0-9_-]{5,19}$/,
  post: TEXT,
};

const address = { kind: oneOf(contactChannels), value: text(255) };

/** The value has the form of the kind beside it. */
const ofKind = <Of extends Form>(form: Of): Of =>
  form
    .superRefine((channel, { addIssue }) => {
      const { kind, value } = channel as ContactChannel;
      if (FORMS[kind].test(value)) return;
      const message = 'must be an address of its kind: e-mail, phone number, WeChat id, postal address';
      addIssue({ code: 'custom', path: ['value'], message });
    })
    .meta({
      anyOf: Object.entries(FORMS).map(([kind, { source }]) => ({
        type: 'object',
        properties: { kind: { type: 'string', enum: [kind] }, value: { type: 'string', pattern: source } },
      })),
    });

const channels = () => list(ofKind(part(address)).meta({ id: 'ChannelBody' }), { least: 1, most: 20 });

export class AddContact extends command({
  says: 'Adds a person at the customer; the first one is the primary contact.',
  post: 'customers/:customerId/contacts',
  requires: 'contacts.change',
  about: 'customerId',
  creates: { contactId: 'contact' },
  fields: {
    contactId: id('contact'),
    name: text(255),
    title: orNull(text(255)),
    role: oneOf(contactRoles).default('other'),
    channels: channels(),
    birthday: orNull(day()),
  },
}) {}

export class ChangeContact extends command({
  says: 'Changes what is known of a contact.',
  post: 'customers/:customerId/contacts/:contactId/details',
  requires: 'contacts.change',
  about: 'customerId',
  fields: {
    contactId: id('contact'),
    name: text(255).optional(),
    title: text(255).nullish(),
    role: oneOf(contactRoles).optional(),
    channels: channels().optional(),
    birthday: day().nullish(),
  },
}) {}

export class SetPrimaryContact extends command({
  says: 'Makes a contact the first one to talk to.',
  post: 'customers/:customerId/contacts/:contactId/primary',
  requires: 'contacts.change',
  about: 'customerId',
  fields: { contactId: id('contact') },
}) {}

const consent = { contactId: id('contact'), channel: oneOf(contactChannels), purpose: oneOf(consentPurposes) };

export class RecordConsent extends command({
  says: 'Writes down that a contact agreed to be addressed.',
  post: 'customers/:customerId/contacts/:contactId/consents',
  requires: 'contacts.consent',
  about: 'customerId',
  fields: {
    ...consent,
    proof: text(1_000).describe('Where it can be seen that consent was given: a form, a recording, a letter.'),
    givenAt: time(),
  },
}) {}

export class WithdrawConsent extends command({
  says: 'Writes down that a contact no longer agrees.',
  post: 'customers/:customerId/contacts/:contactId/consents/withdraw',
  requires: 'contacts.consent',
  about: 'customerId',
  fields: consent,
}) {}

export class BounceContactChannel extends command({
  says: 'Writes down that messages to an address come back.',
  post: 'customers/:customerId/contacts/:contactId/bounces',
  requires: 'contacts.change',
  about: 'customerId',
  fields: { contactId: id('contact'), ...address },
  whole: ofKind,
}) {}

export class DisableContact extends command({
  says: 'Stops addressing a contact.',
  post: 'customers/:customerId/contacts/:contactId/disable',
  requires: 'contacts.change',
  about: 'customerId',
  fields: {
    contactId: id('contact'),
    reason: text(1_000),
    nextPrimaryId: orNull(id('contact')).describe('The next primary contact, when this one was.'),
  },
}) {}
