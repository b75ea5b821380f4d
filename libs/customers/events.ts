import type { AssignmentReference } from '../assignment/events.js';
import type { Changes } from '../changes.js';
import type { CarriedDealings } from '../dealings.js';
import type { Followed } from '../merged.js';
import type { Money } from '../money.js';
import type { Harmless, Personal } from '../personal.js';
import type { SegmentInput } from '../segmenting.js';
import type { ScoredInput, Tier } from '../tiering.js';

export const customerKinds = ['org', 'person'] as const;
export const interactionChannels = ['call', 'visit', 'email', 'sms', 'chat', 'web', 'meeting'] as const;
export const directions = ['inbound', 'outbound'] as const;
export const contactChannels = ['email', 'phone', 'wechat', 'post'] as const;
export const contactRoles = ['decision_maker', 'influencer', 'user', 'finance', 'technical', 'other'] as const;
export const assignmentBases = ['supervisor', 'rule', 'claim', 'transfer', 'import'] as const;
export const consentPurposes = ['marketing', 'service', 'survey'] as const;
export const lossReasons = ['competitor', 'price', 'no_need', 'out_of_business', 'unreachable', 'other'] as const;

/** What a customer is as long as it takes part in business. */
export const livingStatuses = ['prospect', 'active', 'dormant', 'lost'] as const;
/** `archived` was registered by mistake and put away; `merged` is the same as another customer, which stands for both. */
export const customerStatuses = [...livingStatuses, 'archived', 'merged'] as const;
/** Whose value a merged customer has. */
export const mergeChoices = ['survivor', 'loser'] as const;
export const tagChoices = ['survivor', 'both'] as const;

export type CustomerKind = (typeof customerKinds)[number];
export type LivingStatus = (typeof livingStatuses)[number];
export type CustomerStatus = (typeof customerStatuses)[number];
export type InteractionChannel = (typeof interactionChannels)[number];
export type Direction = (typeof directions)[number];
export type ContactChannelKind = (typeof contactChannels)[number];
export type ContactRole = (typeof contactRoles)[number];
export type AssignmentBasis = (typeof assignmentBases)[number];
export type ConsentPurpose = (typeof consentPurposes)[number];
export type CustomerLossReason = (typeof lossReasons)[number];

/** Who answers for a customer, and where they sat in the structure at that time. */
export interface Owner {
  readonly employeeId: string;
  readonly name: string;
  readonly orgUnitId: string | null;
  readonly managerId: string | null;
}

/** What is known of a customer; null where it is not. */
export interface CustomerDetails {
  readonly name: string;
  readonly taxId: string | null;
  readonly domain: string | null;
  readonly phone: string | null;
  /** Industry the customer works in. */
  readonly sector: string | null;
  readonly region: string | null;
  /** Where the customer came from: a channel, a campaign, a partner. */
  readonly source: string | null;
  /** A year; older than the registration, of course. */
  readonly establishedIn: number | null;
  readonly employees: number | null;
  readonly annualRevenue: Money | null;
}

export type DetailChoices = { readonly [Field in keyof CustomerDetails]?: (typeof mergeChoices)[number] | undefined };

/** How two customers become one. A field without a choice has the value of the survivor; where that is not known, the loser's. */
export interface MergeTerms {
  readonly choices: DetailChoices;
  readonly tags: (typeof tagChoices)[number];
}

export const segmentLeavings = ['conditions', 'segment-retired', 'customer-gone'] as const;
export type SegmentLeaving = (typeof segmentLeavings)[number];

/** A time in which a customer belongs to a segment. */
export interface SegmentStay {
  readonly customerId: string;
  readonly segmentId: string;
  /** The version that was asked last. */
  readonly version: number;
  /** Counts the stays of a customer in a segment, from 1. */
  readonly stay: number;
}

export interface ContactChannel {
  readonly kind: ContactChannelKind;
  /** An address in the form of its kind: e-mail address, E.164 number. */
  readonly value: string;
}

export interface ContactDetails {
  readonly name: string;
  readonly title: string | null;
  readonly role: ContactRole;
  readonly channels: readonly ContactChannel[];
  /** `YYYY-MM-DD` */
  readonly birthday: string | null;
}

export interface InteractionDetails {
  readonly channel: InteractionChannel;
  readonly direction: Direction;
  readonly summary: string;
  readonly contactIds: readonly string[];
  readonly durationMinutes: number | null;
  readonly location: string | null;
  readonly nextStep: string | null;
}

