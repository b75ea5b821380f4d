import { List } from 'immutable';
import { withInteraction, withPurchase } from '../tiering.js';
import type { Activity, Tier } from '../tiering.js';
import type { CustomerEvents } from './events.js';

/** What decides about the tier of a customer, besides the policy. Days instead of events, for a customer may have very many. */
export interface TierStanding extends Activity {
  readonly tier: Tier;
  /**
   * Set by hand, at the registration too: until a moment, or for good, which means until a policy would bring it higher.
   * `before` is the tier that the customer has again when the moment has come.
   */
  readonly byHand: { readonly until: string | null; readonly before: Tier } | null;
  /** Until when the score may still recover before the tier is lower. */
  readonly graceUntil: string | null;
  /** When the passing of time is looked at next. */
  readonly reviewAt: string | null;
  /** Business time of the last decision about the tier: a later one is never about an earlier moment. */
  readonly decidedAt: string;
}

const none = { byHand: null, graceUntil: null, reviewAt: null };

/** The events that matter for the tier, among those of a customer. */
export type TierEvents = Pick<
  CustomerEvents,
  | 'CustomerRegistered'
  | 'InteractionLogged'
  | 'PurchaseRecorded'
  | 'CustomerTierOverridden'
  | 'CustomerTierOverrideExpired'
  | 'CustomerTierUpgraded'
  | 'CustomerTierDowngraded'
  | 'CustomerTierDowngradeDue'
  | 'CustomerTierDowngradeAverted'
  | 'CustomerTierEvaluated'
>;

export const newTierStanding = (tier: Tier, at: string): TierStanding => ({
  ...none,
  tier,
  byHand: tier === 'ordinary' ? null : { until: null, before: tier },
  decidedAt: at,
  purchases: List(),
  interactions: List(),
});

/** How a standing changes by each of these events. */
export const tierStandingAfter: {
  readonly [Type in Exclude<keyof TierEvents, 'CustomerRegistered'>]: (
    standing: TierStanding,
    data: Readonly<TierEvents[Type]>,
    at: string,
  ) => TierStanding;
} = {
  InteractionLogged: (standing, _, at) => ({
    ...standing,
    interactions: withInteraction(standing.interactions, at),
  }),
  PurchaseRecorded: (standing, { amount, product }, at) => ({
    ...standing,
    purchases: withPurchase(standing.purchases, at, amount, product),
  }),
  CustomerTierOverridden: (standing, { from, to, until = null }, decidedAt) => ({
    ...standing,
    ...none,
    tier: to,
    // One that is put in the place of another with an end goes back to what was before both.
    byHand: { until, before: until === null ? to : standing.byHand?.until ? standing.byHand.before : from },
    decidedAt,
  }),
  CustomerTierOverrideExpired: (standing, { to }, decidedAt) => ({ ...standing, ...none, tier: to, decidedAt }),
  CustomerTierUpgraded: (standing, { to, reviewAt }, decidedAt) => ({
    ...standing,
    ...none,
    tier: to,
    reviewAt,
    decidedAt,
  }),
  CustomerTierDowngraded: (standing, { to, reviewAt }, decidedAt) => ({
    ...standing,
    ...none,
    tier: to,
    reviewAt,
    decidedAt,
  }),
  CustomerTierDowngradeDue: (standing, { dueAt }, decidedAt) => ({
    ...standing,
    ...none,
    graceUntil: dueAt,
    decidedAt,
  }),
  CustomerTierDowngradeAverted: (standing, { reviewAt }, decidedAt) => ({
    ...standing,
    ...none,
    reviewAt,
    decidedAt,
  }),
  CustomerTierEvaluated: (standing, { reviewAt }, decidedAt) => ({ ...standing, ...none, reviewAt, decidedAt }),
};

/** An archived customer has no times to be watched; one that is restored is evaluated anew. */
export const unwatched = (standing: TierStanding): TierStanding => ({ ...standing, graceUntil: null, reviewAt: null });
