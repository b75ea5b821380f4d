import { List } from 'immutable';
import { Missing, Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import { withDelegate, withStep, withSteps, withSuperiors } from './events.js';
import type { ApprovalEvents, ApprovalRequest, ApprovalStatus, ApprovalStep, GivenApproval } from './events.js';

/** A step that was passed on. */
export interface Delegation {
  readonly step: string;
  readonly from: string;
  readonly to: string;
}

export interface KnownApproval {
  readonly status: ApprovalStatus;
  readonly flowId: string;
  readonly flowVersion: number;
  /** Revision of the organisation's stream in which its approvers were found. */
  readonly chartRevision: number;
  readonly request: ApprovalRequest;
  readonly steps: readonly ApprovalStep[];
  /** Name of the step that waits; null before the first and behind the last one. */
  readonly current: string | null;
  /** In this round: a request that went back begins anew. */
  readonly given: List<GivenApproval & { readonly comment: string | null }>;
  readonly delegations: List<Delegation>;
  /** Names of the steps in which superiors decide as well. */
  readonly escalated: List<string>;
  /** Times of the step that waits; null once they were recorded as passed. */
  readonly remindAt: string | null;
  readonly escalateAt: string | null;
  readonly expiresAt: string | null;
  /** Business time of its latest event. */
  readonly at: string;
}

export type Approval = { readonly status: 'unknown' } | KnownApproval;

const changed = (state: Approval, at: string, change: Partial<KnownApproval>): Approval =>
  state.status === 'unknown' ? state : { ...state, ...change, at: at > state.at ? at : state.at };

const ended = (state: Approval, at: string, status: ApprovalStatus): Approval =>
  changed(state, at, { status, current: null, remindAt: null, escalateAt: null, expiresAt: null });

/** A round that begins: nothing of an earlier one counts. */
function begun(
  flowId: string,
  data: ApprovalEvents['ApprovalSubmitted' | 'ApprovalResubmitted'],
  at: string,
): KnownApproval {
  const { approvalId: _, flowVersion, chartRevision, steps, expiresAt, ...rest } = data;
  const { subject, ownerId, submitterId, beneficiaryId, amount, tier, orgUnitIds, note } = rest;
  return {
    status: 'pending',
    flowId,
    flowVersion,
    chartRevision,
    request: { subject, ownerId, submitterId, beneficiaryId, amount, tier, orgUnitIds, note },
    steps,
    current: null,
    given: List(),
    delegations: List(),
    escalated: List(),
    remindAt: null,
    escalateAt: null,
    expiresAt,
    at,
  };
}

export const approval = decider<Approval, ApprovalEvents>({
  category: 'approval',
  initial: { status: 'unknown' },
  evolve: {
    ApprovalSubmitted: (_, data, at) => begun(data.flowId, data, at),
    ApprovalResubmitted: (state, data, at) => (state.status === 'unknown' ? state : begun(state.flowId, data, at)),
    ApprovalStepStarted: (state, { step, remindAt, escalateAt }, at) =>
      changed(state, at, { current: step, remindAt, escalateAt }),
    ApprovalStepApproved: (state, { step, by, onBehalfOf, comment }, at) =>
      state.status === 'unknown'
        ? state
        : changed(state, at, { given: state.given.push({ step, by, onBehalfOf, comment }) }),
    ApprovalDelegated: (state, { step, from, to }, at) =>
      state.status === 'unknown'
        ? state
        : changed(state, at, {
            steps: withDelegate(state.steps, { step, from, to }),
            delegations: state.delegations.push({ step, from, to }),
          }),
    ApprovalStepAdded: (state, { step, before }, at) =>
      state.status === 'unknown' ? state : changed(state, at, { steps: withStep(state.steps, step, before) }),
    ApprovalApproversResolved: (state, { chartRevision, steps }, at) =>
      state.status === 'unknown' ? state : changed(state, at, { chartRevision, steps: withSteps(state.steps, steps) }),
    ApprovalReminded: (state, _, at) => changed(state, at, { remindAt: null }),
    ApprovalEscalated: (state, data, at) =>
      state.status === 'unknown'
        ? state
        : changed(state, at, {
            escalateAt: null,
            steps: withSuperiors(state.steps, data),
            escalated: state.escalated.push(data.step),
          }),
    ApprovalReturned: (state, _, at) => ended(state, at, 'returned'),
    ApprovalGranted: (state, _, at) => ended(state, at, 'granted'),
    ApprovalRejected: (state, _, at) => ended(state, at, 'rejected'),
    ApprovalWithdrawn: (state, _, at) => ended(state, at, 'withdrawn'),
    ApprovalExpired: (state, _, at) => ended(state, at, 'expired'),
  },
});

/** @throws Missing `approval-unknown` */
export function present(state: Approval, approvalId: string): KnownApproval {
  if (state.status === 'unknown') throw new Missing('approval', approvalId);
  return state;
}

/** A request that was not decided, nor taken back. @throws Missing · Refusal `approval-already-decided` · `approval-expired` */
export function undecided(state: Approval, approvalId: string): KnownApproval {
  const known = present(state, approvalId);
  const { status } = known;
  if (status === 'expired') throw expired(approvalId);
  if (status === 'pending' || status === 'returned') return known;
  throw new Refusal(
    'approval-already-decided',
    `The request was ${status}: that is final.`,
    { approvalId, outcome: status },
    409,
  );
}

/** A request that waits for its approvers. @throws as `undecided` · Refusal `approval-returned` */
export function pending(state: Approval, approvalId: string, now: string): KnownApproval {
  const known = undecided(state, approvalId);
  if (known.status === 'returned') {
    throw new Refusal('approval-returned', 'The request went back to be changed.', { approvalId }, 409);
  }
  if (known.expiresAt !== null && now >= known.expiresAt) throw expired(approvalId);
  return known;
}

const expired = (approvalId: string): Refusal =>
  new Refusal('approval-expired', 'The time for a decision has passed.', { approvalId }, 409);
