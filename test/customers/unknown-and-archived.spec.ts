import { describe, expect, it } from '@jest/globals';
import * as commands from '../../libs/customers/commands.js';
import * as contactCommands from '../../libs/customers/contact.commands.js';
import * as contacts from '../../libs/customers/contact.rules.js';
import { customer } from '../../libs/customers/customer.decider.js';
import type { Customer } from '../../libs/customers/customer.decider.js';
import * as rules from '../../libs/customers/customer.rules.js';
import { assignOwner, assignOwnerAsDecided } from '../../libs/customers/owner.rules.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import { correctInteraction, logInteraction, recordPurchase } from '../../libs/customers/interaction.rules.js';
import { evaluateTier, overrideTier } from '../../libs/customers/tier.rules.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { given, past } from '../support/given.js';
import {
  archived,
  bought,
  call,
  contactAdded,
  contactId,
  customerId,
  interactionId,
  now,
  otherId,
  owner,
  person,
  registered,
} from './customers.js';

type Rule = (state: Customer) => readonly EventOf<CustomerEvents>[];

const reason = 'typed twice';
const nothing = { opportunities: 0, subsidiaries: 0, archivedSubsidiaries: 0, tasks: 0, leads: 0 };
const here = { imported: false };
const ownerId = owner.employeeId;
const { amount, purchaseId } = bought.data;
const interaction = { interactionId, ...call };
const agreed = { contactId, channel: 'email', purpose: 'marketing' } as const;

const {
  ArchiveCustomer,
  AssignCustomerAsDecided,
  AssignCustomerOwner,
  ChangeCustomerDetails,
  CorrectCustomerDetails,
  CorrectInteraction,
  EvaluateCustomerTier,
  LinkCustomerParent,
  LogInteraction,
  MarkCustomerDormant,
  MarkCustomerLost,
  OverrideCustomerTier,
  ReactivateCustomer,
  RecordPurchase,
  TagCustomer,
  UntagCustomer,
} = commands;
const {
  AddContact,
  BounceContactChannel,
  ChangeContact,
  DisableContact,
  RecordConsent,
  SetPrimaryContact,
  WithdrawConsent,
} = contactCommands;

/** Every command about a customer that was registered before, with its rule. */
const onCustomers: Readonly<Record<string, Rule>> = {
  ChangeCustomerDetails: (state) =>
    rules.changeDetails(state, new ChangeCustomerDetails(customerId, { region: 'south' })),
  CorrectCustomerDetails: (state) =>
    rules.correctDetails(state, new CorrectCustomerDetails(customerId, { region: 'south' })),
  TagCustomer: (state) => rules.addTag(state, new TagCustomer(customerId, { tag: 'vip' })),
  UntagCustomer: (state) => rules.removeTag(state, new UntagCustomer(customerId, { tag: 'vip' })),
  LinkCustomerParent: (state) =>
    rules.linkParent(state, new LinkCustomerParent(customerId, { parentCustomerId: otherId }), now, {
      chain: [{ customerId: otherId, status: 'active' }],
    }),
  AssignCustomerOwner: (state) =>
    assignOwner(state, new AssignCustomerOwner(customerId, { ownerId, basis: 'supervisor' }), now, {
      owner,
      cooldownDays: null,
      openTransferId: null,
    }),
  AssignCustomerAsDecided: (state) =>
    assignOwnerAsDecided(state, new AssignCustomerAsDecided(customerId, { assignmentId: ownerId }), now, {
      decided: undefined,
      owner: null,
    }),
  OverrideCustomerTier: (state) =>
    overrideTier(state, new OverrideCustomerTier(customerId, { tier: 'important', reason }), now),
  EvaluateCustomerTier: (state) =>
    evaluateTier(state, new EvaluateCustomerTier(customerId), now, { policy: undefined }),
  MarkCustomerDormant: (state) => rules.markDormant(state, new MarkCustomerDormant(customerId, { reason })),
  ReactivateCustomer: (state) => rules.reactivate(state, new ReactivateCustomer(customerId, { reason })),
  MarkCustomerLost: (state) => rules.markLost(state, new MarkCustomerLost(customerId, { reason: 'price', note: null })),
  ArchiveCustomer: (state) => rules.archiveCustomer(state, new ArchiveCustomer(customerId, { reason }), now, nothing),
  LogInteraction: (state) => logInteraction(state, new LogInteraction(customerId, interaction), now, here),
  CorrectInteraction: (state) => correctInteraction(state, new CorrectInteraction(customerId, { interactionId })),
  RecordPurchase: (state) => recordPurchase(state, new RecordPurchase(customerId, { purchaseId, amount }), now, here),
  AddContact: (state) => contacts.addContact(state, new AddContact(customerId, { contactId, ...person }), now),
};

