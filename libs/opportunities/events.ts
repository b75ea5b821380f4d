import type { Changes } from '../changes.js';
import type { ContactRole, Owner } from '../customers/events.js';
import type { Tier } from '../tiering.js';
import type { Followed } from '../merged.js';
import type { Money } from '../money.js';
import type { Harmless, Personal } from '../personal.js';

export const stageKinds = ['open', 'won', 'lost', 'void'] as const;
export const forecastCategories = ['omitted', 'pipeline', 'best_case', 'most_likely', 'commit', 'closed'] as const;
export const opportunityGrades = ['A', 'B', 'C', 'D'] as const;
export const opportunitySources = [
  'website',
  'consultation',
  'referral',
  'campaign',
  'event',
  'partner',
  'outbound',
  'existing_customer',
  'other',
] as const;
export const opportunityLossReasons = [
  'price',
  'competitor',
  'no_budget',
  'no_need',
  'no_decision',
  'timing',
  'product',
  'no_response',
  'other',
] as const;
export const visitOutcomes = ['visited', 'not_met', 'interested', 'not_interested', 'appointment_made'] as const;
/** What a gate can ask for. Contacts and their roles are those named for the deal or, failing that, the customer's. */
export const requirements = [
  'customer',
  'activeCustomer',
  'primaryContact',
  'decisionMaker',
  'amount',
  'expectedCloseOn',
  'product',
  'grade',
  'qualified',
  'nextStep',
  'team',
  'visit',
] as const;

export type StageKind = (typeof stageKinds)[number];
export type ForecastCategory = (typeof forecastCategories)[number];
export type OpportunityGrade = (typeof opportunityGrades)[number];
export type OpportunitySource = (typeof opportunitySources)[number];
export type OpportunityLossReason = (typeof opportunityLossReasons)[number];
export type VisitOutcome = (typeof visitOutcomes)[number];
export type Requirement = (typeof requirements)[number];
export type OpportunityStatus = 'open' | 'won' | 'lost' | 'void';

/** One stage of a pipeline. Its id is a readable slug that stays the same from version to version. */
export interface Stage {
  readonly id: string;
  readonly name: string;
  readonly kind: StageKind;
  /** Percent; 100 means won, 0 means lost or void. */
  readonly probability: number;
  readonly forecastCategory: ForecastCategory;
  /** Asked when an opportunity comes in on its way forward, or is closed into this stage. */
  readonly entryGate: readonly Requirement[];
  /** Asked when an opportunity goes on from here; not when it goes back or is lost. */
  readonly exitGate: readonly Requirement[];
  /** After so many days an opportunity is overdue here; null for no limit. */
  readonly maxDays: number | null;
  /** Whether an opportunity may be moved past this stage without entering it. */
  readonly allowSkip: boolean;
  /** Whether an opportunity may be moved from here to an earlier stage. */
  readonly allowBack: boolean;
  /** Whether an opportunity may be won directly from here. */
  readonly allowWin: boolean;
}

/** Who answered for an opportunity when it was closed, for reports: the credit stays with them. */
export type Credit = Omit<Owner, 'name'>;

/** What the customer was like at that time. */
export interface CustomerSnapshot {
  readonly tier: Tier;
  readonly sector: string | null;
  readonly region: string | null;
}

/** One requirement that was asked for on the way to a stage: met, or let pass by an override. */
export interface GateResult {
  readonly gate: 'exit' | 'entry';
  readonly stageId: string;
  readonly requirement: Requirement;
  readonly result: 'met' | 'overridden';
}

/** Everything that can happen to the definition of a pipeline. Stored for ever: add, never rename or remove. */
export type PipelineEvents = {
  /** A pipeline was begun; nothing can be registered in it before it is published. */
  PipelineDrafted: { pipelineId: string; name: string };
  /** The draft of the next version got a stage; `before` is the stage it stands in front of, null at the end. */
  PipelineStageAdded: { pipelineId: string; stage: Stage; before: string | null };
  /** A stage differs in the draft of the next version. */
  PipelineStageChanged: { pipelineId: string; from: Stage; to: Stage };
  /** The stages of the draft stand in this order. */
  PipelineStageReordered: { pipelineId: string; from: readonly string[]; to: readonly string[] };
  /** The next version has no such stage; opportunities of earlier versions keep it. */
  PipelineStageRemoved: { pipelineId: string; stageId: string };
  /** The draft became a version that never changes; what is registered from now on runs under it. */
  PipelinePublished: { pipelineId: string; name: string; version: number; stages: readonly Stage[] };
  /** Nothing new is registered in the pipeline; what runs in it goes on. */
  PipelineRetired: { pipelineId: string; reason: string | null };
};