/** What a recycling rule was decided on: times, null where it never was. */
export interface RecyclingEvidence {
  readonly ownerSince: string;
  readonly lastFollowUpAt: string | null;
  readonly lastOpportunityAt: string | null;
  readonly lastDealAt: string | null;
  readonly protectedUntil: string | null;
  readonly postponedUntil: string | null;
}

/** A recycling that is ahead: by a rule of a version of a pool's rules. */
export interface RecyclingPlan {
  readonly poolId: string;
  readonly poolVersion: number;
  readonly rule: string;
  /** When the rule's conditions have come, if nothing happens until then. */
  readonly conditionsAt: string;
  /** When the customer is recycled: no earlier, and not before the owner was warned as long as the rules promise. */
  readonly dueAt: string;
  /** When the next warning is due, or the recycling. */
  readonly nextAt: string;
}

/** What a tier was decided on: with the version of the policy it can be computed again by hand. */
export interface TierEvidence {
  readonly policyVersion: number;
  readonly score: number;
  readonly inputs: readonly ScoredInput[];
}

/** Everything that can happen to a customer, its contacts included. Stored for ever: add, never rename or remove. */
export type CustomerEvents = {
  /** A person or a company became a customer. It has no owner before one is assigned. */
  CustomerRegistered: {
    customerId: string;
    kind: CustomerKind;
    details: CustomerDetails;
    tier: Tier;
    tags: readonly string[];
    parentCustomerId: string | null;
    /** Customers of the same name and region that were shown and accepted as different ones. */
    acceptedDuplicates: readonly string[];
  };
  /** The customer changed: what we knew was right until now. */
  CustomerDetailsChanged: { customerId: string; changes: Changes<CustomerDetails> };
  /** What we knew was wrong from the start. */
  CustomerDetailsCorrected: { customerId: string; changes: Changes<CustomerDetails> };
  /** A tag was put on the customer. */
  CustomerTagged: { customerId: string; tag: string };
  /** A tag was taken off the customer. */
  CustomerUntagged: { customerId: string; tag: string };
  /**
   * The customer belongs to another one, or no longer does. Where it followed a merge of the one that it belonged to, or went
   * back, the merges by which it belongs to this one are named.
   */
  CustomerParentLinked: {
    customerId: string;
    from: string | null;
    to: string | null;
    followed?: readonly Followed[];
  };
  /** Somebody else answers for the customer from now on: why, where that was said, and by which decision of a rule. */
  CustomerOwnerAssigned: {
    customerId: string;
    from: Owner | null;
    to: Owner;
    basis: AssignmentBasis;
    /** The transfer that moved it. */
    transferId?: string;
    reason?: string;
    assignment?: AssignmentReference;
  };
  /** A member of the pool takes the customer out of it; the assignment follows at once. The day is that of the pool's zone. */
  CustomerClaimed: {
    customerId: string;
    poolId: string;
    poolVersion: number;
    employeeId: string;
    pooledSince: string;
    day: string;
    /** Claims of this person from this pool on that day, with this one. */
    claimsOfDay: number;
    /** Customers this person holds, with this one. */
    held: number;
  };
  /** Nobody answers for the customer any more: it lies in the pool. */
  CustomerReleasedToPool: {
    customerId: string;
    poolId: string;
    from: Owner;
    by: 'owner' | 'supervisor' | 'rule';
    reason: string | null;
  };
  /** The customer lies in another pool, since its own was given up. */
  CustomerPoolChanged: { customerId: string; from: string; to: string };
  /** The owner keeps the customer out of pools, for good or until a time. */
  CustomerLocked: { customerId: string; ownerId: string; until: string | null; reason: string | null };
  /** The customer can go to a pool again. */
  CustomerUnlocked: { customerId: string; ownerId: string; because: 'by-hand' | 'ended' };
  /** The customer stays with its owner until a time. */
  CustomerProtectionStarted: { customerId: string; ownerId: string; until: string; reason: string };
  /** The protection is over. */
  CustomerProtectionEnded: { customerId: string; because: 'by-hand' | 'ended' };
  /** A rule of a pool will recycle the customer, or none will. The clock looks again at the next time. */
  CustomerRecyclingPlanned: { customerId: string; plan: RecyclingPlan | null };
  /** The owner is told that the customer goes back into the pool, so many days before. */
  RecyclingWarned: {
    customerId: string;
    ownerId: string;
    daysBefore: number;
    plan: RecyclingPlan;
    evidence: RecyclingEvidence;
  };
  /** No rule recycles the customer before this time. */
  RecyclingPostponed: { customerId: string; until: string; reason: string };
  /** A rule put the customer back into the pool; the release follows at once. */
  CustomerRecycled: { customerId: string; ownerId: string; plan: RecyclingPlan; evidence: RecyclingEvidence };
  /** Somebody with the right to do so moved the customer to another tier by hand: until a moment, or for good where none is said. */
  CustomerTierOverridden: { customerId: string; from: Tier; to: Tier; reason: string; until?: string };
  /** The moment until which a tier was set by hand has come; the customer has the one of before, to be evaluated anew. */
  CustomerTierOverrideExpired: { customerId: string; from: Tier; to: Tier; until: string };
  /** The score of the customer reaches a higher tier. `retroactive` says that a fact which was learnt late would have led there before. */
  CustomerTierUpgraded: {
    customerId: string;
    from: Tier;
    to: Tier;
    reviewAt: string | null;
    retroactive: { since: string } | null;
  } & TierEvidence;
  /** The score of the customer does not keep its tier, and a grace is over where the policy has one. */
  CustomerTierDowngraded: { customerId: string; from: Tier; to: Tier; reviewAt: string | null } & TierEvidence;
  /** The score of the customer no longer keeps its tier: it comes lower unless the score recovers in time. */
  CustomerTierDowngradeDue: { customerId: string; from: Tier; to: Tier; dueAt: string } & TierEvidence;
  /** The score of the customer recovered in time: its tier stays. */
  CustomerTierDowngradeAverted: { customerId: string; tier: Tier; reviewAt: string | null } & TierEvidence;
  /** A look at the tier changed nothing but when the next one is due: time alone brings it lower then, if anything does. */
  CustomerTierEvaluated: { customerId: string; tier: Tier; reviewAt: string | null } & TierEvidence;
  /** Nothing was heard of the customer for long. */
  CustomerWentDormant: { customerId: string; reason: string };
  /** A dormant or lost customer is one again: active when it ever bought something. */
  CustomerReactivated: { customerId: string; status: 'prospect' | 'active'; reason: string };
  /** The customer left us. */
  CustomerLost: { customerId: string; reason: CustomerLossReason; note: string | null };
  /** The customer was registered by mistake; nothing refers to it. */
  CustomerArchived: { customerId: string; reason: string };
  /** The archiving is taken back: something came to refer to the customer while it was decided. The kinds of it are named. */
  CustomerRestored: { customerId: string; status: 'prospect' | 'active' | 'dormant' | 'lost'; references: string[] };
  /** The customer is the same as another one, which stands for both from now on: this one takes nothing more. */
  CustomerMerged: {
    customerId: string;
    survivorId: string;
    mergeId: string;
    reason: string;
    before: { status: LivingStatus; ownerId: string | null; poolId: string | null };
  } & MergeTerms;
  /** The customer stands for another one too: with what was dealt with that, and what it has of its details and tags. */
  CustomerAbsorbed: {
    customerId: string;
    loserId: string;
    mergeId: string;
    /** The loser, and those that were merged into it before. */
    loserIds: readonly string[];
    loserTaxId: string | null;
    loserTags: readonly string[];
    changes: Changes<CustomerDetails>;
    /** Tags that it did not have. */
    tags: readonly string[];
    status: LivingStatus;
    /** Of the loser, with those that were merged into it. */
    dealings: CarriedDealings;
  };
  /** A person came along when customers were merged, or went back: all that is known of it then. */
  ContactTakenOver: {
    customerId: string;
    contactId: string;
    from: string;
    details: ContactDetails;
    isPrimary: boolean;
    active: boolean;
    consents: readonly { channel: ContactChannelKind; purpose: ConsentPurpose }[];
    bounced: readonly string[];
  };
  /**
   * The customer is one of its own again, with what it was. `refused` is the code for which the survivor could not take it;
   * what it had of times to be watched begins again.
   */
  CustomerUnmerged: {
    customerId: string;
    survivorId: string;
    mergeId: string;
    status: LivingStatus;
    reason: string | null;
    refused: string | null;
    contactIds: readonly string[];
    primaryContactId: string | null;
    watched: { lock: string | null; protection: string | null; recycling: string | null; tier: string | null };
  };
  /** The customer no longer stands for the other one: what it had of it and has not changed since goes back. */
  CustomerSeparated: {
    customerId: string;
    loserId: string;
    mergeId: string;
    loserIds: readonly string[];
    changes: Changes<CustomerDetails>;
    /** Tags that it no longer has. */
    tags: readonly string[];
    status: CustomerStatus;
    contactIds: readonly string[];
    primaryContactId: string | null;
    /** What is left: its own, with those that are merged into it still. */
    dealings: CarriedDealings;
  };
  /** The customer belongs to a segment. `inputs` are what its conditions found. */
  SegmentMemberEntered: SegmentStay & { inputs: readonly SegmentInput[] };
  /** The customer does not belong to the segment any more; without inputs where it was given up, or the customer was put away. */
  SegmentMemberLeft: SegmentStay & { because: SegmentLeaving; inputs: readonly SegmentInput[] };
  /** Time alone could bring the customer into a segment or out of one, not before this; null where it cannot. */
  SegmentReviewPlanned: { customerId: string; reviewAt: string | null };
  /** A person at the customer became known. The first one is the primary contact. */
  ContactAdded: { customerId: string; contactId: string; details: ContactDetails; isPrimary: boolean };
  /** A person at the customer changed. */
  ContactChanged: { customerId: string; contactId: string; changes: Changes<ContactDetails> };
  /** Another person is the first one to talk to. */
  PrimaryContactChanged: { customerId: string; from: string | null; to: string };
  /** A person agreed to be addressed on a channel for a purpose; `proof` says where that can be seen. */
  ContactConsentGiven: {
    customerId: string;
    contactId: string;
    channel: ContactChannelKind;
    purpose: ConsentPurpose;
    proof: string;
  };
  /** A person no longer agrees. Always accepted, and in force at once. */
  ContactConsentWithdrawn: {
    customerId: string;
    contactId: string;
    channel: ContactChannelKind;
    purpose: ConsentPurpose;
  };
  /** A message to this address came back: it does not work. */
  ContactChannelBounced: { customerId: string; contactId: string; channel: ContactChannelKind; value: string };
  /** A person is no longer to be addressed. */
  ContactDisabled: { customerId: string; contactId: string; reason: string; nextPrimaryId: string | null };
  /** We and the customer spoke, met or wrote. `ownerId` answered for the customer then. */
  InteractionLogged: { customerId: string; interactionId: string; ownerId: string | null } & InteractionDetails;
  /** What was written down about an interaction was wrong. */
  InteractionCorrected: { customerId: string; interactionId: string; changes: Changes<InteractionDetails> };
  /** The customer bought something. The first purchase makes a prospect an active customer. */
  PurchaseRecorded: {
    customerId: string;
    purchaseId: string;
    amount: Money;
    product: string | null;
    /** Number of the order or invoice where it comes from. */
    reference: string | null;
    opportunityId: string | null;
    ownerId: string | null;
    /** How many, how much: of what the product is counted or measured in. Absent where that was not said. */
    quantity?: number;
  };
};

