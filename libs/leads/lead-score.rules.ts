import { Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import type { Calendar } from '../working-time.js';
import type { GradeLead, RecordLeadModelFailure, RecordLeadScore, ScoreLead } from './commands.js';
import type { LeadEvents, Scored } from './events.js';
import { isOpen, open, present, scoredBy } from './lead.decider.js';
import type { KnownLead, Lead } from './lead.decider.js';
import { gradeOf, scoreOf } from './lead-policy.decider.js';
import type { LeadPolicy } from './lead-policy.decider.js';

type Event = EventOf<LeadEvents>;

/** A version of a calendar. */
export interface Counting {
  readonly calendar: Calendar;
  readonly revision: number;
}

/** What judges a lead: the policy in force, and the calendars that it names. */
export interface Judging {
  readonly policy: LeadPolicy | undefined;
  readonly calendars: ReadonlyMap<string, Counting>;
}

export interface CaptureFacts extends Judging {
  /** An archive is no list of people to be answered. */
  readonly imported: boolean;
}

/**
 * The score and grade that a lead has by now, where they are not those it has. Where a model outside scores leads it is asked, and the
 * points are those until it has answered for the first time.
 */
export function judged(known: KnownLead, leadId: string, { policy, imported }: CaptureFacts): Event[] {
  if (!policy) return [];
  if (policy.model !== 'external' || imported) return judgedByPoints(known, leadId, policy);
  const asked: Event = { type: 'LeadModelAsked', data: { leadId, policyVersion: policy.version } };
  return known.scoredBy === '' ? [...judgedByPoints(known, leadId, policy), asked] : [asked];
}

const judgedByPoints = (known: KnownLead, leadId: string, policy: LeadPolicy): Event[] =>
  scored(known, leadId, policy, scoreOf(policy, known.source, known.details));

function scored(known: KnownLead, leadId: string, policy: LeadPolicy, score: Scored): Event[] {
  const { grade, gradedByHand } = known;
  if (scoredBy(score) === known.scoredBy) return [];
  const events: Event[] = [{ type: 'LeadScored', data: { leadId, ...score } }];
  const to = gradeOf(policy, score.score);
  if (to === grade || gradedByHand) return events;
  return [...events, { type: 'LeadGraded', data: { leadId, from: grade, to, basis: 'score', reason: null } }];
}

/** What a model says of a lead that takes no work any more is passed over. */
export function recordLeadScore(
  state: Lead,
  { leadId, score, factors, modelVersion }: RecordLeadScore,
  _now: string,
  { policy }: Judging,
): Event[] {
  const known = present(state, leadId);
  if (!isOpen(known) || !policy) return [];
  return scored(known, leadId, policy, { score, factors, policyVersion: policy.version, modelVersion });
}

/** The points hold then. */
export function recordLeadModelFailure(
  state: Lead,
  { leadId, failure }: RecordLeadModelFailure,
  _now: string,
  { policy }: Judging,
): Event[] {
  const known = present(state, leadId);
  if (!known.modelAsked) return [];
  const failed: Event = { type: 'LeadModelFailed', data: { leadId, failure } };
  return isOpen(known) && policy ? [failed, ...judgedByPoints(known, leadId, policy)] : [failed];
}

export function scoreLead(state: Lead, { leadId }: ScoreLead, _now: string, facts: CaptureFacts): Event[] {
  const known = open(state, leadId);
  if (!facts.policy)
    throw new Refusal('lead-policy-missing', 'Nothing says yet how leads are scored: publish a policy.');
  return judged(known, leadId, facts);
}

/** Scores do not change a grade that was given by hand. */
export function gradeLead(state: Lead, { leadId, grade: to, reason }: GradeLead): Event[] {
  const { grade: from, gradedByHand } = open(state, leadId);
  if (from === to && gradedByHand) return [];
  return [{ type: 'LeadGraded', data: { leadId, from, to, basis: 'hand', reason } }];
}