/** Every command about a contact that was added before, with its rule. */
const onContacts: Readonly<Record<string, Rule>> = {
  ChangeContact: (state) =>
    contacts.changeContact(state, new ChangeContact(customerId, { contactId, title: 'Buyer' }), now),
  SetPrimaryContact: (state) => contacts.setPrimaryContact(state, new SetPrimaryContact(customerId, { contactId })),
  RecordConsent: (state) =>
    contacts.recordConsent(state, new RecordConsent(customerId, { ...agreed, proof: 'form 7', givenAt: past }), now),
  WithdrawConsent: (state) => contacts.withdrawConsent(state, new WithdrawConsent(customerId, agreed)),
  BounceContactChannel: (state) =>
    contacts.bounceChannel(state, new BounceContactChannel(customerId, { contactId, ...person.channels[0] })),
  DisableContact: (state) =>
    contacts.disableContact(state, new DisableContact(customerId, { contactId, reason, nextPrimaryId: null })),
};

/** What is asked of a contact that is no longer to be addressed and does not need one that is. */
const alsoOfDisabled = ['WithdrawConsent', 'BounceContactChannel', 'DisableContact'];

/** Registering has cases of its own; the others are sent by the program itself and change nothing where there is nothing. */
const elsewhere = [
  'RegisterCustomer',
  'FollowCustomerSegments',
  'FollowCustomerTier',
  'ReviewCustomerParent',
  'ReviewCustomerArchive',
  'ReleasePortfolioPlace',
];

const all = Object.entries({ ...onCustomers, ...onContacts });
const ofContacts = Object.entries(onContacts);
const gone = { type: 'ContactDisabled', data: { customerId, contactId, reason, nextPrimaryId: null } } as const;

describe('commands about customers', () => {
  it('are all here or have cases of their own', () => {
    expect(Object.keys({ ...commands, ...contactCommands }).sort()).toEqual(
      [...all.map(([name]) => name), ...elsewhere].sort(),
    );
  });

  it.each(all)('%s is refused for a customer that nobody registered', (_, rule) => {
    given(customer).when(rule).thenRefuses('customer-unknown', { kind: 'customer', id: customerId });
  });

  it.each(all)('%s is refused for a customer that was put away', (_, rule) => {
    given(customer, registered, contactAdded, archived).when(rule).thenRefuses('customer-archived');
  });

  it.each(ofContacts)('%s is refused for a contact that was never added', (_, rule) => {
    given(customer, registered).when(rule).thenRefuses('contact-unknown', { kind: 'contact', id: contactId });
  });

  it.each(ofContacts.filter(([name]) => !alsoOfDisabled.includes(name)))(
    '%s is refused for a contact that was disabled',
    (_, rule) => {
      given(customer, registered, contactAdded, gone).when(rule).thenRefuses('contact-disabled');
    },
  );

  it('write down that an address of a disabled contact does not work', () => {
    const [{ kind, value }] = person.channels;
    given(customer, registered, contactAdded, gone)
      .when(onContacts['BounceContactChannel']!)
      .thenRecords({ type: 'ContactChannelBounced', data: { customerId, contactId, channel: kind, value } });
  });
});
