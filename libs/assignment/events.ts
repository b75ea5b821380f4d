import type { Harmless, Personal } from '../personal.js';

/** What is given out: each has a desk of its own. */
export const deskKinds = ['leads', 'customers'] as const;
export type DeskKind = (typeof deskKinds)[number];

export const assignmentMethods = ['round-robin', 'least-loaded', 'weighted'] as const;
export type AssignmentMethod = (typeof assignmentMethods)[number];

/** Why the desk itself passes a person over; any other word is the code by which their assignment was refused. */
export const passedOverReasons = [
  'absent',
  'suspended',
  'leaving',
  'left',
  'lacks-skill',
  'lacks-language',
  'at-cap',
  'out-of-hours',
] as const;

/** How the person was chosen among several: the method alone, the longest wait, or a hash of subject and person. */
export const ties = ['none', 'waiting', 'hash'] as const;
export type Tie = (typeof ties)[number];

/** What a rule gives out. An empty list, or one that is not said of this kind of subject, fits all. */
export interface AssignmentCriteria {
  readonly regions: readonly string[];
  readonly sectors: readonly string[];
  /** Of customers. */
  readonly tiers: readonly string[];
  /** Of leads. */
  readonly grades: readonly string[];
  /** Of leads. */
  readonly channels: readonly string[];
}

/** To which people it is given: to everybody who is in one of these. */
export interface AssignmentScope {
  /** With the units below them. */
  readonly orgUnitIds: readonly string[];
  readonly positionIds: readonly string[];
  readonly employeeIds: readonly string[];
}

/** What is done where none of the rule's people is left; null for nothing. */
export type AssignmentFallback =
  { readonly kind: 'rule'; readonly id: string } | { readonly kind: 'employee'; readonly id: string } | null;

/** How subjects are given out. */
export interface AssignmentRule {
  readonly ruleId: string;
  readonly name: string;
  /** Of the rules that fit a subject, the one with the lowest number holds. */
  readonly priority: number;
  readonly criteria: AssignmentCriteria;
  readonly scope: AssignmentScope;
  readonly method: AssignmentMethod;
  /** For the method `weighted`; people who are not named weigh 1. */
  readonly weights: readonly { readonly employeeId: string; readonly weight: number }[];
  /** Most open subjects of one person; null for any number. */
  readonly cap: number | null;
  /** What a person needs, all of it. */
  readonly needs: { readonly skills: readonly string[]; readonly languages: readonly string[] };
  /** The rule gives out in these working hours only; null for always. */
  readonly workingHoursCalendarId: string | null;
  readonly fallback: AssignmentFallback;
}

export interface AssignmentSubject {
  readonly kind: 'lead' | 'customer';
  readonly id: string;
}

/** A person who could have been chosen, as the desk saw them. */
export interface AssignmentCandidate {
  readonly employeeId: string;
  /** Open subjects; null where the rule does not ask for them. */
  readonly load: number | null;
  /** Null where the rule does not weigh. */
  readonly weight: number | null;
  /** When the rule chose the person last; null for never. */
  readonly waitingSince: string | null;
}

export interface PassedOver {
  /** The rule that would have chosen among others. */
  readonly ruleId: string;
  readonly employeeId: string;
  /** One of `passedOverReasons`, or the code by which an assignment to the person was refused. */
  readonly why: string;
}

/** The decision by which something came to its owner, in events of what was assigned. */
export interface AssignmentReference {
  readonly assignmentId: string;
  readonly ruleId: string;
  readonly ruleVersion: number;
}

/** What is carried out of a decision. */
export interface DecidedFacts {
  readonly assignment: AssignmentReference;
  /** Owner of the subject when it was decided. */
  readonly from: string | null;
  readonly chosen: string;
}

interface OfAssignment extends AssignmentReference {
  readonly deskId: string;
  readonly subject: AssignmentSubject;
  /** Owner before: none, or one who is suspended or has left. */
  readonly from: string | null;
  readonly passedOver: readonly PassedOver[];
}

/** Everything that happens at a desk that gives out leads or customers. Stored for ever: add, never rename or remove. */
export type AssignmentEvents = {
  /** Subjects that fit are given out by this rule from now on; an earlier version of it holds no longer. */
  AssignmentRulePublished: AssignmentRule & { deskId: string; deskKind: DeskKind; version: number };

  /** The rule gives nothing out any more. */
  AssignmentRuleRetired: { deskId: string; ruleId: string; version: number; reason: string };

  /** A person was chosen for a subject: out of these, by the rule that is named, and why others were not. */
  AssignmentDecided: OfAssignment & { candidates: readonly AssignmentCandidate[]; chosen: string; tie: Tie };

  /** Of the rule's people, and of those it falls back on, none could be chosen. */
  AssignmentFailed: OfAssignment;

  /** The subject could not be assigned to the person who was chosen, by the code of a refusal. It is as if they had not been. */
  AssignmentPassedOver: {
    deskId: string;
    assignmentId: string;
    subject: AssignmentSubject;
    chosen: string;
    code: string;
  };

  /** The subject has the owner who was chosen. */
  AssignmentConfirmed: { deskId: string; assignmentId: string; subject: AssignmentSubject; chosen: string };
};

/** Nothing here is about a person but ids. */
export const personal = {} as const satisfies Personal<AssignmentEvents>;

/** What a company calls its rules, what it asks of people for them, and why it gave one up. */
export const harmless = {
  AssignmentRulePublished: ['name', 'criteria.regions[]', 'needs.skills[]', 'needs.languages[]'],
  AssignmentRuleRetired: ['reason'],
} as const satisfies Harmless<AssignmentEvents>;
