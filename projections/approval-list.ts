import { openApprovers, withDelegate, withStep, withSteps, withSuperiors } from '../libs/approvals/events.js';
import type { ApprovalEvents, ApprovalRequest, ApprovalStatus, ApprovalStep } from '../libs/approvals/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';

/** How it went with a step, for one approver or for all. */
export interface StepOutcome {
  readonly step: string;
  readonly outcome: 'approved' | 'rejected' | 'returned' | 'withdrawn' | 'expired';
  /** The person who decided; null where time did. */
  readonly by: string | null;
  readonly onBehalfOf: string | null;
  /** The comment or the reason. */
  readonly text: string | null;
  /** Since when it had waited for that person. */
  readonly since: string;
  readonly at: string;
  /** Which submission it was about, from 1. */
  readonly round: number;
}

/** A request for approval as a list and its page show it. */
export interface ApprovalItem extends ApprovalRequest {
  readonly approvalId: string;
  readonly flowId: string;
  readonly flowVersion: number;
  readonly status: ApprovalStatus;
  /** Revision of the organisation's stream in which its approvers were found. */
  readonly chartRevision: number;
  readonly steps: readonly ApprovalStep[];
  /** The step that waits, and since when. */
  readonly currentStep: string | null;
  readonly stepSince: string | null;
  /** People who may decide now: approvers, and superiors of those who take too long. */
  readonly waitingFor: readonly string[];
  readonly outcomes: readonly StepOutcome[];
  readonly delegations: readonly { readonly step: string; readonly from: string; readonly to: string }[];
  readonly round: number;
  readonly submittedAt: string;
  readonly expiresAt: string | null;
  readonly remindedAt: string | null;
  readonly escalatedAt: string | null;
  readonly endedAt: string | null;
  /** Why it was granted; null otherwise. */
  readonly because: ApprovalEvents['ApprovalGranted']['because'] | null;
  readonly revision: number;
}

/** With what it is found by. */
export interface ApprovalLine extends ApprovalItem {
  /** Everybody who is or was an approver of one of its steps in this round. */
  readonly approverIds: readonly string[];
}

export const approvalItem = ({ approverIds: _, ...item }: ApprovalLine): ApprovalItem => item;

type Event<Type extends keyof ApprovalEvents> = Recorded<ApprovalEvents, Type>;

export const approvalList = projection<ApprovalLine, ApprovalEvents>({
  name: 'approval-list',
  version: 1,
  id: ({ data }) => data.approvalId,
  stream: (approvalId) => `approval-${approvalId}`,
  indexes: [['submittedAt']],
  filters: ['status', 'subject.kind', 'subject.id', 'flowId', 'submitterId', 'beneficiaryId'],
  lists: ['approverIds', 'waitingFor'],
  starts: {
    ApprovalSubmitted: (event) => ({
      ...begun(event),
      flowId: event.data.flowId,
      round: 1,
      outcomes: [],
    }),
  },
  on: {
    ApprovalResubmitted: ({ flowId, round, outcomes }, event) => ({
      ...begun(event),
      flowId,
      round: round + 1,
      outcomes,
    }),
    ApprovalStepStarted: (line, { data: { step }, occurredAt, revision }) =>
      waiting(line, { currentStep: step, stepSince: occurredAt, remindedAt: null, escalatedAt: null, revision }),
    ApprovalStepApproved: (line, event) => {
      const { comment: text } = event.data;
      return waiting(line, {
        outcomes: [...line.outcomes, outcomeOf(line, event, 'approved', text)],
        revision: event.revision,
      });
    },
    ApprovalDelegated: (line, { data, revision }) => {
      const { step, from, to } = data;
      const delegations = [...line.delegations, { step, from, to }];
      return waiting(line, { steps: withDelegate(line.steps, data), delegations, revision });
    },
    ApprovalStepAdded: (line, { data: { step, before }, revision }) =>
      waiting(line, { steps: withStep(line.steps, step, before), revision }),
    ApprovalApproversResolved: (line, { data: { steps, chartRevision }, revision }) =>
      waiting(line, { steps: withSteps(line.steps, steps), chartRevision, revision }),
    ApprovalReminded: (line, { occurredAt, revision }) => ({ ...line, remindedAt: occurredAt, revision }),
    ApprovalEscalated: (line, { data, occurredAt, revision }) =>
      waiting(line, { steps: withSuperiors(line.steps, data), escalatedAt: occurredAt, revision }),
    ApprovalReturned: (line, event) =>
      ended(line, event, 'returned', outcomeOf(line, event, 'returned', event.data.reason)),
    ApprovalRejected: (line, event) =>
      ended(line, event, 'rejected', outcomeOf(line, event, 'rejected', event.data.reason)),
    ApprovalWithdrawn: (line, event) => {
      const { currentStep: step } = line;
      const { by, reason } = event.data;
      const own = { ...event, data: { step: step ?? '', by, onBehalfOf: null } };
      return ended(line, event, 'withdrawn', step === null ? null : outcomeOf(line, own, 'withdrawn', reason));
    },
    ApprovalExpired: (line, event) => {
      const { currentStep: step } = line;
      const own = { ...event, data: { step: step ?? '', by: null, onBehalfOf: null } };
      return ended(line, event, 'expired', step === null ? null : outcomeOf(line, own, 'expired', null));
    },
    ApprovalGranted: (line, event) => ({ ...ended(line, event, 'granted', null), because: event.data.because }),
  },
});

