import { command } from '../commands/command.js';
import { flag, id, list, money, oneOf, orNull, part, text, time, whole } from '../commands/fields.js';
import type { Field, ValuesOf } from '../commands/fields.js';
import { tiers } from '../tiering.js';
import type { Tier } from '../tiering.js';
import { approvalDeskId, approvalSubjects, approverKinds, hindranceAnswers, stepModes } from './events.js';
import type { ApproverRule, FlowAnswers, FlowStep } from './events.js';

const flow = { about: 'flowId', requires: 'approval-flows.change' } as const;

const approverRule: Field<ApproverRule> = part({
  by: oneOf(approverKinds),
  id: orNull(id()).describe(
    'The position, the unit whose head it is, or the person. Without it, a superior of the owner.',
  ),
  levels: orNull(whole(1, 20)).describe('Of a superior: how many levels above the owner of the subject.'),
});

const tierList = list<Tier>(oneOf(tiers), { most: tiers.length, unique: true }).default([]);

const step: Field<FlowStep> = part({
  name: text(255).describe('Steps of a flow have names of their own.'),
  approvers: list(approverRule, { most: 10 }),
  mode: oneOf(stepModes).describe('Whether all of them agree, one of them, or one after the other.'),
  when: part({
    amountAtLeast: orNull(money()).describe('An amount in another currency cannot be compared, and counts as reached.'),
    tiers: tierList.describe('Empty for any.'),
    crossesDepartments: orNull(flag()).describe('Whether more than one department is concerned.'),
  }).describe('The step is needed when everything holds that is given here.'),
});

const answers: Field<FlowAnswers> = part({
  vacant: oneOf(hindranceAnswers.vacant).describe('Nobody is there, or the person is suspended or has left.'),
  absent: oneOf(hindranceAnswers.absent).describe('Away on that day. Without a deputy who can, a superior.'),
  submitter: oneOf(hindranceAnswers.submitter).describe('The person has submitted it.'),
  beneficiary: oneOf(hindranceAnswers.beneficiary).describe('It is of use to the person.'),
  repeated: oneOf(hindranceAnswers.repeated).describe('The person decides in an earlier step.'),
});

const hours = orNull(whole(1, 100_000));

const content = {
  name: text(255),
  steps: list(step, { most: 10 }),
  answers: answers.describe('What is done when a person who is to approve is in one of these cases.'),
  remindAfterHours: hours.describe('After a step has begun.'),
  escalateAfterHours: hours.describe('After a step has begun.'),
  expireAfterHours: hours.describe('After the submission.'),
};

export type GivenFlow = ValuesOf<typeof content>;

export class PublishApprovalFlow extends command({
  ...flow,
  says: 'Says who approves what, in which steps.',
  post: 'approval-flows',
  creates: { flowId: 'approval-flow' },
  in: 'flow',
  fields: content,
}) {}

export class ReviseApprovalFlow extends command({
  ...flow,
  says: 'Publishes the next version of the flow. Requests that are pending keep theirs.',
  post: 'approval-flows/:flowId/versions',
  in: 'flow',
  fields: content,
}) {}

export class RetireApprovalFlow extends command({
  ...flow,
  says: 'Takes no requests under the flow any more. Those that are pending go on.',
  post: 'approval-flows/:flowId/retire',
  fields: {},
}) {}

const approval = { about: 'approvalId' } as const;
const deciding = { ...approval, requires: 'approvals.decide' } as const;
const asking = { ...approval, requires: 'approvals.submit' } as const;

/** The acting person is the caller, where the caller is an employee. */
const by = orNull(id('employee')).describe('Employee who does it, where the caller is no employee.');

