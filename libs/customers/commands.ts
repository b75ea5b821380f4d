import { command } from '../commands/command.js';
import { domain, id, list, money, number, oneOf, orNull, text, time, whole } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { tiers } from '../tiering.js';
import { assignmentBases, customerKinds, directions, interactionChannels, lossReasons } from './events.js';

/** What is known of a customer. Null says that it is not known. */
const details = {
  taxId: text(64).nullish(),
  domain: domain().nullish(),
  phone: text(64)
    .nullish()
    .describe('With its calling code, in any spelling, such as +49 (0)30 123456; recorded in E.164.'),
  sector: text(255).nullish().describe('Industry the customer works in.'),
  region: text(255).nullish(),
  source: text(255).nullish().describe('Where the customer came from: a channel, a campaign, a partner.'),
  establishedIn: whole(1000, 2100).nullish(),
  employees: whole(0, 10_000_000).nullish(),
  annualRevenue: money().nullish(),
};

const registration = {
  name: text(255),
  kind: oneOf(customerKinds),
  tier: oneOf(tiers).optional(),
  ...details,
  tags: list(text(100), { most: 100, unique: true }).optional(),
  parentCustomerId: id('customer').nullish(),
  ownerId: id('employee').nullish().describe('Employee who answers for the customer from the start.'),
  acceptDuplicates: list(id('customer'), { most: 100, unique: true })
    .optional()
    .describe('Customers of the same name and region that are not this one.'),
};

export type Registration = ValuesOf<typeof registration>;

export class RegisterCustomer extends command({
  says: 'Registers a customer.',
  post: 'customers',
  requires: 'customers.register',
  about: 'customerId',
  creates: { customerId: 'customer' },
  in: 'registration',
  fields: registration,
}) {}

export class ChangeCustomerDetails extends command({
  says: 'Writes down what changed at the customer.',
  post: 'customers/:customerId/details',
  requires: 'customers.change',
  about: 'customerId',
  in: 'details',
  fields: { name: text(255).optional(), ...details },
}) {}

export class CorrectCustomerDetails extends command({
  says: 'Corrects what was wrong from the start.',
  post: 'customers/:customerId/corrections',
  requires: 'customers.change',
  about: 'customerId',
  in: 'details',
  fields: { name: text(255).optional(), ...details },
}) {}

export class TagCustomer extends command({
  says: 'Puts a tag on the customer.',
  post: 'customers/:customerId/tags',
  requires: 'customers.change',
  about: 'customerId',
  fields: { tag: text(100) },
}) {}

export class UntagCustomer extends command({
  says: 'Takes a tag off the customer.',
  post: 'customers/:customerId/tags/remove',
  requires: 'customers.change',
  about: 'customerId',
  fields: { tag: text(100) },
}) {}

export class LinkCustomerParent extends command({
  says: 'Says which customer this one belongs to.',
  post: 'customers/:customerId/parent',
  requires: 'customers.change',
  about: 'customerId',
  fields: {
    parentCustomerId: id('customer').nullable().describe('Null takes the customer out of its group.'),
  },
}) {}

export class AssignCustomerOwner extends command({
  says: 'Makes an employee answer for the customer.',
  post: 'customers/:customerId/owner',
  requires: 'customers.assign',
  about: 'customerId',
  fields: {
    ownerId: id('employee'),
    basis: oneOf(assignmentBases).default('supervisor'),
    reason: text(1_000).optional().describe('Why it is this person.'),
    fromOwnerId: id('employee').optional().describe('Who has it: refused where another one has it by now.'),
  },
}) {}

/** Sent by the process that carries out what a desk decided. */
export class AssignCustomerAsDecided extends command({
  says: 'Makes the employee answer for the customer whom a rule chose.',
  about: 'customerId',
  fields: { assignmentId: id('assignment') },
}) {}

export class OverrideCustomerTier extends command({
  says: 'Moves the customer to another tier by hand.',
  post: 'customers/:customerId/tier',
  requires: 'customers.tier.change',
  about: 'customerId',
  fields: {
    tier: oneOf(tiers),
    reason: text(1_000).describe('Shown in the history of the customer.'),
    until: time()
      .nullish()
      .describe(
        'When the customer has its tier of before again. Without it the tier stays until a policy brings it higher.',
      ),
  },
}) {}

