import type { Money } from '../money.js';
import type { Harmless, Personal } from '../personal.js';
import type { Tier } from '../tiering.js';

/** The one desk there is: the set of all approvals that are pending. */
export const approvalDeskId = 'main';

/** What is approved. Its context knows what the id names. */
export const approvalSubjects = ['transfer', 'contract', 'discount', 'write-off', 'registration', 'other'] as const;
export interface ApprovalSubject {
  readonly kind: (typeof approvalSubjects)[number];
  readonly id: string;
}

export const approvalStatuses = ['pending', 'returned', 'granted', 'rejected', 'withdrawn', 'expired'] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

/** `all` and `in-order` take every approver of a step, `any` takes one of them. */
export const stepModes = ['all', 'any', 'in-order'] as const;
export type StepMode = (typeof stepModes)[number];

export const approverKinds = ['position', 'superior', 'head', 'person'] as const;
export type ApproverKind = (typeof approverKinds)[number];

/** How an approver is found in the structure. */
export interface ApproverRule {
  readonly by: ApproverKind;
  /** The position, the unit whose head it is, or the person; null for a superior. */
  readonly id: string | null;
  /** How many levels above the owner of the subject a superior is, from 1; null for the others. */
  readonly levels: number | null;
}

/** What a step is needed for: for all that every condition fits which is given. */
export interface StepCondition {
  /** An amount in another currency cannot be compared, and counts as reached. */
  readonly amountAtLeast: Money | null;
  /** Empty for any. */
  readonly tiers: readonly Tier[];
  /** Whether more than one department is concerned; teams belong to the department above them. */
  readonly crossesDepartments: boolean | null;
}

export interface FlowStep {
  readonly name: string;
  readonly approvers: readonly ApproverRule[];
  readonly mode: StepMode;
  readonly when: StepCondition;
}

/** Why a person who is looked for cannot simply be asked. */
export type Hindrance = 'vacant' | 'absent' | 'submitter' | 'beneficiary' | 'repeated';

/** What is done about each hindrance, by its name. */
export const hindranceAnswers = {
  vacant: ['superior', 'skip', 'refuse'],
  absent: ['deputy', 'superior', 'wait', 'skip', 'refuse'],
  submitter: ['superior', 'ask', 'skip', 'refuse'],
  beneficiary: ['superior', 'ask', 'skip', 'refuse'],
  repeated: ['skip', 'superior', 'ask', 'refuse'],
} as const;

export type FlowAnswers = { readonly [Why in Hindrance]: (typeof hindranceAnswers)[Why][number] };

/** What a version of a flow says. Hours are those of the clock. */
export interface FlowContent {
  readonly name: string;
  readonly steps: readonly FlowStep[];
  readonly answers: FlowAnswers;
  /** From the start of a step on. */
  readonly remindAfterHours: number | null;
  readonly escalateAfterHours: number | null;
  /** From the submission on. */
  readonly expireAfterHours: number | null;
}

/** Why a person is an approver: what the flow names, or what was added by hand. */
export interface Because {
  readonly by: ApproverKind | 'added';
  /** The position, the unit or the person that is named; whose superior it is; in an added step the person who added it. */
  readonly id: string;
  /** Title of the position or name of the unit at that time. */
  readonly name: string | null;
  readonly levels: number | null;
}

/** A person, or an empty place, in whose stead another person is asked. */
export interface Replaced {
  readonly employeeId: string | null;
  readonly why: Hindrance | 'delegated';
}

export interface Approver {
  readonly employeeId: string;
  readonly because: Because;
  /** The first one is the person who was looked for. Empty for that person. */
  readonly replaced: readonly Replaced[];
  /** A superior who may decide for this approver since the step waits too long. */
  readonly escalatedTo: string | null;
}

/** An approver that the flow names and that is not asked. */
export interface NotAsked {
  readonly employeeId: string | null;
  readonly because: Because;
  readonly why: Hindrance;
}

