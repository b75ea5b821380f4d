import type { AssignmentReference } from '../assignment/events.js';
import type { Changes } from '../changes.js';
import type { Followed } from '../merged.js';
import type { Money } from '../money.js';
import type { Harmless, Personal } from '../personal.js';

export const leadChannels = [
  'web',
  'phone',
  'email',
  'chat',
  'event',
  'referral',
  'partner',
  'advertising',
  'other',
] as const;
export type LeadChannel = (typeof leadChannels)[number];

export const leadAssignmentBases = ['capture', 'supervisor', 'recycled', 'rule', 'transfer', 'claim'] as const;
export type LeadAssignmentBasis = (typeof leadAssignmentBases)[number];

export const leadGrades = ['A', 'B', 'C', 'D'] as const;
export type LeadGrade = (typeof leadGrades)[number];

export const leadStatuses = [
  'new',
  'assigned',
  'contacted',
  'qualified',
  'unqualified',
  'recycled',
  'duplicate',
  'converted',
] as const;
export type LeadStatus = (typeof leadStatuses)[number];

/** Statuses in which a lead takes work. */
export const openStatuses = ['new', 'assigned', 'contacted', 'qualified'] as const satisfies LeadStatus[];

export const disqualifications = [
  'no-need',
  'no-budget',
  'no-authority',
  'not-reachable',
  'wrong-fit',
  'spam',
  'other',
] as const;
export type Disqualification = (typeof disqualifications)[number];

export const responseChannels = ['call', 'email', 'sms', 'chat', 'meeting', 'visit'] as const;
export type ResponseChannel = (typeof responseChannels)[number];

/** Where a lead came from. Null says that it is not known. */
export interface LeadSource {
  readonly channel: LeadChannel;
  readonly campaign: string | null;
  readonly partner: string | null;
}

/** A person, a company or both, who may become a customer. Null says that it is not known. */
export interface LeadDetails {
  readonly personName: string | null;
  readonly personTitle: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly companyName: string | null;
  readonly domain: string | null;
  readonly sector: string | null;
  readonly region: string | null;
  /** What they asked or said. */
  readonly message: string | null;
}

/** What a lead has points for. */
export const scoredFields = [
  'channel',
  'campaign',
  'partner',
  'sector',
  'region',
  'personTitle',
  'email',
  'phone',
  'companyName',
  'domain',
] as const;
export type ScoredField = (typeof scoredFields)[number];

/** Points for a lead whose field has one of these values, compared as names are; for any value that is known where there is none. */
export interface ScoreFactor {
  readonly name: string;
  readonly field: ScoredField;
  readonly values: readonly string[];
  /** May be below zero. */
  readonly points: number;
}

/** The least scores of the grades; below that of C it is D. */
export interface GradeThresholds {
  readonly A: number;
  readonly B: number;
  readonly C: number;
}

/** How soon a lead is to be answered: the first rule that fits it holds. */
export interface ResponseRule {
  /** Empty for all. */
  readonly grades: readonly LeadGrade[];
  readonly channels: readonly LeadChannel[];
  readonly calendarId: string;
  /** Minutes of working time of the calendar. */
  readonly minutes: number;
}

/** Who scores leads: the points of the policy, or a model outside, with the points until it has answered and where it fails. */
export const leadModels = ['points', 'external'] as const;
export type LeadModelKind = (typeof leadModels)[number];

/** Why a model gave no score. */
export const modelFailures = [
  'missing',
  'unreachable',
  'timeout',
  'status',
  'redirect',
  'too-large',
  'invalid',
] as const;
export type ModelFailure = (typeof modelFailures)[number];

export interface ScorePart {
  readonly name: string;
  readonly points: number;
}

/** What was computed, and out of what. */
export interface Scored {
  /** From 0 to 100. */
  readonly score: number;
  readonly factors: readonly ScorePart[];
  readonly policyVersion: number;
  /** Of the model outside that said it; absent where points were added up. */
  readonly modelVersion?: string;
}

/** A customer that might be the same, and by what. */
export interface LeadMatch {
  readonly customerId: string;
  readonly by: readonly ('name' | 'domain' | 'phone' | 'email')[];
}

/** What a lead becomes. Its ids are known before the rest of the program has made them. */
export interface Conversion {
  readonly customerId: string;
  readonly customer: 'created' | 'linked';
  readonly contactId: string | null;
  /** What became of the person: without an address or a number none is a contact. Absent in what was recorded before there was this field. */
  readonly contact?: 'created' | 'known' | 'no-address' | 'no-person';
  readonly opportunity: {
    readonly opportunityId: string;
    readonly pipelineId: string;
    readonly name: string;
    readonly amount: Money | null;
  } | null;
}

