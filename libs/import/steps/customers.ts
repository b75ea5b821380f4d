import {
  AssignCustomerOwner,
  ChangeCustomerDetails,
  LinkCustomerParent,
  LogInteraction,
  MarkCustomerDormant,
  MarkCustomerLost,
  OverrideCustomerTier,
  RecordPurchase,
  RegisterCustomer,
  TagCustomer,
} from '../../customers/commands.js';
import { AddContact, DisableContact, RecordConsent, WithdrawConsent } from '../../customers/contact.commands.js';
import { step, text } from './step.js';
import type { Target } from './step.js';

/** What happened is recorded at the business time of the row. */
const atBusinessTime = { occurredAt: null };

export const customerTargets: Readonly<Record<string, Target>> = {
  customer: step(RegisterCustomer, {
    says: 'A company (`org`) or a `person` that buys, or may buy.',
    fields: { acceptDuplicates: null },
    identity({ customerId, registration }: RegisterCustomer) {
      const { kind, tier, tags, parentCustomerId, ownerId, ...details } = registration;
      const basis = 'import';
      return { customerId, registration: { kind, details, tier, tags, parentCustomerId, ownerId, basis } };
    },
  }),
  customerDetails: step(ChangeCustomerDetails, {
    says: 'What changed at a customer; fields that are empty stay as they are.',
  }),
  customerParent: step(LinkCustomerParent, { says: 'The customer it belongs to.' }),
  customerOwner: step(AssignCustomerOwner, {
    says: 'The employee who answers for a customer from then on.',
    fields: { basis: null, fromOwnerId: null },
    asks: (values) => ({ ...values, basis: 'import' }),
  }),
  customerTier: step(OverrideCustomerTier, { says: 'Another tier, and why.' }),
  customerTag: step(TagCustomer, { says: 'One more tag.' }),
  customerDormant: step(MarkCustomerDormant, { says: 'Nothing was heard of the customer for long.' }),
  customerLost: step(MarkCustomerLost, { says: 'The customer left us.' }),
  contact: step(AddContact, {
    says: 'A person at a customer, with at least one address.',
    fields: { channels: null, email: text, phone: text, wechat: text, post: text },
    asks({ email, phone, wechat, post, ...values }) {
      const addresses = Object.entries({ email, phone, wechat, post });
      const channels = addresses.flatMap(([kind, value]) => (value === undefined ? [] : [{ kind, value }]));
      return { ...values, channels };
    },
    identity: ({ customerId, contactId, ...details }: AddContact) => ({ customerId, contactId, details }),
  }),
  contactConsent: step(RecordConsent, {
    says: 'A person agreed to be addressed, at the business time; `proof` says where that can be seen.',
    fields: { givenAt: null },
    asks: (values, givenAt) => ({ ...values, givenAt }),
  }),
  contactConsentWithdrawn: step(WithdrawConsent, { says: 'A person no longer agrees.' }),
  contactDisabled: step(DisableContact, { says: 'A person is no longer to be addressed.' }),
  interaction: step(LogInteraction, {
    says: 'A call, a visit, a message, a meeting, at the business time.',
    fields: atBusinessTime,
  }),
  purchase: step(RecordPurchase, {
    says: 'What a customer bought, at the business time.',
    fields: atBusinessTime,
  }),
};
