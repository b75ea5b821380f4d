import { Missing, Refusal } from '../errors.js';
import { addHours } from '../time.js';
import { undecided } from './approval.decider.js';
import type { Approval } from './approval.decider.js';
import { latestOf, retired } from './approval-flow.decider.js';
import type { ApprovalFlow, FlowVersion } from './approval-flow.decider.js';
import { stepsOf } from './approvers.rules.js';
import type { Chart } from './approvers.rules.js';
import type { ResubmitApproval, SubmitForApproval, WithdrawApproval } from './commands.js';
import type { ApprovalRequest, ApprovalStep } from './events.js';
import { onward, recorded } from './progress.rules.js';
import type { ApprovalEvent, Progress } from './progress.rules.js';

/** What a submission is decided with. */
export interface SubmissionFacts {
  readonly flow: ApprovalFlow;
  readonly chart: Chart;
  /** The person who acts, where it is an employee. */
  readonly actorId: string | null;
}

/** Submitting the same again changes nothing. */
export function submitForApproval(
  state: Approval,
  { approvalId, flowId, submitterId, ...asked }: SubmitForApproval,
  now: string,
  { flow, chart, actorId }: SubmissionFacts,
): ApprovalEvent[] {
  const { subject, ownerId, beneficiaryId, amount, tier, orgUnitIds, note } = asked;
  const acting = actorOf(actorId, submitterId, 'submitterId');
  const request = { subject, ownerId, submitterId: acting, beneficiaryId, amount, tier, orgUnitIds, note };
  if (state.status !== 'unknown') {
    if (state.flowId === flowId && JSON.stringify(state.request) === JSON.stringify(request)) return [];
    throw new Refusal('approval-exists', 'A request of this id is there, with other content.', { approvalId }, 409);
  }
  const version = latestOf(flow, flowId);
  if (flow.retired) throw retired(flowId);
  checkKnown(request, chart);
  const resolution = resolutionOf(request, version, chart, now);
  const submitted: ApprovalEvent = {
    type: 'ApprovalSubmitted',
    data: { approvalId, flowId, ...request, ...resolution },
  };
  return begun(state, submitted, approvalId, now, { flow: version, chart });
}

/** What was left out stays as it was. The latest version of the flow holds, also when the flow was retired meanwhile. */
export function resubmitApproval(
  state: Approval,
  { approvalId, by, ...change }: ResubmitApproval,
  now: string,
  { flow, chart, actorId }: SubmissionFacts,
): ApprovalEvent[] {
  const known = undecided(state, approvalId);
  checkSubmitter(known.request, actorOf(actorId, by, 'by'));
  if (known.status === 'pending') {
    throw new Refusal('approval-pending', 'Only what went back is submitted again.', { approvalId }, 409);
  }
  const { amount, tier, orgUnitIds, note } = known.request;
  const request: ApprovalRequest = {
    ...known.request,
    amount: change.amount === undefined ? amount : change.amount,
    tier: change.tier === undefined ? tier : change.tier,
    orgUnitIds: change.orgUnitIds ?? orgUnitIds,
    note: change.note === undefined ? note : change.note,
  };
  checkKnown(request, chart);
  const version = latestOf(flow, known.flowId);
  const resolution = resolutionOf(request, version, chart, now);
  const submitted: ApprovalEvent = { type: 'ApprovalResubmitted', data: { approvalId, ...request, ...resolution } };
  return begun(state, submitted, approvalId, now, { flow: version, chart });
}

/** Only the submitter takes a request back, also one that went back to be changed. */
export function withdrawApproval(
  state: Approval,
  { approvalId, by, reason }: WithdrawApproval,
  _now: string,
  { actorId }: Pick<SubmissionFacts, 'actorId'>,
): ApprovalEvent[] {
  const { request } = undecided(state, approvalId);
  const acting = actorOf(actorId, by, 'by');
  checkSubmitter(request, acting);
  return [{ type: 'ApprovalWithdrawn', data: { approvalId, subject: request.subject, by: acting, reason } }];
}

/**
 * The person who acts: the caller where it is an employee, else the one whom the command names.
 * @throws Refusal `acting-person-missing` · `acting-person-other`
 */
export function actorOf(actorId: string | null, named: string | null, field: string): string {
  if (actorId !== null && named !== null && actorId !== named) {
    throw new Refusal('acting-person-other', 'The caller is another employee than the one who is named.', { field });
  }
  const acting = actorId ?? named;
  if (acting === null) {
    throw new Refusal('acting-person-missing', 'The caller is no employee: name the person who acts.', { field });
  }
  return acting;
}

function checkSubmitter({ submitterId }: ApprovalRequest, acting: string): void {
  if (acting === submitterId) return;
  throw new Refusal('approval-not-yours', 'Only its submitter changes a request, or takes it back.', { submitterId });
}

/** @throws Missing `employee-unknown` · `org-unit-unknown` */
function checkKnown({ ownerId, submitterId, beneficiaryId, orgUnitIds }: ApprovalRequest, chart: Chart): void {
  for (const employeeId of [ownerId, submitterId, beneficiaryId]) {
    if (employeeId !== null && !chart.employee(employeeId)) throw new Missing('employee', employeeId);
  }
  const unknown = orgUnitIds.find((orgUnitId) => !chart.unit(orgUnitId));
  if (unknown !== undefined) throw new Missing('org-unit', unknown);
}

/** @throws Refusal `self-approval` · `approver-missing`, with every place that stays empty */
function resolutionOf(request: ApprovalRequest, flow: FlowVersion, chart: Chart, now: string) {
  const steps = stepsOf(flow, { request, given: [], delegations: [], escalated: [] }, chart);
  checkFilled(steps);
  const { version: flowVersion, expireAfterHours } = flow;
  const expiresAt = expireAfterHours === null ? null : addHours(now, expireAfterHours);
  return { flowVersion, chartRevision: chart.revision, steps, expiresAt };
}

function checkFilled(steps: readonly ApprovalStep[]): void {
  const unmet = steps.flatMap(({ name, unfilled }) =>
    unfilled.map(({ because: { by, id }, why }) => ({ step: name, by, id, why })),
  );
  if (unmet.length === 0) return;
  if (unmet.some(({ why }) => why === 'submitter' || why === 'beneficiary')) {
    throw new Refusal('self-approval', 'People would approve what they submitted, or what is of use to them.', {
      unmet,
    });
  }
  throw new Refusal('approver-missing', 'Some of those who are to approve are not there.', { unmet });
}

function begun(
  state: Approval,
  submitted: ApprovalEvent,
  approvalId: string,
  now: string,
  facts: { readonly flow: FlowVersion; readonly chart: Chart },
): ApprovalEvent[] {
  const progress = recorded({ state: state as Progress['state'], events: [] }, submitted, now);
  return [...onward(progress, approvalId, now, facts).events];
}
