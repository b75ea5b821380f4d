import { Missing, Refusal } from '../errors.js';
import { pending } from './approval.decider.js';
import type { Approval, KnownApproval } from './approval.decider.js';
import { actorOf } from './approval.rules.js';
import { fit } from './approvers.rules.js';
import type { Chart } from './approvers.rules.js';
import type { AddApprovalStep, ApproveStep, DelegateApproval, RejectApproval, ReturnForChange } from './commands.js';
import { openApprovers } from './events.js';
import type { ApprovalStep, Approver } from './events.js';
import { onward, recorded, started } from './progress.rules.js';
import type { ApprovalEvent, ApprovalFacts, Progress } from './progress.rules.js';

/** A request as it is now, and the person who decides on it. */
interface Deciding extends Progress {
  readonly step: ApprovalStep;
  readonly by: string;
}

/**
 * The request with the approvers that the structure has by now.
 * @returns what follows from the structure alone, where that leaves nothing to decide
 */
function begun(
  state: Approval,
  { approvalId, by }: { readonly approvalId: string; readonly by: string | null },
  now: string,
  facts: ApprovalFacts,
): Deciding | readonly ApprovalEvent[] {
  const known = pending(state, approvalId, now);
  const acting = actorOf(facts.actorId, by, 'by');
  if (!facts.chart.employee(acting)) throw new Missing('employee', acting);
  const progress = onward({ state: known, events: [] }, approvalId, now, facts);
  const step = progress.state.steps.find(({ name }) => name === progress.state.current);
  return step ? { ...progress, step, by: acting } : progress.events;
}

/**
 * The approver in whose place the person decides: their own, that of a person who is absent and names them as deputy, or one from
 * whom the step was escalated to them.
 * @throws Refusal `self-approval` · `approval-not-yours`
 */
function placeOf({ state, step, by }: Deciding, { chart, flow }: ApprovalFacts): Approver {
  const open = openApprovers(step, state.given.toArray());
  const own = open.find(({ employeeId }) => employeeId === by);
  const place = own ?? open.find((each) => isDeputy(by, each, chart)) ?? open.find((each) => each.escalatedTo === by);
  const { submitterId, beneficiaryId } = state.request;
  const mayAsOwn = (role: 'submitter' | 'beneficiary') => own !== undefined && flow.answers[role] === 'ask';
  if ((by === submitterId && !mayAsOwn('submitter')) || (by === beneficiaryId && !mayAsOwn('beneficiary'))) {
    throw new Refusal('self-approval', 'People do not decide on what they submitted, or what is of use to them.', {
      step: step.name,
    });
  }
  const status = chart.employee(by)?.status;
  if (place && (status === 'active' || status === 'absent')) return place;
  throw new Refusal('approval-not-yours', 'The step waits for other people.', {
    step: step.name,
    waitingFor: open.map(({ employeeId }) => employeeId),
  });
}

function isDeputy(by: string, { employeeId }: Approver, chart: Chart): boolean {
  const person = chart.employee(employeeId);
  return person?.status === 'absent' && person.deputyId === by;
}

/** The person and, where that is another one, the approver in whose place they decide. */
const decided = (by: string, { employeeId }: Approver) => ({ by, onBehalfOf: employeeId === by ? null : employeeId });

/** Agreeing again to a step that the person has agreed to changes nothing. */
export function approveStep(
  state: Approval,
  command: ApproveStep,
  now: string,
  facts: ApprovalFacts,
): readonly ApprovalEvent[] {
  const { approvalId, comment } = command;
  const deciding = begun(state, command, now, facts);
  if (!('step' in deciding)) return deciding;
  const { step, by } = deciding;
  if (isRepeated(deciding, comment)) return deciding.events;
  const place = decided(by, placeOf(deciding, facts));
  const { subject } = deciding.state.request;
  const data = { approvalId, subject, step: step.name, ...place, comment };
  return onward(recorded(deciding, { type: 'ApprovalStepApproved', data }, now), approvalId, now, facts).events;
}

/** Whether the same person said the same before, and nothing more is asked of them. */
function isRepeated({ state, step, by }: Deciding, comment: string | null): boolean {
  const isAsked = openApprovers(step, state.given.toArray()).some(
    (each) => each.employeeId === by || each.escalatedTo === by,
  );
  return !isAsked && state.given.some((each) => each.by === by && each.comment === comment);
}

export function rejectApproval(
  state: Approval,
  command: RejectApproval,
  now: string,
  facts: ApprovalFacts,
): readonly ApprovalEvent[] {
  return refused(state, command, 'ApprovalRejected', now, facts);
}