/** How many customers one employee holds: the boundary of the holding limit. */
export type PortfolioEvents = {
  /** A place for the customer was taken in the employee's portfolio: together with the assignment, or ahead of it where the log cannot do both at once. */
  PortfolioPlaceReserved: { employeeId: string; customerId: string };
  /** The place is free again: the customer went to somebody else, or never came. */
  PortfolioPlaceReleased: { employeeId: string; customerId: string };
};

/** How many customers an owner keeps out of pools: the boundary of the lock limit. */
export type LockEvents = {
  /** The owner locked the customer. */
  CustomerLockReserved: { employeeId: string; customerId: string };
  /** The lock is free again. */
  CustomerLockReleased: { employeeId: string; customerId: string };
};

/** One value that only one customer may have: the guard of uniqueness across streams. */
export type IdentifierEvents = {
  /** The identifier belongs to this customer. The stream is named after a hash of the value. */
  CustomerIdentifierReserved: { identifierId: string; customerId: string };
  /** The identifier is free again. */
  CustomerIdentifierReleased: { identifierId: string; customerId: string };
};

const changedDetails = [
  'changes.name.from',
  'changes.name.to',
  'changes.taxId.from',
  'changes.taxId.to',
  'changes.domain.from',
  'changes.domain.to',
  'changes.phone.from',
  'changes.phone.to',
] as const;

