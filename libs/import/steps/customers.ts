import {
  AddContact,
  AddTag,
  AssignOwner,
  ChangeDetails,
  DisableContact,
  LinkParent,
  LogInteraction,
  MarkDormant,
  MarkLost,
  OverrideTier,
  RecordConsent,
  RecordPurchase,
  RegisterCustomer,
  WithdrawConsent,
} from '../../customers/commands.js';
import {
  AddContactBody,
  ChannelBody,
  ConsentBody,
  ConsentWithdrawalBody,
  DisableContactBody,
} from '../../customers/contacts.dto.js';
import {
  ChangeDetailsBody,
  InteractionBody,
  LossBody,
  OwnerBody,
  ParentBody,
  PurchaseBody,
  ReasonBody,
  RegisterCustomerBody,
  TagBody,
  TierBody,
} from '../../customers/customers.dto.js';
import {
  consentPurposes,
  contactChannels,
  contactRoles,
  customerKinds,
  directions,
  interactionChannels,
  lossReasons,
  tiers,
} from '../../customers/events.js';
import { formed } from '../form.js';
import { day, decimal, idIn, integer, list, money, oneOf, ref, required, text } from './step.js';
import type { Target, Values } from './step.js';

const details = {
  taxId: text,
  domain: text,
  phone: text,
  sector: text,
  region: text,
  source: text,
  establishedIn: integer,
  employees: integer,
  annualRevenue: money,
};
const customerId = required(ref('customer'));
const contactId = required(ref('contact'));
const consent = { channel: required(oneOf(contactChannels)), purpose: required(oneOf(consentPurposes)) };

const stream = (_: string, values: Values) => `customer-${idIn(values, 'customerId')}`;