export interface OpportunityDetails {
  readonly name: string;
  readonly source: OpportunitySource | null;
  readonly product: string | null;
  readonly nextStep: string | null;
}

/** Every event names the customer as far as one was linked, so that what reads a customer's history needs no look-up. */
interface About {
  readonly opportunityId: string;
  readonly customerId: string | null;
}

/** How an opportunity came to its end. */
interface Closing extends About {
  /** When it entered the stage it was closed from. */
  readonly enteredPrevAt: string;
  readonly credit: Credit;
}

/** Everything that can happen to an opportunity, its visits included. Stored for ever: add, never rename or remove. */
export type OpportunityEvents = {
  /** A chance to sell was reported, and began in the first stage. Without customer it is a lead not tied to a company yet. */
  OpportunityRegistered: About & {
    name: string;
    pipelineId: string;
    pipelineVersion: number;
    stageId: string;
    probability: number;
    forecastCategory: ForecastCategory;
    source: OpportunitySource | null;
    product: string | null;
    grade: OpportunityGrade | null;
    amount: Money | null;
    /** `YYYY-MM-DD` */
    expectedCloseOn: string | null;
    nextStep: string | null;
    owner: Owner;
    customer: CustomerSnapshot | null;
  };
  /** It became known which customer it is about; this is said once. */
  OpportunityCustomerLinked: { opportunityId: string; customerId: string; customer: CustomerSnapshot };
  /** It is about another customer, since two were merged, or such a merge was taken back. */
  OpportunityCustomerChanged: {
    opportunityId: string;
    customerId: string;
    from: string;
    mergeId: string;
    /** The merges by which it is about this customer. */
    followed: readonly Followed[];
  };
  /** A contact of the customer plays this role in the deal; said again, the role changes. */
  OpportunityContactLinked: About & { contactId: string; role: ContactRole; isPrimary: boolean };
  /** A contact no longer plays a role in the deal. */
  OpportunityContactUnlinked: About & { contactId: string };
  /** Name, source, product or next step changed. */
  OpportunityDetailsChanged: About & { changes: Changes<OpportunityDetails> };
  /** Somebody looked into it and found a real chance. */
  OpportunityQualified: About & { note: string | null };
  /** It was given another grade. */
  OpportunityGraded: About & { from: OpportunityGrade | null; to: OpportunityGrade; reason: string | null };
  /** It went to another open stage. Amount, close date and probability are those it has there. */
  OpportunityStageChanged: About & {
    from: string;
    to: string;
    /** `skip` goes forward past stages that were never entered. */
    direction: 'forward' | 'back' | 'skip';
    enteredPrevAt: string;
    gateResults: readonly GateResult[];
    amount: Money | null;
    expectedCloseOn: string | null;
    probability: number;
    forecastCategory: ForecastCategory;
  };
  /** Somebody with the right to do so let it pass to a stage without these; counts for the next move only. */
  OpportunityGateOverridden: About & { toStage: string; requirements: readonly Requirement[]; reason: string };
  /** It is worth another amount. */
  OpportunityAmountChanged: About & { from: Money | null; to: Money };
  /** It is expected to close on another day; `pushCount` is how often the day was put off, this time included. */
  OpportunityCloseDateChanged: About & { from: string | null; to: string; pushCount: number };
  /** Its probability is another than that of its stage, until it changes the stage. */
  OpportunityProbabilityOverridden: About & { from: number; to: number; reason: string };
  /** It is forecast in another category than its stage says, until it changes the stage. */
  OpportunityForecastCategoryChanged: About & { from: ForecastCategory; to: ForecastCategory };
  /** Somebody works on it beside the owner; said again, their role changes. */
  OpportunityTeamMemberAdded: About & { employeeId: string; name: string; role: string };
  /** Somebody no longer works on it. */
  OpportunityTeamMemberRemoved: About & { employeeId: string };
  /** A visit to the customer is to take place. */
  VisitPlanned: About & {
    visitId: string;
    visitorId: string;
    plannedFor: string;
    purpose: string;
    contactIds: readonly string[];
  };
  /** The visitor arrived: degrees, and metres of accuracy. `late` when it was written down more than a day afterwards. */
  VisitCheckedIn: About & {
    visitId: string;
    visitorId: string;
    lat: number;
    lng: number;
    accuracy: number;
    late: boolean;
  };
  /** What the visit came to. A next step replaces that of the opportunity. */
  VisitReported: About & {
    visitId: string;
    visitorId: string;
    outcome: VisitOutcome;
    summary: string;
    nextStep: string | null;
  };
  /** Somebody else answers for it from now on. */
  OpportunityOwnerChanged: About & {
    from: Owner;
    to: Owner;
    reason: string | null;
    /** The transfer that moved it. */
    transferId?: string;
  };
  /** The customer decided for us. */
  OpportunityWon: Closing & {
    fromStage: string;
    toStage: string;
    gateResults: readonly GateResult[];
    /** Null where it was imported and the source did not know it; 0 where it was won for nothing. */
    amount: Money | null;
    product: string | null;
  };
  /** The customer decided against us. */
  OpportunityLost: Closing & {
    /** The stage it was in when it was lost; reports show it there. */
    lostFromStage: string;
    toStage: string;
    gateResults: readonly GateResult[];
    reason: OpportunityLossReason;
    competitor: string | null;
    note: string | null;
    amount: Money | null;
  };
  /** It was registered in error, twice, or became meaningless: neither won nor lost. Not every pipeline has a stage for it. */
  OpportunityVoided: Closing & { fromStage: string; toStage: string | null; reason: string };
  /** It was closed too early and goes on; what it was closed as stays in the history. */
  OpportunityReopened: About & {
    was: 'won' | 'lost' | 'void';
    fromStage: string;
    toStage: string;
    reason: string;
    amount: Money | null;
    expectedCloseOn: string | null;
    probability: number;
    forecastCategory: ForecastCategory;
  };
};