export function returnForChange(
  state: Approval,
  command: ReturnForChange,
  now: string,
  facts: ApprovalFacts,
): readonly ApprovalEvent[] {
  return refused(state, command, 'ApprovalReturned', now, facts);
}

function refused(
  state: Approval,
  command: RejectApproval | ReturnForChange,
  type: 'ApprovalRejected' | 'ApprovalReturned',
  now: string,
  facts: ApprovalFacts,
): readonly ApprovalEvent[] {
  const { approvalId, reason } = command;
  const deciding = begun(state, command, now, facts);
  if (!('step' in deciding)) return deciding;
  const { subject } = deciding.state.request;
  const place = decided(deciding.by, placeOf(deciding, facts));
  return [...deciding.events, { type, data: { approvalId, subject, step: deciding.step.name, ...place, reason } }];
}

/** The colleague decides in the place of the approver from then on. */
export function delegateApproval(
  state: Approval,
  command: DelegateApproval,
  now: string,
  facts: ApprovalFacts,
): readonly ApprovalEvent[] {
  const { approvalId, to } = command;
  const deciding = begun(state, command, now, facts);
  if (!('step' in deciding)) return deciding;
  const { step } = deciding;
  const { subject } = deciding.state.request;
  const passed = deciding.state.delegations.last();
  if (passed?.step === step.name && passed.from === deciding.by && passed.to === to) return deciding.events;
  const { employeeId: from } = placeOf(deciding, facts);
  checkAskable([to], deciding.state, facts.chart, 'to');
  if (step.approvers.some(({ employeeId }) => employeeId === to)) {
    throw new Refusal('approver-twice', 'That person is an approver of the step already.', { field: 'to' });
  }
  return [...deciding.events, { type: 'ApprovalDelegated', data: { approvalId, subject, step: step.name, from, to } }];
}

/** A step before the one that waits is decided first, and the other one waits again afterwards. */
export function addApprovalStep(
  state: Approval,
  command: AddApprovalStep,
  now: string,
  facts: ApprovalFacts,
): readonly ApprovalEvent[] {
  const { approvalId, name, place, approverIds, mode } = command;
  const deciding = begun(state, command, now, facts);
  if (!('step' in deciding)) return deciding;
  const { by, step } = deciding;
  const { request, steps } = deciding.state;
  const known = steps.find((each) => each.name === name);
  if (known && isAdded(known, by, command)) return deciding.events;
  placeOf(deciding, facts);
  if (known) throw new Refusal('step-twice', 'The request has a step of this name.', { field: 'name' });
  checkAskable(approverIds, deciding.state, facts.chart, 'approverIds');
  const because = { by: 'added', id: by, name: null, levels: null } as const;
  const approvers = approverIds.map((employeeId): Approver => ({
    employeeId,
    because,
    replaced: [],
    escalatedTo: null,
  }));
  const added: ApprovalStep = { name, mode, flowStep: null, approvers, omitted: [], unfilled: [], skipped: null };
  const at = steps.indexOf(step) + (place === 'before' ? 0 : 1);
  const data = { approvalId, subject: request.subject, by, step: added, before: steps[at]?.name ?? null };
  const progress = recorded(deciding, { type: 'ApprovalStepAdded', data }, now);
  if (place === 'after') return progress.events;
  return recorded(progress, started(approvalId, progress.state, name, now, facts.flow), now).events;
}

const isAdded = (step: ApprovalStep, by: string, { approverIds, mode }: AddApprovalStep): boolean =>
  step.mode === mode &&
  step.approvers.every(({ because }) => because.by === 'added' && because.id === by) &&
  step.approvers.map(({ employeeId }) => employeeId).join() === approverIds.join();

/** @throws Missing `employee-unknown` · Refusal `self-approval` · `approver-inactive` */
function checkAskable(ids: readonly string[], { request }: KnownApproval, chart: Chart, field: string): void {
  const unknown = ids.find((employeeId) => !chart.employee(employeeId));
  if (unknown !== undefined) throw new Missing('employee', unknown);
  if (ids.some((id) => id === request.submitterId || id === request.beneficiaryId)) {
    throw new Refusal('self-approval', 'Neither the submitter nor the beneficiary is asked.', { field });
  }
  const inactive = ids.filter((employeeId) => !fit(employeeId, request, chart));
  if (inactive.length > 0) {
    throw new Refusal('approver-inactive', 'Only people who work here can approve.', { field, inactive });
  }
}