export const customerTargets: Readonly<Record<string, Target>> = {
  customer: {
    says: 'A company (`org`) or a `person` that buys, or may buy.',
    makes: 'customer',
    fields: {
      name: required(text),
      kind: required(oneOf(customerKinds)),
      tier: oneOf(tiers),
      ...details,
      tags: list(text),
      parentCustomerId: ref('customer'),
      ownerId: ref('employee'),
    },
    stream: (id) => `customer-${id}`,
    command(id, values) {
      const { kind, tier, tags, parentCustomerId, ownerId, ...rest } = formed(RegisterCustomerBody, values);
      const basis = 'import';
      return new RegisterCustomer(id, { kind, details: { ...rest }, tier, tags, parentCustomerId, ownerId, basis });
    },
  },
  customerDetails: {
    says: 'What changed at a customer; fields that are empty stay as they are.',
    about: 'customerId',
    fields: { customerId, name: text, ...details },
    stream,
    command: (_, { customerId: id, ...values }) =>
      new ChangeDetails(String(id), { ...formed(ChangeDetailsBody, values) }),
  },
  customerParent: {
    says: 'The customer it belongs to.',
    about: 'customerId',
    fields: { customerId, parentCustomerId: required(ref('customer')) },
    stream,
    command: (_, { customerId: id, ...values }) =>
      new LinkParent(String(id), formed(ParentBody, values).parentCustomerId),
  },
  customerOwner: {
    says: 'The employee who answers for a customer from then on.',
    about: 'customerId',
    fields: { customerId, ownerId: required(ref('employee')) },
    stream,
    command: (_, { customerId: id, ...values }) =>
      new AssignOwner(String(id), formed(OwnerBody, values).ownerId, 'import'),
  },
  customerTier: {
    says: 'Another tier, and why.',
    about: 'customerId',
    fields: { customerId, tier: required(oneOf(tiers)), reason: required(text) },
    stream,
    command(_, { customerId: id, ...values }) {
      const { tier, reason } = formed(TierBody, values);
      return new OverrideTier(String(id), tier, reason);
    },
  },
  customerTag: {
    says: 'One more tag.',
    about: 'customerId',
    fields: { customerId, tag: required(text) },
    stream,
    command: (_, { customerId: id, ...values }) => new AddTag(String(id), formed(TagBody, values).tag),
  },
  customerDormant: {
    says: 'Nothing was heard of the customer for long.',
    about: 'customerId',
    fields: { customerId, reason: required(text) },
    stream,
    command: (_, { customerId: id, ...values }) => new MarkDormant(String(id), formed(ReasonBody, values).reason),
  },
  customerLost: {
    says: 'The customer left us.',
    about: 'customerId',
    fields: { customerId, reason: required(oneOf(lossReasons)), note: text },
    stream,
    command(_, { customerId: id, ...values }) {
      const { reason, note = null } = formed(LossBody, values);
      return new MarkLost(String(id), reason, note);
    },
  },
  contact: {
    says: 'A person at a customer, with at least one address.',
    makes: 'contact',
    about: 'customerId',
    fields: {
      customerId,
      name: required(text),
      title: text,
      role: oneOf(contactRoles),
      birthday: day,
      email: text,
      phone: text,
      wechat: text,
      post: text,
    },
    stream,
    command(id, { customerId: of, email, phone, wechat, post, ...values }) {
      const channels = Object.entries({ email, phone, wechat, post }).flatMap(([kind, value]) =>
        value === undefined ? [] : [Object.assign(new ChannelBody(), { kind, value })],
      );
      const body = formed(AddContactBody, { ...values, channels });
      const { name, title = null, role = 'other', birthday = null } = body;
      const plain = body.channels.map(({ kind, value }) => ({ kind, value }));
      return new AddContact(String(of), id, { name, title, role, channels: plain, birthday });
    },
  },
  contactConsent: {
    says: 'A person agreed to be addressed, at the business time; `proof` says where that can be seen.',
    fields: { customerId, contactId, ...consent, proof: required(text) },
    stream,
    command(_, { customerId: of, contactId: id, ...values }, at) {
      const { channel, purpose, proof, givenAt } = formed(ConsentBody, { ...values, givenAt: at });
      return new RecordConsent(String(of), String(id), channel, purpose, proof, givenAt);
    },
  },
  contactConsentWithdrawn: {
    says: 'A person no longer agrees.',
    fields: { customerId, contactId, ...consent },
    stream,
    command(_, { customerId: of, contactId: id, ...values }) {
      const { channel, purpose } = formed(ConsentWithdrawalBody, values);
      return new WithdrawConsent(String(of), String(id), channel, purpose);
    },
  },
  contactDisabled: {
    says: 'A person is no longer to be addressed.',
    fields: { customerId, contactId, reason: required(text), nextPrimaryId: ref('contact') },
    stream,
    command(_, { customerId: of, contactId: id, ...values }) {
      const { reason, nextPrimaryId = null } = formed(DisableContactBody, values);
      return new DisableContact(String(of), String(id), reason, nextPrimaryId);
    },
  },
  interaction: {
    says: 'A call, a visit, a message, a meeting, at the business time.',
    makes: 'interaction',
    about: 'customerId',
    fields: {
      customerId,
      channel: required(oneOf(interactionChannels)),
      direction: required(oneOf(directions)),
      summary: required(text),
      contactIds: list(ref('contact')),
      durationMinutes: integer,
      location: text,
      nextStep: text,
    },
    stream,
    command(id, { customerId: of, ...values }) {
      const body = formed(InteractionBody, values);
      const { channel, direction, summary, contactIds = [] } = body;
      const { durationMinutes = null, location = null, nextStep = null } = body;
      const details = { channel, direction, summary, contactIds, durationMinutes, location, nextStep };
      return new LogInteraction(String(of), { interactionId: id, ...details });
    },
  },
  purchase: {
    says: 'What a customer bought, at the business time.',
    makes: 'purchase',
    about: 'customerId',
    fields: {
      customerId,
      amount: required(money),
      product: text,
      reference: text,
      opportunityId: ref('opportunity'),
      quantity: decimal,
    },
    stream,
    command(id, { customerId: of, ...values }) {
      const { amount, product, reference, opportunityId, quantity } = formed(PurchaseBody, values);
      return new RecordPurchase(String(of), { purchaseId: id, amount, product, reference, opportunityId, quantity });
    },
  },
};
