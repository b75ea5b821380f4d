import { Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { dayNumber, fallenTo, fallsOn, isHigher, isKept, reachedBy, scoreOn } from '../tiering.js';
import type { Tier, TierRules, TierScore } from '../tiering.js';
import { addDays } from '../time.js';
import type { EvaluateCustomerTier, FollowCustomerTier, OverrideCustomerTier } from './commands.js';
import { present } from './customer.decider.js';
import type { Customer } from './customer.decider.js';
import type { CustomerEvents } from './events.js';
import { tierStandingAfter } from './tier-standing.decider.js';
import type { TierStanding } from './tier-standing.decider.js';

type Event = EventOf<CustomerEvents>;

/** A policy as an evaluation needs it. */
export interface VersionedRules extends TierRules {
  readonly version: number;
}

export interface TierFacts {
  /** Nothing before one is published. */
  readonly policy: VersionedRules | undefined;
}

/** When a customer is evaluated, and why. */
interface Moment {
  readonly at: string;
  /** Business time of the fact that it follows from, where that is not known to be `at`. */
  readonly fact?: string;
}

/** The beginning of a day, counted from 1970 on. */
const beginningOf = (day: number): string => addDays('1970-01-01T00:00:00.000Z', day);

/** When time alone could bring the customer lower, at the earliest: the clock looks then. */
function reviewOf(policy: TierRules, tier: Tier, standing: TierStanding, at: string): string | null {
  const day = fallsOn(policy, tier, standing, dayNumber(at));
  return day === undefined ? null : beginningOf(day);
}

/**
 * What a policy makes of a customer at a moment: one change of tier at most, and nothing where nothing changes.
 * @returns events whose business time is the moment, but for the end of a tier that was set by hand, which has its own
 */
export function evaluated(
  customerId: string,
  standing: TierStanding,
  policy: VersionedRules | undefined,
  moment: Moment,
): Event[] {
  const { byHand } = standing;
  if (typeof byHand?.until !== 'string') return policy ? judged(customerId, standing, policy, moment) : [];
  if (moment.at < byHand.until) return [];
  const { until, before: to } = byHand;
  const data = { customerId, from: standing.tier, to, until };
  const expired: Event = { type: 'CustomerTierOverrideExpired', data, occurredAt: until };
  const without = tierStandingAfter.CustomerTierOverrideExpired(standing, data, until);
  return [expired, ...(policy ? judged(customerId, without, policy, moment) : [])];
}

function judged(customerId: string, standing: TierStanding, policy: VersionedRules, { at, fact }: Moment): Event[] {
  const { tier, byHand, graceUntil } = standing;
  const found = scoreOn(policy, standing, dayNumber(at));
  const reached = reachedBy(policy, found.score);
  const evidence = { policyVersion: policy.version, ...found };
  if (isHigher(reached, tier)) {
    const retroactive = earlier(policy, standing, reached, fact, at);
    const reviewAt = reviewOf(policy, reached, standing, at);
    const data = { customerId, from: tier, to: reached, ...evidence, reviewAt, retroactive };
    return [{ type: 'CustomerTierUpgraded', data, occurredAt: at }];
  }
  if (byHand) return [];
  if (isKept(policy, tier, found.score)) return kept(customerId, standing, policy, at, evidence);
  const to = fallenTo(policy, tier, found.score);
  if (graceUntil === null && policy.graceDays > 0) {
    const dueAt = addDays(at, policy.graceDays);
    const data = { customerId, from: tier, to, ...evidence, dueAt };
    return [{ type: 'CustomerTierDowngradeDue', data, occurredAt: at }];
  }
  if (graceUntil !== null && at < graceUntil) return [];
  const reviewAt = reviewOf(policy, to, standing, at);
  return [
    { type: 'CustomerTierDowngraded', data: { customerId, from: tier, to, ...evidence, reviewAt }, occurredAt: at },
  ];
}

/** A tier that stays: told only where a grace ends with it, or where the clock needs another time. */
function kept(
  customerId: string,
  standing: TierStanding,
  policy: VersionedRules,
  at: string,
  evidence: TierScore & { readonly policyVersion: number },
): Event[] {
  const { tier, graceUntil, reviewAt: before } = standing;
  const reviewAt = reviewOf(policy, tier, standing, at);
  const data = { customerId, tier, ...evidence, reviewAt };
  if (graceUntil !== null) return [{ type: 'CustomerTierDowngradeAverted', data, occurredAt: at }];
  // Looks that began on different days see the same fall a little earlier or later: that is no reason for another time.
  const isLate = reviewAt !== null && (before === null || before >= addDays(reviewAt, policy.reviewDays));
  const isPast = before !== null && before <= at;
  return isLate || isPast ? [{ type: 'CustomerTierEvaluated', data, occurredAt: at }] : [];
}

/** Since when a fact that is learnt late would have led to the tier, where it is a day at least. */
function earlier(
  policy: TierRules,
  standing: TierStanding,
  reached: Tier,
  fact: string | undefined,
  at: string,
): { readonly since: string } | null {
  if (fact === undefined || dayNumber(fact) >= dayNumber(at)) return null;
  const then = reachedBy(policy, scoreOn(policy, standing, dayNumber(fact)).score);
  return isHigher(reached, then) ? null : { since: fact };
}

/** A decision is never about a moment before the last one. */
const notBefore = ({ decidedAt }: TierStanding, at: string): string => (at < decidedAt ? decidedAt : at);

/** Sent by hand and by the clock. @throws Refusal `tier-policy-missing` */
export function evaluateTier(
  state: Customer,
  { customerId }: EvaluateCustomerTier,
  now: string,
  { policy }: TierFacts,
): Event[] {
  const { standing } = present(state, customerId);
  const events = evaluated(customerId, standing, policy, { at: notBefore(standing, now) });
  if (events.length > 0 || policy) return events;
  throw new Refusal('tier-policy-missing', 'Nothing says yet how customers come to their tiers: publish a policy.');
}

/** Follows from a fact about the customer, as of when it was learnt: history is not rewritten by what is learnt late. */
export function followTier(
  state: Customer,
  { customerId, learntAt }: FollowCustomerTier,
  now: string,
  { policy }: TierFacts,
): Event[] {
  if (state.status === 'unknown' || state.status === 'archived' || state.status === 'merged') return [];
  return evaluated(customerId, state.standing, policy, { at: notBefore(state.standing, learntAt), fact: now });
}

/**
 * Moves a customer to a tier by hand, until a moment or for good. The tier it has stays without an event, unless it is to be kept
 * until another moment than before.
 */
export function overrideTier(
  state: Customer,
  { customerId, tier, reason, until }: OverrideCustomerTier,
  now: string,
): Event[] {
  const { tier: from, byHand } = present(state, customerId).standing;
  if (from === tier && (byHand?.until ?? null) === (until ?? null)) return [];
  if (typeof until === 'string' && until <= now) {
    throw new Refusal('tier-until-past', 'A tier is set by hand until a moment that is to come.', { field: 'until' });
  }
  const data = { customerId, from, to: tier, reason, ...(typeof until === 'string' && { until }) };
  return [{ type: 'CustomerTierOverridden', data }];
}