/** A round that begins. */
function begun({ data, occurredAt, revision }: Event<'ApprovalSubmitted' | 'ApprovalResubmitted'>) {
  const { steps } = data;
  const { approvalId, subject, ownerId, submitterId, beneficiaryId, amount, tier, orgUnitIds, note } = data;
  return {
    approvalId,
    subject,
    ownerId,
    submitterId,
    beneficiaryId,
    amount,
    tier,
    orgUnitIds,
    note,
    flowVersion: data.flowVersion,
    status: 'pending' as const,
    chartRevision: data.chartRevision,
    steps,
    currentStep: null,
    stepSince: null,
    waitingFor: [],
    approverIds: approversOf(steps),
    delegations: [],
    submittedAt: occurredAt,
    expiresAt: data.expiresAt,
    remindedAt: null,
    escalatedAt: null,
    endedAt: null,
    because: null,
    revision,
  };
}

const approversOf = (steps: readonly ApprovalStep[]): string[] => [
  ...new Set(steps.flatMap(({ approvers }) => approvers.map(({ employeeId }) => employeeId))),
];

/** What was agreed to in this round. */
const givenIn = ({ outcomes, round }: ApprovalLine) =>
  outcomes.flatMap(({ step, by, onBehalfOf, outcome, round: of }) =>
    of === round && outcome === 'approved' && by !== null ? [{ step, by, onBehalfOf }] : [],
  );

/** The request once it has changed, with the people whom it waits for then. */
function waiting(before: ApprovalLine, change: Partial<ApprovalLine>): ApprovalLine {
  const line = { ...before, ...change };
  const step = line.steps.find(({ name }) => name === line.currentStep);
  const open = step ? openApprovers(step, givenIn(line)) : [];
  const waitingFor = open.flatMap(({ employeeId, escalatedTo }) =>
    escalatedTo === null ? [employeeId] : [employeeId, escalatedTo],
  );
  return {
    ...line,
    waitingFor: [...new Set(waitingFor)],
    approverIds: [...new Set([...line.approverIds, ...approversOf(line.steps)])],
  };
}

/** Steps in order wait for an approver since the one before has agreed. */
function outcomeOf(
  { stepSince, steps, outcomes, round }: ApprovalLine,
  { data, occurredAt }: { readonly data: Pick<StepOutcome, 'step' | 'by' | 'onBehalfOf'>; readonly occurredAt: string },
  outcome: StepOutcome['outcome'],
  text: string | null,
): StepOutcome {
  const { step, by, onBehalfOf } = data;
  const inOrder = steps.some(({ name, mode }) => name === step && mode === 'in-order');
  const before = inOrder ? outcomes.findLast((each) => each.step === step && each.round === round) : undefined;
  return { step, outcome, by, onBehalfOf, text, since: before?.at ?? stepSince ?? occurredAt, at: occurredAt, round };
}

const ended = (
  line: ApprovalLine,
  { occurredAt, revision }: { readonly occurredAt: string; readonly revision: number },
  status: ApprovalStatus,
  outcome: StepOutcome | null,
): ApprovalLine => ({
  ...line,
  status,
  currentStep: null,
  stepSince: null,
  waitingFor: [],
  outcomes: outcome === null ? line.outcomes : [...line.outcomes, outcome],
  endedAt: occurredAt,
  revision,
});