/** A step of a request, with the people that the structure of that moment has for it. */
export interface ApprovalStep {
  readonly name: string;
  readonly mode: StepMode;
  /** Place of the step in the flow; null for one that was added. */
  readonly flowStep: number | null;
  readonly approvers: readonly Approver[];
  /** Left out, as the flow says for their case. */
  readonly omitted: readonly NotAsked[];
  /** Needed and not found: the step waits until the structure has them. */
  readonly unfilled: readonly NotAsked[];
  /** The condition that does not hold, or why all approvers are left out; null for a step that takes a decision. */
  readonly skipped: 'amount' | 'tier' | 'departments' | Hindrance | null;
}

/** What is asked for: the subject, and what of it decides on the steps. */
export interface ApprovalRequest {
  readonly subject: ApprovalSubject;
  /** Employee who answers for the subject. */
  readonly ownerId: string;
  readonly submitterId: string;
  /** Employee to whom it is of use, such as the new owner of a customer. */
  readonly beneficiaryId: string | null;
  readonly amount: Money | null;
  readonly tier: Tier | null;
  /** Units that are concerned. */
  readonly orgUnitIds: readonly string[];
  readonly note: string | null;
}

interface Resolution {
  readonly flowVersion: number;
  /** Revision of the organisation's stream. */
  readonly chartRevision: number;
  readonly steps: readonly ApprovalStep[];
}

type About = { approvalId: string; subject: ApprovalSubject };

/** Everything that can happen to a request for approval. Stored for ever: add, never rename or remove. */
export type ApprovalEvents = {
  /** Somebody asked for an approval; the approvers were found in the structure of that moment. */
  ApprovalSubmitted: { approvalId: string; flowId: string; expiresAt: string | null } & ApprovalRequest & Resolution;

  /** A step waits for its approvers from now on. */
  ApprovalStepStarted: About & { step: string; remindAt: string | null; escalateAt: string | null };

  /** An approver agreed, or a person in the stead of that approver. */
  ApprovalStepApproved: About & { step: string; by: string; onBehalfOf: string | null; comment: string | null };

  /** An approver passed a step on to a colleague. */
  ApprovalDelegated: About & { step: string; from: string; to: string };

  /** An approver asked further people; the step comes before `before`, or last. */
  ApprovalStepAdded: About & { by: string; step: ApprovalStep; before: string | null };

  /** The structure has other approvers by now for steps that are not decided. */
  ApprovalApproversResolved: About & {
    chartRevision: number;
    steps: readonly ApprovalStep[];
    because: 'structure' | 'absence' | 'decision';
  };

  /** A step waits so long that its approvers are reminded. */
  ApprovalReminded: About & { step: string; approverIds: readonly string[] };

  /** A step waits so long that the superiors of its approvers may decide as well. */
  ApprovalEscalated: About & { step: string; added: readonly { employeeId: string; superiorOf: string }[] };

  /** The request goes back to be changed. */
  ApprovalReturned: About & { step: string; by: string; onBehalfOf: string | null; reason: string };

  /** A request that went back is asked for again, from the first step on. */
  ApprovalResubmitted: { approvalId: string; expiresAt: string | null } & ApprovalRequest & Resolution;

  /** Every step that applies was agreed to, or none applies. */
  ApprovalGranted: About & { because: 'every-step-approved' | 'no-step-applies' };

  /** An approver refused. */
  ApprovalRejected: About & { step: string; by: string; onBehalfOf: string | null; reason: string };

  /** The submitter took the request back. */
  ApprovalWithdrawn: About & { by: string; reason: string | null };

  /** The time for a decision has passed. */
  ApprovalExpired: About & { expiresAt: string };
};

/** Everything that can happen to a flow. */
export type ApprovalFlowEvents = {
  /** A version of the flow holds for requests from now on. */
  ApprovalFlowPublished: { flowId: string; version: number } & FlowContent;

  /** The flow takes no requests any more. Those that are pending go on. */
  ApprovalFlowRetired: { flowId: string };
};

/** Everything that can happen to the desk. */
export type ApprovalDeskEvents = {
  /** A request is pending, with approvers of this revision of the organisation's stream. */
  ApprovalPutOnDesk: { approvalId: string; chartRevision: number };

  /** A request is pending no longer. */
  ApprovalTakenOffDesk: { approvalId: string };

  /** The structure has changed while these requests are pending. */
  ApprovalReviewDue: { chartRevision: number; approvalIds: readonly string[] };
};