/** Personal values, and whose they are. A customer can be a person, so that its details are personal whatever its kind. */
export const personal = {
  CustomerRegistered: [
    { of: 'customerId', paths: ['details.name', 'details.taxId', 'details.domain', 'details.phone'] },
  ],
  CustomerDetailsChanged: [{ of: 'customerId', paths: changedDetails }],
  CustomerDetailsCorrected: [{ of: 'customerId', paths: changedDetails }],
  CustomerOwnerAssigned: [
    { of: 'from.employeeId', paths: ['from.name'] },
    { of: 'to.employeeId', paths: ['to.name'] },
    { of: 'customerId', paths: ['reason'] },
  ],
  CustomerReleasedToPool: [
    { of: 'from.employeeId', paths: ['from.name'] },
    { of: 'customerId', paths: ['reason'] },
  ],
  CustomerLocked: [{ of: 'customerId', paths: ['reason'] }],
  CustomerProtectionStarted: [{ of: 'customerId', paths: ['reason'] }],
  RecyclingPostponed: [{ of: 'customerId', paths: ['reason'] }],
  CustomerTierOverridden: [{ of: 'customerId', paths: ['reason'] }],
  CustomerWentDormant: [{ of: 'customerId', paths: ['reason'] }],
  CustomerReactivated: [{ of: 'customerId', paths: ['reason'] }],
  CustomerLost: [{ of: 'customerId', paths: ['note'] }],
  CustomerArchived: [{ of: 'customerId', paths: ['reason'] }],
  CustomerMerged: [{ of: 'customerId', paths: ['reason'] }],
  CustomerAbsorbed: [
    { of: 'customerId', paths: changedDetails },
    { of: 'loserId', paths: ['loserTaxId'] },
  ],
  CustomerUnmerged: [{ of: 'customerId', paths: ['reason'] }],
  CustomerSeparated: [{ of: 'customerId', paths: changedDetails }],
  ContactTakenOver: [
    {
      of: 'contactId',
      paths: ['details.name', 'details.title', 'details.channels[].value', 'details.birthday', 'bounced[]'],
    },
  ],
  ContactAdded: [
    { of: 'contactId', paths: ['details.name', 'details.title', 'details.channels[].value', 'details.birthday'] },
  ],
  ContactChanged: [
    {
      of: 'contactId',
      paths: [
        'changes.name.from',
        'changes.name.to',
        'changes.title.from',
        'changes.title.to',
        'changes.channels.from[].value',
        'changes.channels.to[].value',
        'changes.birthday.from',
        'changes.birthday.to',
      ],
    },
  ],
  ContactConsentGiven: [{ of: 'contactId', paths: ['proof'] }],
  ContactChannelBounced: [{ of: 'contactId', paths: ['value'] }],
  ContactDisabled: [{ of: 'contactId', paths: ['reason'] }],
  InteractionLogged: [{ of: 'customerId', paths: ['summary', 'location', 'nextStep'] }],
  InteractionCorrected: [
    {
      of: 'customerId',
      paths: [
        'changes.summary.from',
        'changes.summary.to',
        'changes.location.from',
        'changes.location.to',
        'changes.nextStep.from',
        'changes.nextStep.to',
      ],
    },
  ],
} as const satisfies Personal<CustomerEvents>;

