import type { Harmless, Personal } from '../personal.js';
import type { Tier } from '../tiering.js';

/** The one policy there is for transfers. */
export const transferPolicyId = 'main';

export const transferSubjects = ['customer', 'opportunity', 'lead'] as const;
export type TransferSubjectKind = (typeof transferSubjects)[number];

/** What is to be handed over. */
export interface TransferSubject {
  readonly kind: TransferSubjectKind;
  readonly id: string;
}

export const opportunityModes = ['none', 'open', 'all', 'listed'] as const;
export const taskModes = ['none', 'open'] as const;

/** What goes along with a customer. */
export interface TransferInclude {
  readonly opportunities: (typeof opportunityModes)[number];
  /** Where they are listed. */
  readonly opportunityIds: readonly string[];
  readonly tasks: (typeof taskModes)[number];
  /** Whether what belongs to others than the owner goes along as well. */
  readonly ofOthers: boolean;
}

/** One thing that is moved: a subject, or what goes along with one. */
export interface TransferItem {
  readonly kind: TransferSubjectKind | 'task';
  readonly id: string;
  /** Who has it; null for a task that nobody does. */
  readonly fromOwnerId: string | null;
  /** The customer with which it goes along: it is moved once that is. Null for a subject. */
  readonly withCustomerId: string | null;
}

export const transferStatuses = [
  'draft',
  'submitted',
  'returned',
  'approved',
  'executing',
  'completed',
  'partially-completed',
  'failed',
  'rejected',
  'withdrawn',
  'expired',
] as const;
export type TransferStatus = (typeof transferStatuses)[number];

/** How an approval ended, as far as a transfer is concerned. */
export const approvalOutcomes = ['granted', 'rejected', 'returned', 'withdrawn', 'expired', 'refused'] as const;
export type ApprovalOutcome = (typeof approvalOutcomes)[number];

type About = { transferId: string };
type ItemOf = { item: Pick<TransferItem, 'kind' | 'id'> };

/** What a form asks for. */
export interface TransferForm {
  /** Employee who asks for it: the owner, or one of the owner's superiors. */
  readonly requesterId: string;
  readonly fromOwnerId: string;
  readonly toOwnerId: string;
  readonly subjects: readonly TransferSubject[];
  readonly include: TransferInclude;
  readonly reason: string;
}

/** Everything that can happen to a transfer. Stored for ever: add, never rename or remove. */
export type TransferEvents = {
  /** A form was filled in. `reverts` is the transfer of which it gives back what was moved. */
  TransferDrafted: About & TransferForm & { reverts: string | null };

  /** The form says something else now. */
  TransferAmended: About & TransferForm;

  /** The form was handed in: its subjects are held, and an approval is asked for. */
  TransferSubmitted: About & {
    policyVersion: number;
    flowId: string;
    approvalId: string;
    requesterId: string;
    fromOwnerId: string;
    toOwnerId: string;
    subjects: readonly TransferSubject[];
    /** Units of the two people. */
    orgUnitIds: readonly string[];
    /** The highest of the customers'; null without any. */
    tier: Tier | null;
    reason: string;
  };

  /** The approvers gave the form back to be changed. */
  TransferReturned: About & { approvalId: string };

  /** The approvers agreed. */
  TransferApproved: About & { approvalId: string };

  /** The approvers refused, or the approval could not be asked for. */
  TransferRejected: About & { approvalId: string; code: string | null };

  /** The form was taken back. */
  TransferWithdrawn: About & { reason: string | null };

  /** The time for a decision has passed. */
  TransferExpired: About & { approvalId: string };

  /** What is moved was found, and is being moved: subjects first, what goes along after its customer. */
  TransferExecutionStarted: About & { fromOwnerId: string; toOwnerId: string; items: readonly TransferItem[] };

  /** Something has its new owner; what goes along with it is moved next. */
  TransferItemMoved: About & ItemOf & { toOwnerId: string; next: readonly TransferItem[] };

  /** Something stays where it is, by the code of a rule. */
  TransferItemSkipped: About & ItemOf & { code: string };

  /** Every item has its outcome. */
  TransferCompleted: About & {
    outcome: 'completed' | 'partially-completed' | 'failed';
    moved: number;
    skipped: number;
    /** The transfer of which it gave back what it could. */
    reverts: string | null;
  };

  /** Another transfer gave back what it could of what this one moved. */
  TransferReverted: About & { by: string; givenBack: number; kept: number };
};

/** How transfers are approved, in versions of which none changes. */
export type TransferPolicyEvents = {
  /** This holds for transfers from now on. */
  TransferPolicyPublished: {
    version: number;
    /** The flow that approves transfers. */
    flowId: string;
    /** Days after its completion within which a transfer can be given back. */
    revertDays: number;
  };
};

/** What cannot be handed over a second time meanwhile: one open transfer for each thing. */
export type TransferHoldEvents = {
  /** An open transfer holds it. */
  TransferSubjectHeld: { subjectId: string; transferId: string };
  /** It is free again. */
  TransferSubjectFreed: { subjectId: string; transferId: string };
};

/** Personal values, and whose they are: what people write about customers. */
export const personal = {
  TransferDrafted: [{ of: 'requesterId', paths: ['reason'] }],
  TransferSubmitted: [{ of: 'requesterId', paths: ['reason'] }],
  TransferAmended: [{ of: 'requesterId', paths: ['reason'] }],
  TransferWithdrawn: [{ of: 'transferId', paths: ['reason'] }],
} as const satisfies Personal<TransferEvents>;

export const harmless = {} as const satisfies Harmless<TransferEvents>;