export class EvaluateCustomerTier extends command({
  says: 'Evaluates the tier of the customer by the policy. Nothing is recorded where nothing changes.',
  post: 'customers/:customerId/tier/evaluate',
  requires: 'customers.tier.change',
  about: 'customerId',
  fields: {},
}) {}

/** Sent by the process that follows what customers do. */
export class FollowCustomerTier extends command({
  says: 'Evaluates the tier of a customer after a fact about it, as of when that was learnt.',
  about: 'customerId',
  fields: { learntAt: time() },
}) {}

/** Sent after facts about the customer, by the clock, and when segments are defined anew. */
export class FollowCustomerSegments extends command({
  says: 'Has the customer enter and leave segments by what is known of it.',
  about: 'customerId',
  fields: { learntAt: orNull(time()) },
}) {}

export class MarkCustomerDormant extends command({
  says: 'Says that nothing was heard of the customer for long.',
  post: 'customers/:customerId/dormant',
  requires: 'customers.change',
  about: 'customerId',
  fields: { reason: text(1_000) },
}) {}

export class ReactivateCustomer extends command({
  says: 'Says that a dormant or lost customer is back.',
  post: 'customers/:customerId/reactivate',
  requires: 'customers.change',
  about: 'customerId',
  fields: { reason: text(1_000) },
}) {}

export class MarkCustomerLost extends command({
  says: 'Says that the customer left.',
  post: 'customers/:customerId/lost',
  requires: 'customers.change',
  about: 'customerId',
  fields: { reason: oneOf(lossReasons), note: orNull(text(10_000)) },
}) {}

export class ArchiveCustomer extends command({
  says: 'Puts away a customer that was registered by mistake.',
  post: 'customers/:customerId/archive',
  requires: 'customers.archive',
  about: 'customerId',
  fields: { reason: text(1_000) },
}) {}

export class ReviewCustomerParent extends command({
  says: 'Unlinks a customer from its parent if it belongs to itself by way of others.',
  about: 'customerId',
  fields: {},
}) {}

export class ReviewCustomerArchive extends command({
  says: 'Takes the archiving of a customer back if something came to refer to it while that was decided.',
  about: 'customerId',
  fields: {},
}) {}

export class ReleasePortfolioPlace extends command({
  says: "Frees the place that a customer had in an employee's portfolio.",
  about: 'employeeId',
  fields: { customerId: id('customer') },
}) {}

export class LogInteraction extends command({
  says: 'Logs a call, a visit, a message, a meeting.',
  post: 'customers/:customerId/interactions',
  requires: 'customers.interactions.log',
  about: 'customerId',
  creates: { interactionId: 'interaction' },
  in: 'interaction',
  fields: {
    interactionId: id('interaction'),
    channel: oneOf(interactionChannels),
    direction: oneOf(directions),
    summary: text(10_000),
    contactIds: list(id('contact'), { most: 50, unique: true }).default([]),
    durationMinutes: orNull(whole(0, 10_080)),
    location: orNull(text(255)),
    nextStep: orNull(text(1_000)),
    occurredAt: time().optional().describe('When it took place, when that is not now.'),
  },
}) {}

export class CorrectInteraction extends command({
  says: 'Corrects what was written down about an interaction.',
  post: 'customers/:customerId/interactions/:interactionId/corrections',
  requires: 'customers.interactions.log',
  about: 'customerId',
  fields: {
    interactionId: id('interaction'),
    channel: oneOf(interactionChannels).optional(),
    direction: oneOf(directions).optional(),
    summary: text(10_000).optional(),
    durationMinutes: whole(0, 10_080).nullish(),
    location: text(255).nullish(),
    nextStep: text(1_000).nullish(),
  },
}) {}

export class RecordPurchase extends command({
  says: 'Records what the customer bought.',
  post: 'customers/:customerId/purchases',
  requires: 'customers.purchases.record',
  about: 'customerId',
  creates: { purchaseId: 'purchase' },
  in: 'purchase',
  fields: {
    purchaseId: id('purchase'),
    amount: money(),
    product: text(255).nullish(),
    reference: text(255).nullish().describe('Number of the order or invoice.'),
    opportunityId: id('opportunity').nullish(),
    occurredAt: time().optional().describe('When it was bought, when that is not now.'),
    quantity: number(0, 1_000_000_000)
      .nullish()
      .describe('How many, how much: in what the product is counted or measured in.'),
  },
}) {}
