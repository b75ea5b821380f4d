import { command } from '../commands/command.js';
import { domain, flag, id, list, money, oneOf, orNull, part, pattern, text, time, whole } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { EMAIL } from '../commands/text-form.js';
import {
  disqualifications,
  leadChannels,
  leadGrades,
  leadModels,
  modelFailures,
  responseChannels,
  scoredFields,
} from './events.js';
import type { LeadChannel, LeadGrade, ResponseRule, ScoreFactor } from './events.js';
import { leadPolicyId } from './lead-policy-id.js';

const lead = { about: 'leadId' } as const;

const details = {
  personName: text(255).nullish().describe('A person or a company has a name.'),
  personTitle: text(255).nullish(),
  email: pattern(EMAIL, 'must be an e-mail address').nullish(),
  phone: text(64).nullish().describe('With its calling code, in any spelling; recorded in E.164.'),
  companyName: text(255).nullish(),
  domain: domain().nullish(),
  sector: text(255).nullish(),
  region: text(255).nullish(),
  message: text(10_000).nullish().describe('What they asked or said.'),
};

export type LeadDetailsGiven = ValuesOf<typeof details>;

export class CaptureLead extends command({
  ...lead,
  says: 'Records that somebody came who may become a customer.',
  post: 'leads',
  requires: 'leads.capture',
  creates: { leadId: 'lead' },
  fields: {
    source: part({
      channel: oneOf(leadChannels),
      campaign: orNull(text(255)),
      partner: orNull(text(255)),
    }).describe('Where they came from.'),
    details: part(details),
    ownerId: orNull(id('employee')).describe('Employee who answers for the lead from the start.'),
  },
}) {}

export class ChangeLeadDetails extends command({
  ...lead,
  says: 'Writes down what else is known of the lead.',
  post: 'leads/:leadId/details',
  requires: 'leads.change',
  in: 'details',
  fields: details,
}) {}

export class NoteLead extends command({
  ...lead,
  says: 'Adds a note, also to a lead that is closed.',
  post: 'leads/:leadId/notes',
  requires: 'leads.change',
  fields: { text: text(10_000) },
}) {}

export class ScoreLead extends command({
  ...lead,
  says: 'Scores and grades the lead by the policy in force.',
  post: 'leads/:leadId/score',
  requires: 'leads.change',
  fields: {},
}) {}

/** Sent by the process that has leads scored by a model outside. */
export class AskLeadModel extends command({
  ...lead,
  says: 'Asks the model outside to score the lead.',
  fields: {},
}) {}

/** Sent once the model has answered. */
export class RecordLeadScore extends command({
  ...lead,
  says: 'Records what the model outside said.',
  fields: {
    score: whole(0, 100),
    factors: list(part({ name: text(100), points: whole(-100, 100) }), { most: 50 }),
    modelVersion: text(100),
  },
}) {}

/** Sent where the model has not answered. */
export class RecordLeadModelFailure extends command({
  ...lead,
  says: 'Records why the model outside said nothing.',
  fields: { failure: oneOf(modelFailures) },
}) {}

export class GradeLead extends command({
  ...lead,
  says: 'Gives the lead another grade by hand.',
  post: 'leads/:leadId/grade',
  requires: 'leads.change',
  fields: { grade: oneOf(leadGrades), reason: text(1_000) },
}) {}

export class AssignLead extends command({
  ...lead,
  says: 'Makes an employee answer for the lead.',
  post: 'leads/:leadId/owner',
  requires: 'leads.assign',
  fields: {
    ownerId: id('employee'),
    reason: text(1_000).optional().describe('Why it is this person.'),
    fromOwnerId: id('employee').optional().describe('Who has it: refused where another one has it by now.'),
  },
}) {}

export class ClaimLead extends command({
  ...lead,
  says: 'Claims the lead out of its pool.',
  post: 'leads/:leadId/claim',
  requires: 'leads.claim',
  fields: { employeeId: id('employee').describe('Who claims, and answers for it at once.') },
}) {}

export class ReturnLeadToPool extends command({
  ...lead,
  says: 'Gives the lead back into a pool.',
  post: 'leads/:leadId/return',
  requires: 'leads.change',
  fields: {
    poolId: id('pool').optional().describe("Without one, the first of the owner's pools of leads takes it."),
    reason: text(1_000),
    fromOwnerId: id('employee').optional().describe('Who has it: refused where another one has it by now.'),
  },
}) {}

/** Sent when a pool is not used any more. */
export class MovePooledLead extends command({
  ...lead,
  says: 'Puts the lead into another pool.',
  fields: { from: id('pool'), to: id('pool') },
}) {}

/** Sent by the process that carries out what a desk decided. */
export class AssignLeadAsDecided extends command({
  ...lead,
  says: 'Makes the employee answer for the lead whom a rule chose.',
  fields: { assignmentId: id('assignment') },
}) {}