export class SubmitForApproval extends command({
  ...asking,
  says: 'Asks for an approval; its approvers are found in the structure of the moment.',
  post: 'approvals',
  creates: { approvalId: 'approval' },
  fields: {
    flowId: id('approval-flow'),
    subject: part({ kind: oneOf(approvalSubjects), id: id() }),
    ownerId: id('employee').describe('Employee who answers for the subject.'),
    submitterId: by,
    beneficiaryId: orNull(id('employee')).describe('Employee to whom it is of use, such as a new owner.'),
    amount: orNull(money()),
    tier: orNull(oneOf(tiers)),
    orgUnitIds: list(id('orgUnit'), { most: 50, unique: true }).default([]).describe('Units that are concerned.'),
    note: orNull(text(10_000)),
  },
}) {}

export class ResubmitApproval extends command({
  ...asking,
  says: 'Asks again for what went back to be changed, from the first step on and by the latest version of the flow.',
  post: 'approvals/:approvalId/resubmit',
  fields: {
    by,
    amount: money().nullable().optional().describe('Left out, what is left out stays as it was.'),
    tier: oneOf(tiers).nullable().optional(),
    orgUnitIds: list(id('orgUnit'), { most: 50, unique: true }).optional(),
    note: text(10_000).nullable().optional(),
  },
}) {}

export class WithdrawApproval extends command({
  ...asking,
  says: 'Takes the request back; only its submitter does.',
  post: 'approvals/:approvalId/withdraw',
  fields: { by, reason: orNull(text(1_000)) },
}) {}

export class ApproveStep extends command({
  ...deciding,
  says: 'Agrees to the step that waits. The last one grants the approval.',
  post: 'approvals/:approvalId/approve',
  fields: { by, comment: orNull(text(1_000)) },
}) {}

export class RejectApproval extends command({
  ...deciding,
  says: 'Refuses the request for good.',
  post: 'approvals/:approvalId/reject',
  fields: { by, reason: text(1_000) },
}) {}

export class ReturnForChange extends command({
  ...deciding,
  says: 'Gives the request back to be changed and submitted again.',
  post: 'approvals/:approvalId/return',
  fields: { by, reason: text(1_000) },
}) {}

export class DelegateApproval extends command({
  ...deciding,
  says: 'Passes the step on to a colleague.',
  post: 'approvals/:approvalId/delegate',
  fields: { by, to: id('employee') },
}) {}

export class AddApprovalStep extends command({
  ...deciding,
  says: 'Asks further people, before or after the step that waits.',
  post: 'approvals/:approvalId/steps',
  fields: {
    by,
    name: text(255).describe('Steps of a request have names of their own.'),
    place: oneOf(['before', 'after']),
    approverIds: list(id('employee'), { least: 1, most: 50, unique: true }),
    mode: oneOf(stepModes),
  },
}) {}

export class ReviewApproval extends command({
  ...deciding,
  says: 'Finds the approvers anew of steps that are not decided.',
  post: 'approvals/:approvalId/review',
  fields: {},
}) {}

/** Sent by the clock, as are the next two. */
export class RemindApprovers extends command({
  ...approval,
  says: 'Records that a step waits long enough for its approvers to be reminded.',
  fields: { dueAt: time() },
}) {}

export class EscalateApproval extends command({
  ...approval,
  says: 'Lets the superiors of approvers decide as well, since a step waits too long.',
  fields: { dueAt: time() },
}) {}

export class ExpireApproval extends command({
  ...approval,
  says: 'Records that the time for a decision has passed.',
  fields: { dueAt: time() },
}) {}

const revision = whole(0, Number.MAX_SAFE_INTEGER);
const desk = { ...approval, stream: approvalDeskId } as const;

/** Sent by processes, as are the next two. */
export class PutApprovalOnDesk extends command({
  ...desk,
  says: 'Counts a request among the pending ones.',
  fields: { chartRevision: revision },
}) {}

export class TakeApprovalOffDesk extends command({
  ...desk,
  says: 'No longer counts a request among them.',
  fields: {},
}) {}

export class ReviewPendingApprovals extends command({
  about: 'deskId',
  stream: approvalDeskId,
  says: 'Says that approvers of pending requests are to be found anew, where they are of an earlier structure.',
  fields: { chartRevision: revision },
}) {}