/** Everything that can happen to a lead. Stored for ever: add, never rename or remove. */
export type LeadEvents = {
  /** Somebody came who may become a customer. */
  LeadCaptured: { leadId: string; source: LeadSource; details: LeadDetails };

  /** Something else is known of the lead. */
  LeadDetailsChanged: { leadId: string; changes: Changes<LeadDetails> };

  /** A note was written. */
  LeadNoted: { leadId: string; text: string };

  /** What speaks for the lead was added up by a policy, or said by a model outside. */
  LeadScored: { leadId: string } & Scored;

  /** A model outside is to score the lead. */
  LeadModelAsked: { leadId: string; policyVersion: number };

  /** The model outside gave no score. */
  LeadModelFailed: { leadId: string; failure: ModelFailure };

  /** The lead has another grade: by its score, or by hand with a reason. */
  LeadGraded: { leadId: string; from: LeadGrade | null; to: LeadGrade; basis: 'score' | 'hand'; reason: string | null };

  /** The lead is to be answered by a moment, by a rule of a policy and on a version of a calendar. */
  LeadResponseDue: {
    leadId: string;
    since: string;
    dueAt: string;
    minutes: number;
    calendarId: string;
    calendarRevision: number;
    policyVersion: number;
  };

  /** Another employee answers for the lead, or nobody: why, where that was said, and by which decision of a rule. */
  LeadAssigned: {
    leadId: string;
    from: string | null;
    to: string | null;
    basis: LeadAssignmentBasis;
    /** The transfer that moved it. */
    transferId?: string;
    reason?: string;
    assignment?: AssignmentReference;
  };

  /** A member of the pool in which the lead lay claimed it, as the given one of the day. */
  LeadClaimed: {
    leadId: string;
    poolId: string;
    poolVersion: number;
    employeeId: string;
    pooledSince: string;
    day: string;
    claimsOfDay: number;
  };

  /** Its owner gave the lead back: it lies in a pool. */
  LeadReturnedToPool: { leadId: string; poolId: string; from: string; reason: string };

  /** The lead lies in another pool, since the one before is not used any more. */
  LeadPoolChanged: { leadId: string; from: string; to: string };

  /** The lead was spoken to. */
  LeadContacted: { leadId: string; channel: ResponseChannel; summary: string; ownerId: string | null };

  /** The first answer came in time. */
  LeadFirstResponseMet: { leadId: string; dueAt: string; ownerId: string | null };

  /** The first answer did not come in time. */
  LeadFirstResponseBreached: { leadId: string; dueAt: string; ownerId: string | null };

  /** The lead is worth an offer. */
  LeadQualified: { leadId: string; note: string | null };

  /** The lead leads nowhere. */
  LeadDisqualified: { leadId: string; reason: Disqualification; note: string | null };

  /** The lead goes back to be warmed up, and has no owner. */
  LeadRecycled: { leadId: string; reason: string };

  /** A lead that was closed or recycled is worked on again. */
  LeadReopened: { leadId: string; reason: string };

  /** The lead is the same as another one, or as a customer. */
  LeadMarkedDuplicate: { leadId: string; of: { kind: 'lead' | 'customer'; id: string } };

  /** The lead became a customer, or part of one. What might have been the same was known, and what was chosen. */
  LeadConverted: {
    leadId: string;
    ownerId: string;
    details: LeadDetails;
    source: LeadSource;
    matched: readonly LeadMatch[];
  } & Conversion;

  /** The customer that it was converted to is another one, since two were merged, or such a merge was taken back. */
  LeadCustomerChanged: {
    leadId: string;
    customerId: string;
    from: string;
    mergeId: string;
    /** The merges by which it is this customer. */
    followed: readonly Followed[];
  };
  /** Part of a conversion was refused afterwards. Without its customer, the lead is as it was before. */
  LeadConversionFailed: { leadId: string; part: 'customer' | 'contact' | 'opportunity'; code: string; detail: string };
};

/** How leads are judged, in versions of which none changes. Stored for ever: add, never rename or remove. */
export type LeadPolicyEvents = {
  /** This holds for leads from now on. */
  LeadPolicyPublished: {
    policyId: string;
    version: number;
    factors: readonly ScoreFactor[];
    grades: GradeThresholds;
    responses: readonly ResponseRule[];
    /** Points where it is not said. */
    model?: LeadModelKind;
  };
};

const personalDetails = [
  'details.personName',
  'details.personTitle',
  'details.email',
  'details.phone',
  'details.companyName',
  'details.domain',
  'details.message',
] as const;

/** Personal values, and whose they are. A partner may be a person. */
export const personal = {
  LeadCaptured: [
    {
      of: 'leadId',
      paths: [...personalDetails, 'source.partner'],
    },
  ],
  LeadDetailsChanged: [
    {
      of: 'leadId',
      paths: [
        'changes.personName.from',
        'changes.personName.to',
        'changes.personTitle.from',
        'changes.personTitle.to',
        'changes.email.from',
        'changes.email.to',
        'changes.phone.from',
        'changes.phone.to',
        'changes.companyName.from',
        'changes.companyName.to',
        'changes.domain.from',
        'changes.domain.to',
        'changes.message.from',
        'changes.message.to',
      ],
    },
  ],
  LeadNoted: [{ of: 'leadId', paths: ['text'] }],
  LeadAssigned: [{ of: 'leadId', paths: ['reason'] }],
  LeadReturnedToPool: [{ of: 'leadId', paths: ['reason'] }],
  LeadGraded: [{ of: 'leadId', paths: ['reason'] }],
  LeadContacted: [{ of: 'leadId', paths: ['summary'] }],
  LeadQualified: [{ of: 'leadId', paths: ['note'] }],
  LeadDisqualified: [{ of: 'leadId', paths: ['note'] }],
  LeadRecycled: [{ of: 'leadId', paths: ['reason'] }],
  LeadReopened: [{ of: 'leadId', paths: ['reason'] }],
  LeadConverted: [
    {
      of: 'leadId',
      paths: [...personalDetails, 'source.partner', 'opportunity.name'],
    },
  ],
} as const satisfies Personal<LeadEvents & LeadPolicyEvents>;

/** Choices from lists, what a policy calls its factors, and what a refusal says of things. */
export const harmless = {
  LeadDisqualified: ['reason'],
  LeadScored: ['factors[].name'],
  LeadPolicyPublished: ['factors[].name'],
  LeadConversionFailed: ['detail'],
} as const satisfies Harmless<LeadEvents & LeadPolicyEvents>;
