import { command } from '../commands/command.js';
import { day, flag, id, list, money, number, oneOf, text, time, whole } from '../commands/fields.js';
import { contactRoles } from '../customers/events.js';
import {
  forecastCategories,
  opportunityGrades,
  opportunityLossReasons,
  opportunitySources,
  requirements,
  visitOutcomes,
} from './events.js';

const opportunity = { about: 'opportunityId', in: 'details' } as const;

const registration = {
  name: text(255),
  pipelineId: id('pipeline'),
  ownerId: id('employee').describe('Employee who answers for it.'),
  customerId: id('customer').nullish().describe('Without one it is a lead that is not tied to a company yet.'),
  source: oneOf(opportunitySources).nullish(),
  product: text(255).nullish(),
  grade: oneOf(opportunityGrades).nullish(),
  amount: money().nullish(),
  expectedCloseOn: day().nullish(),
  nextStep: text(1_000).nullish(),
};

export class RegisterOpportunity extends command({
  ...opportunity,
  says: 'Reports a chance to sell.',
  post: 'opportunities',
  requires: 'opportunities.register',
  creates: { opportunityId: 'opportunity' },
  fields: registration,
}) {}

export class ImportOpportunity extends command({
  ...opportunity,
  says: 'Reports a chance to sell of which an archive may know nothing before a later stage.',
  creates: { opportunityId: 'opportunity' },
  fields: {
    ...registration,
    stageId: text(64).nullish().describe('The open stage it begins in, where that is not the first.'),
  },
}) {}

export class LinkOpportunityCustomer extends command({
  ...opportunity,
  says: 'Says which customer it is about; this is said once.',
  post: 'opportunities/:opportunityId/customer',
  requires: 'opportunities.change',
  fields: { customerId: id('customer') },
}) {}

export class LinkOpportunityContact extends command({
  ...opportunity,
  says: 'Gives a contact of the customer a role in the deal.',
  post: 'opportunities/:opportunityId/contacts',
  requires: 'opportunities.change',
  fields: {
    contactId: id('contact').describe('An active contact of its customer.'),
    role: oneOf(contactRoles).describe('Which part the contact has in this deal.'),
    isPrimary: flag().optional(),
  },
}) {}

export class UnlinkOpportunityContact extends command({
  ...opportunity,
  says: 'Takes a contact out of the deal.',
  post: 'opportunities/:opportunityId/contacts/:contactId/remove',
  requires: 'opportunities.change',
  fields: { contactId: id('contact') },
}) {}

export class ChangeOpportunityDetails extends command({
  ...opportunity,
  says: 'Changes what it is called, comes from, sells, or needs next.',
  post: 'opportunities/:opportunityId/details',
  requires: 'opportunities.change',
  fields: {
    name: text(255).optional(),
    source: oneOf(opportunitySources).nullish(),
    product: text(255).nullish(),
    nextStep: text(1_000).nullish(),
  },
}) {}

export class QualifyOpportunity extends command({
  ...opportunity,
  says: 'Says that there is a real chance.',
  post: 'opportunities/:opportunityId/qualify',
  requires: 'opportunities.change',
  fields: { note: text(10_000).nullish().describe('What makes it a real chance.') },
}) {}

export class GradeOpportunity extends command({
  ...opportunity,
  says: 'Says how good the chance is.',
  post: 'opportunities/:opportunityId/grade',
  requires: 'opportunities.change',
  fields: { grade: oneOf(opportunityGrades), reason: text(1_000).nullish() },
}) {}

export class ChangeOpportunityAmount extends command({
  ...opportunity,
  says: 'Says what it is worth.',
  post: 'opportunities/:opportunityId/amount',
  requires: 'opportunities.change',
  fields: { amount: money() },
}) {}

export class ChangeOpportunityCloseDate extends command({
  ...opportunity,
  says: 'Says when it is expected to close.',
  post: 'opportunities/:opportunityId/expected-close',
  requires: 'opportunities.change',
  fields: { expectedCloseOn: day() },
}) {}

export class OverrideOpportunityProbability extends command({
  ...opportunity,
  says: 'Gives it another probability than its stage has.',
  post: 'opportunities/:opportunityId/probability',
  requires: 'opportunities.forecast',
  fields: { probability: whole(1, 99).describe('Percent.'), reason: text(1_000) },
}) {}

export class ChangeOpportunityForecastCategory extends command({
  ...opportunity,
  says: 'Forecasts it in another category than its stage is in.',
  post: 'opportunities/:opportunityId/forecast-category',
  requires: 'opportunities.forecast',
  fields: { forecastCategory: oneOf(forecastCategories) },
}) {}

export class ChangeOpportunityStage extends command({
  ...opportunity,
  says: 'Moves it to another open stage.',
  post: 'opportunities/:opportunityId/stage',
  requires: 'opportunities.move',
  fields: {
    stageId: text(64).describe('An open stage of the version of the pipeline that the opportunity runs under.'),
  },
}) {}

