import { Refusal } from '../errors.js';
import { present } from './approval.decider.js';
import type { Approval, KnownApproval } from './approval.decider.js';
import { doneApprovers, superiorFor } from './approvers.rules.js';
import type { EscalateApproval, ExpireApproval, RemindApprovers, ReviewApproval } from './commands.js';
import { openApprovers } from './events.js';
import type { Approver } from './events.js';
import { dated, notBefore, onward } from './progress.rules.js';
import type { ApprovalEvent, ApprovalFacts } from './progress.rules.js';

/** Nothing comes of it for a request that waits for nobody. */
export function reviewApproval(
  state: Approval,
  { approvalId }: ReviewApproval,
  now: string,
  facts: ApprovalFacts,
): ApprovalEvent[] {
  const known = present(state, approvalId);
  const at = notBefore(known, now);
  return dated(onward({ state: known, events: [] }, approvalId, at, facts).events, at, now);
}

/** A step that went on meanwhile has another time. */
export function remindApprovers(state: Approval, { approvalId, dueAt }: RemindApprovers, now: string): ApprovalEvent[] {
  const known = present(state, approvalId);
  if (known.remindAt !== dueAt) return [];
  checkDue(dueAt, now);
  const { current, request } = known;
  const approverIds = waiting(known).flatMap(({ employeeId, escalatedTo }) =>
    escalatedTo === null ? [employeeId] : [employeeId, escalatedTo],
  );
  const data = { approvalId, subject: request.subject, step: current!, approverIds };
  return dated([{ type: 'ApprovalReminded', data }], notBefore(known, dueAt), now);
}

/** Superiors are those of the structure as it is when this is recorded. It is recorded also where there are none. */
export function escalateApproval(
  state: Approval,
  { approvalId, dueAt }: EscalateApproval,
  now: string,
  { chart }: Pick<ApprovalFacts, 'chart'>,
): ApprovalEvent[] {
  const known = present(state, approvalId);
  if (known.escalateAt !== dueAt) return [];
  checkDue(dueAt, now);
  const { current, request } = known;
  const step = known.steps.find(({ name }) => name === current);
  const decided = step ? doneApprovers(step, known.given.toArray()) : [];
  const others = step?.approvers.filter((each) => !decided.includes(each)) ?? [];
  const added = others.flatMap(({ employeeId: superiorOf }) => {
    const employeeId = superiorFor(superiorOf, request, chart);
    return employeeId === null ? [] : [{ employeeId, superiorOf }];
  });
  const data = { approvalId, subject: request.subject, step: current!, added };
  return dated([{ type: 'ApprovalEscalated', data }], notBefore(known, dueAt), now);
}

export function expireApproval(state: Approval, { approvalId, dueAt }: ExpireApproval, now: string): ApprovalEvent[] {
  const known = present(state, approvalId);
  if (known.expiresAt !== dueAt) return [];
  checkDue(dueAt, now);
  const data = { approvalId, subject: known.request.subject, expiresAt: dueAt };
  return dated([{ type: 'ApprovalExpired', data }], notBefore(known, dueAt), now);
}

function checkDue(dueAt: string, now: string): void {
  if (now < dueAt) throw new Refusal('approval-not-due', 'The time has not come yet.', { dueAt });
}

/** The approvers whom a request waits for. */
function waiting({ steps, current, given }: KnownApproval): readonly Approver[] {
  const step = steps.find(({ name }) => name === current);
  return step ? openApprovers(step, given.toArray()) : [];
}