/** Personal values, and whose they are: names of employees, and what is written about a customer. */
export const personal = {
  OpportunityRegistered: [
    { of: 'customerId', paths: ['name', 'nextStep'] },
    { of: 'owner.employeeId', paths: ['owner.name'] },
  ],
  OpportunityDetailsChanged: [
    {
      of: 'customerId',
      paths: ['changes.name.from', 'changes.name.to', 'changes.nextStep.from', 'changes.nextStep.to'],
    },
  ],
  OpportunityQualified: [{ of: 'customerId', paths: ['note'] }],
  OpportunityGraded: [{ of: 'customerId', paths: ['reason'] }],
  OpportunityGateOverridden: [{ of: 'customerId', paths: ['reason'] }],
  OpportunityProbabilityOverridden: [{ of: 'customerId', paths: ['reason'] }],
  OpportunityTeamMemberAdded: [{ of: 'employeeId', paths: ['name', 'role'] }],
  VisitPlanned: [{ of: 'customerId', paths: ['purpose'] }],
  VisitCheckedIn: [{ of: 'visitorId', paths: ['lat', 'lng'] }],
  VisitReported: [{ of: 'customerId', paths: ['summary', 'nextStep'] }],
  OpportunityOwnerChanged: [
    { of: 'from.employeeId', paths: ['from.name'] },
    { of: 'to.employeeId', paths: ['to.name'] },
    { of: 'customerId', paths: ['reason'] },
  ],
  OpportunityLost: [{ of: 'customerId', paths: ['note'] }],
  OpportunityVoided: [{ of: 'customerId', paths: ['reason'] }],
  OpportunityReopened: [{ of: 'customerId', paths: ['reason'] }],
} as const satisfies Personal<OpportunityEvents>;

/** Pipelines and their stages, products, regions, companies we compete with, choices from lists. */
export const harmless = {
  PipelineDrafted: ['name'],
  PipelineStageAdded: ['stage.name'],
  PipelineStageChanged: ['from.name', 'to.name'],
  PipelinePublished: ['name', 'stages[].name'],
  PipelineRetired: ['reason'],
  OpportunityRegistered: ['product', 'customer.region'],
  OpportunityDetailsChanged: ['changes.product.from', 'changes.product.to'],
  OpportunityWon: ['product'],
  OpportunityLost: ['reason', 'competitor'],
} as const satisfies Harmless<PipelineEvents & OpportunityEvents>;