/** Personal values, and whose they are: what people write. */
export const personal = {
  ApprovalSubmitted: [{ of: 'submitterId', paths: ['note'] }],
  ApprovalResubmitted: [{ of: 'submitterId', paths: ['note'] }],
  ApprovalStepApproved: [{ of: 'by', paths: ['comment'] }],
  ApprovalReturned: [{ of: 'by', paths: ['reason'] }],
  ApprovalRejected: [{ of: 'by', paths: ['reason'] }],
  ApprovalWithdrawn: [{ of: 'by', paths: ['reason'] }],
} as const satisfies Personal<ApprovalEvents>;

/** Names of steps, positions and units. */
export const harmless = {
  ApprovalFlowPublished: ['name', 'steps[].name'],
  ApprovalSubmitted: ['steps[].name', 'steps[].approvers[].because.name', 'steps[].omitted[].because.name'],
  ApprovalResubmitted: ['steps[].name', 'steps[].approvers[].because.name', 'steps[].omitted[].because.name'],
  ApprovalApproversResolved: [
    'steps[].name',
    'steps[].approvers[].because.name',
    'steps[].omitted[].because.name',
    'steps[].unfilled[].because.name',
  ],
  ApprovalStepStarted: ['step'],
  ApprovalStepApproved: ['step'],
  ApprovalDelegated: ['step'],
  ApprovalStepAdded: ['step.name', 'step.approvers[].because.name', 'before'],
  ApprovalReminded: ['step'],
  ApprovalEscalated: ['step'],
  ApprovalReturned: ['step'],
  ApprovalRejected: ['step'],
} as const satisfies Harmless<ApprovalEvents & ApprovalFlowEvents>;

/** Approvals that were given in the present round, each for one approver. */
export interface GivenApproval {
  readonly step: string;
  readonly by: string;
  readonly onBehalfOf: string | null;
}

/** Whether an approver, or a person in the stead of that approver, has agreed to a step. */
export const hasAgreed = (given: readonly GivenApproval[], step: string, employeeId: string): boolean =>
  given.some((each) => each.step === step && (each.onBehalfOf ?? each.by) === employeeId);

/** The approvers of a step that have not decided; of a step in order the next one only. */
export function openApprovers({ name, mode, approvers }: ApprovalStep, given: readonly GivenApproval[]): Approver[] {
  const open = approvers.filter(({ employeeId }) => !hasAgreed(given, name, employeeId));
  return mode === 'in-order' ? open.slice(0, 1) : open;
}

/** The steps with others of the same names in place of theirs. */
export const withSteps = (steps: readonly ApprovalStep[], others: readonly ApprovalStep[]): ApprovalStep[] =>
  steps.map((step) => others.find(({ name }) => name === step.name) ?? step);

/** The steps with one more, before the one that is named, or at the end. */
export function withStep(steps: readonly ApprovalStep[], added: ApprovalStep, before: string | null): ApprovalStep[] {
  const at = before === null ? steps.length : steps.findIndex(({ name }) => name === before);
  return [...steps.slice(0, at), added, ...steps.slice(at)];
}

/** The steps once superiors may decide for the approvers of one of them. */
export const withSuperiors = (
  steps: readonly ApprovalStep[],
  { step, added }: ApprovalEvents['ApprovalEscalated'],
): ApprovalStep[] =>
  withApprovers(steps, step, (approver) => {
    const superior = added.find(({ superiorOf }) => superiorOf === approver.employeeId);
    return { ...approver, escalatedTo: superior?.employeeId ?? null };
  });

/** The steps once an approver of one of them has passed it on. */
export const withDelegate = (
  steps: readonly ApprovalStep[],
  { step, from, to }: Pick<ApprovalEvents['ApprovalDelegated'], 'step' | 'from' | 'to'>,
): ApprovalStep[] =>
  withApprovers(steps, step, (approver) => {
    if (approver.employeeId !== from) return approver;
    const replaced: Replaced[] = [...approver.replaced, { employeeId: from, why: 'delegated' }];
    return { ...approver, employeeId: to, replaced, escalatedTo: null };
  });

const withApprovers = (steps: readonly ApprovalStep[], step: string, change: (approver: Approver) => Approver) =>
  steps.map((each) => (each.name === step ? { ...each, approvers: each.approvers.map(change) } : each));