/** Sent by a transfer that was agreed to. */
export class TransferLead extends command({
  ...lead,
  says: 'Gives the lead to the one that a transfer names.',
  fields: { transferId: id('transfer'), fromOwnerId: id('employee'), toOwnerId: id('employee') },
}) {}

export class ContactLead extends command({
  ...lead,
  says: 'Records that the lead was spoken to; the first time answers it.',
  post: 'leads/:leadId/contact',
  requires: 'leads.change',
  fields: { channel: oneOf(responseChannels), summary: text(10_000) },
}) {}

/** Sent by the clock. */
export class RecordLeadResponseBreach extends command({
  ...lead,
  says: 'Records that the first answer did not come in time.',
  fields: { dueAt: time() },
}) {}

export class QualifyLead extends command({
  ...lead,
  says: 'Says that the lead is worth an offer.',
  post: 'leads/:leadId/qualify',
  requires: 'leads.change',
  fields: { note: orNull(text(10_000)) },
}) {}

export class DisqualifyLead extends command({
  ...lead,
  says: 'Says that the lead leads nowhere.',
  post: 'leads/:leadId/disqualify',
  requires: 'leads.change',
  fields: { reason: oneOf(disqualifications), note: orNull(text(10_000)) },
}) {}

export class RecycleLead extends command({
  ...lead,
  says: 'Puts the lead back to be warmed up, without an owner.',
  post: 'leads/:leadId/recycle',
  requires: 'leads.change',
  fields: { reason: text(1_000) },
}) {}

export class ReopenLead extends command({
  ...lead,
  says: 'Works again on a lead that was disqualified, recycled or taken for a duplicate.',
  post: 'leads/:leadId/reopen',
  requires: 'leads.change',
  fields: { reason: text(1_000) },
}) {}

export class MarkLeadDuplicate extends command({
  ...lead,
  says: 'Says that the lead is the same as another one, or as a customer.',
  post: 'leads/:leadId/duplicate',
  requires: 'leads.change',
  fields: { of: part({ kind: oneOf(['lead', 'customer']), id: id() }) },
}) {}

export class ConvertLead extends command({
  ...lead,
  says: 'Makes a customer of a qualified lead, or part of one there is, with its contact and an opportunity.',
  post: 'leads/:leadId/convert',
  requires: 'leads.convert',
  fields: {
    customerId: orNull(id('customer')).describe('The customer it belongs to; a new one without it.'),
    acceptDuplicates: list(id('customer'), { most: 100, unique: true })
      .default([])
      .describe('Customers that might be the same and are not, where a new one is made.'),
    opportunity: orNull(part({ pipelineId: id('pipeline'), name: text(255), amount: orNull(money()) })).describe(
      'What is to be sold to it.',
    ),
  },
}) {}

/** Sent by the process that carries a conversion out. */
export class FailLeadConversion extends command({
  ...lead,
  says: 'Records that part of a conversion was refused.',
  fields: { part: oneOf(['customer', 'contact', 'opportunity']), code: text(100), detail: text(1_000) },
}) {}

const most = 50;

export class PublishLeadPolicy extends command({
  says: 'Says how leads are scored, graded and answered from now on. Earlier leads keep what they have.',
  post: 'lead-policies',
  requires: 'leads.policy',
  about: 'policyId',
  creates: { policyId: leadPolicyId },
  fields: {
    factors: list<ScoreFactor>(
      part({
        name: text(100).describe('Why there are these points.'),
        field: oneOf(scoredFields),
        values: list(text(255), { most: 10 }).describe('Compared as names are. Empty: any that is known.'),
        points: whole(-100, 100),
      }),
      { most },
    ).describe('Their sum is the score, from 0 to 100.'),
    model: oneOf(leadModels)
      .optional()
      .describe(
        '`external`: the model that LEAD_MODEL_URL names scores leads; the points hold until it answers, and where it fails.',
      ),
    grades: part({ A: whole(1, 100), B: whole(1, 100), C: whole(1, 100) }).describe(
      'The least scores of the grades, descending; what has less than C is D.',
    ),
    responses: list<ResponseRule>(
      part({
        grades: list<LeadGrade>(oneOf(leadGrades), { most: leadGrades.length, unique: true }).describe(
          'Empty for all.',
        ),
        channels: list<LeadChannel>(oneOf(leadChannels), { most: leadChannels.length, unique: true }).describe(
          'Empty for all.',
        ),
        calendarId: id('calendar'),
        minutes: whole(1, 100_000).describe('Of working time.'),
      }),
      { most: 10 },
    ).describe('How soon a lead is answered: the first rule that fits it holds, and none where none does.'),
  },
}) {}

/** Sent when customers were merged, or a merge was taken back. */
export class MoveLeadByMerge extends command({
  says: 'Has a lead that was converted follow a merge of customers, or go back when that is taken back.',
  about: 'leadId',
  fields: { mergeId: id(), loserId: id('customer'), back: flag() },
}) {}