export class OverrideOpportunityGate extends command({
  ...opportunity,
  says: 'Lets it pass to a stage without some of what the gates ask for.',
  post: 'opportunities/:opportunityId/gate-override',
  requires: 'opportunities.gates.override',
  fields: {
    stageId: text(64).describe('The stage it is to pass to.'),
    requirements: list(oneOf(requirements), { least: 1, most: requirements.length, unique: true }).describe(
      'What may be missing.',
    ),
    reason: text(1_000).describe('Shown in the history of the opportunity.'),
  },
}) {}

export class AssignOpportunity extends command({
  ...opportunity,
  says: 'Makes an employee answer for it.',
  post: 'opportunities/:opportunityId/owner',
  requires: 'opportunities.assign',
  fields: {
    ownerId: id('employee'),
    reason: text(1_000).nullish(),
    fromOwnerId: id('employee').optional().describe('Who has it: refused where another one has it by now.'),
  },
}) {}

/** Sent by a transfer that was agreed to. */
export class TransferOpportunity extends command({
  ...opportunity,
  says: 'Gives the opportunity to the one that a transfer names.',
  fields: { transferId: id('transfer'), fromOwnerId: id('employee'), toOwnerId: id('employee') },
}) {}

export class AddOpportunityTeamMember extends command({
  ...opportunity,
  says: 'Has an employee work on it beside the owner.',
  post: 'opportunities/:opportunityId/team',
  requires: 'opportunities.change',
  fields: { employeeId: id('employee'), role: text(255).describe('What the employee does for this deal.') },
}) {}

export class RemoveOpportunityTeamMember extends command({
  ...opportunity,
  says: 'Takes an employee off it.',
  post: 'opportunities/:opportunityId/team/:employeeId/remove',
  requires: 'opportunities.change',
  fields: { employeeId: id('employee') },
}) {}

export class PlanVisit extends command({
  ...opportunity,
  says: 'Plans a visit to the customer. The answer names it: `visitId`.',
  post: 'opportunities/:opportunityId/visits',
  requires: 'opportunities.visit',
  creates: { visitId: 'visit' },
  fields: {
    visitId: id('visit'),
    plannedFor: time(),
    purpose: text(1_000),
    visitorId: id('employee').nullish().describe('Employee who goes; without one, the owner.'),
    contactIds: list(id('contact'), { most: 50, unique: true })
      .optional()
      .describe('Contacts of the customer who are to be met.'),
  },
}) {}

export class CheckInVisit extends command({
  ...opportunity,
  says: 'Says that the visitor arrived, and where.',
  post: 'opportunities/:opportunityId/visits/:visitId/check-in',
  requires: 'opportunities.visit',
  fields: {
    visitId: id('visit'),
    lat: number(-90, 90).describe('Degrees.'),
    lng: number(-180, 180).describe('Degrees.'),
    accuracy: number(0, 100_000).describe('How exact the position is, in metres.'),
    occurredAt: time().optional().describe('When the visitor arrived, when that is not now.'),
    late: flag().optional().describe('Has to be true when the arrival is more than a day ago.'),
  },
}) {}

export class ReportVisit extends command({
  ...opportunity,
  says: 'Says what the visit came to.',
  post: 'opportunities/:opportunityId/visits/:visitId/report',
  requires: 'opportunities.visit',
  fields: {
    visitId: id('visit'),
    outcome: oneOf(visitOutcomes),
    summary: text(10_000),
    nextStep: text(1_000).nullish().describe('Replaces the next step of the opportunity.'),
    occurredAt: time().optional().describe('When the visit ended, when that is not now.'),
  },
}) {}

export class WinOpportunity extends command({
  ...opportunity,
  says: 'Closes it as won.',
  post: 'opportunities/:opportunityId/win',
  requires: 'opportunities.close',
  fields: { amount: money().nullish().describe('What it was won at; without it, at the amount it has.') },
}) {}

export class LoseOpportunity extends command({
  ...opportunity,
  says: 'Closes it as lost.',
  post: 'opportunities/:opportunityId/lose',
  requires: 'opportunities.close',
  fields: {
    reason: oneOf(opportunityLossReasons),
    competitor: text(255).nullish().describe('Who won it instead.'),
    note: text(10_000).nullish().describe('Needed for another reason than those on the list.'),
    stageId: text(64).nullish().describe('Which stage for lost opportunities, when the pipeline has several.'),
  },
}) {}

export class VoidOpportunity extends command({
  ...opportunity,
  says: 'Closes it as neither won nor lost: registered in error, twice, or without meaning now.',
  post: 'opportunities/:opportunityId/void',
  requires: 'opportunities.close',
  fields: { reason: text(1_000) },
}) {}

export class ReopenOpportunity extends command({
  ...opportunity,
  says: 'Goes on with it after it was closed.',
  post: 'opportunities/:opportunityId/reopen',
  requires: 'opportunities.reopen',
  fields: {
    reason: text(1_000),
    stageId: text(64).nullish().describe('The stage it was closed from, which is the default, or one before.'),
  },
}) {}

/** Sent when customers were merged, or a merge was taken back. */
export class MoveOpportunityByMerge extends command({
  about: 'opportunityId',
  says: 'Has an opportunity follow a merge of customers, or go back when that is taken back.',
  fields: { mergeId: id(), loserId: id('customer'), back: flag() },
}) {}