/** Groups that customers belong to, choices from lists, what a policy calls its inputs, things, and numbers of documents. */
export const harmless = {
  CustomerRegistered: ['details.region', 'tags[]'],
  CustomerDetailsChanged: ['changes.region.from', 'changes.region.to'],
  CustomerDetailsCorrected: ['changes.region.from', 'changes.region.to'],
  CustomerTagged: ['tag'],
  CustomerLost: ['reason'],
  CustomerMerged: ['choices.name'],
  CustomerAbsorbed: [
    'loserTags[]',
    'dealings.purchaseDays[].products[]',
    'tags[]',
    'changes.region.from',
    'changes.region.to',
  ],
  CustomerSeparated: ['tags[]', 'dealings.purchaseDays[].products[]', 'changes.region.from', 'changes.region.to'],
  CustomerTierUpgraded: ['inputs[].name'],
  CustomerTierDowngraded: ['inputs[].name'],
  CustomerTierDowngradeDue: ['inputs[].name'],
  CustomerTierDowngradeAverted: ['inputs[].name'],
  CustomerTierEvaluated: ['inputs[].name'],
  SegmentMemberEntered: ['inputs[].name', 'inputs[].value[]'],
  SegmentMemberLeft: ['inputs[].name', 'inputs[].value[]'],
  PurchaseRecorded: ['product', 'reference'],
} as const satisfies Harmless<CustomerEvents>;
