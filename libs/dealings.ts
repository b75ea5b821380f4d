import { List } from 'immutable';
import type { Money } from './money.js';
import type { Activity, InteractionDay, PurchaseDay } from './tiering.js';
import { plus, wholeOf, written } from './whole.js';
import type { WrittenWhole } from './whole.js';

/*
 * What was dealt with a customer, added up: so much that rules and reports need no single purchase, and that the sums of two
 * customers that are merged are sums again.
 */

/** Everything bought in one currency: money of different currencies is never added up. */
export interface Spending {
  readonly purchases: number;
  /** Minor units. */
  readonly amount: WrittenWhole;
  readonly lastAt: string;
}

export interface Dealings {
  readonly interactions: number;
  /** Interactions by channel, as they were corrected since. */
  readonly channels: Readonly<Record<string, number>>;
  /** Latest interaction, by business time. */
  readonly lastInteractionAt: string | null;
  /** Latest purchase, by business time. */
  readonly lastPurchaseAt: string | null;
  /** By currency. */
  readonly spending: Readonly<Record<string, Spending>>;
  /**
   * In order of time, of every UTC month the first and the last purchase. That says in which months the customer bought in
   * any zone there is: a UTC month overlaps two local ones at most, and what lies between lies in one of the two.
   */
  readonly boughtAt: readonly string[];
}

export const noDealings: Dealings = {
  interactions: 0,
  channels: {},
  lastInteractionAt: null,
  lastPurchaseAt: null,
  spending: {},
  boughtAt: [],
};

export const withInteractionAt = (dealings: Dealings, at: string, channel: string): Dealings => ({
  ...dealings,
  interactions: dealings.interactions + 1,
  channels: counted(dealings.channels, channel, 1),
  lastInteractionAt: latest(dealings.lastInteractionAt, at),
});

/** An interaction was on another channel than it was said to be. */
export const withOtherChannel = (
  dealings: Dealings,
  { from, to }: { readonly from: string; readonly to: string },
): Dealings => ({ ...dealings, channels: counted(counted(dealings.channels, from, -1), to, 1) });

export const withPurchaseAt = (dealings: Dealings, { amount, currency }: Money, at: string): Dealings => ({
  ...dealings,
  lastPurchaseAt: latest(dealings.lastPurchaseAt, at),
  spending: spent(dealings.spending, currency, { purchases: 1, amount, lastAt: at }),
  boughtAt: withPurchase(dealings.boughtAt, at),
});

/** Those of two customers that are one. */
export const dealingsOfBoth = (one: Dealings, other: Dealings): Dealings => ({
  interactions: one.interactions + other.interactions,
  channels: Object.entries(other.channels).reduce(
    (counts, [channel, count]) => counted(counts, channel, count),
    one.channels,
  ),
  lastInteractionAt: latest(one.lastInteractionAt, other.lastInteractionAt),
  lastPurchaseAt: latest(one.lastPurchaseAt, other.lastPurchaseAt),
  spending: Object.entries(other.spending).reduce(
    (sums, [currency, more]) => spent(sums, currency, more),
    one.spending,
  ),
  boughtAt: other.boughtAt.reduce(withPurchase, one.boughtAt),
});

export const purchasesIn = ({ spending }: Pick<Dealings, 'spending'>): number =>
  Object.values(spending).reduce((sum, { purchases }) => sum + purchases, 0);

/** The later of two times of which either may be missing. */
export const latest = <At extends string | null>(one: string | null, other: At): string | At =>
  one !== null && (other === null || one >= other) ? one : other;

function counted(counts: Dealings['channels'], channel: string, more: number): Dealings['channels'] {
  const { [channel]: before = 0, ...others } = counts;
  return before + more === 0 ? others : { ...others, [channel]: before + more };
}

function spent(
  spending: Dealings['spending'],
  currency: string,
  { purchases, amount, lastAt }: Spending,
): Dealings['spending'] {
  const before = spending[currency] ?? { purchases: 0, amount: 0, lastAt };
  return {
    ...spending,
    [currency]: {
      purchases: before.purchases + purchases,
      amount: written(plus(wholeOf(before.amount), wholeOf(amount))),
      lastAt: latest(before.lastAt, lastAt),
    },
  };
}

/** Late facts come in any order, so the result must not depend on it. */
function withPurchase(boughtAt: readonly string[], at: string): readonly string[] {
  const month = at.slice(0, 7);
  const before = boughtAt.filter((time) => time.slice(0, 7) < month);
  const after = boughtAt.filter((time) => time.slice(0, 7) > month);
  const within = [...boughtAt.slice(before.length, boughtAt.length - after.length), at].sort();
  return [...before, ...new Set([within[0]!, within.at(-1)!]), ...after];
}

/** What was bought on a day, in JSON. */
export interface WrittenPurchaseDay {
  readonly day: number;
  readonly amounts: readonly { readonly currency: string; readonly count: number; readonly amount: WrittenWhole }[];
  readonly products: readonly string[];
}

/** Dealings, and the days that tiers are made of: what an event carries from one customer to another. */
export interface CarriedDealings extends Dealings {
  readonly purchaseDays: readonly WrittenPurchaseDay[];
  readonly interactionDays: readonly InteractionDay[];
}

export const carried = (dealings: Dealings, { purchases, interactions }: Activity): CarriedDealings => ({
  ...dealings,
  purchaseDays: purchases
    .map(({ day, amounts, products }) => {
      return { day, amounts: amounts.map((each) => ({ ...each, amount: written(each.amount) })), products };
    })
    .toArray(),
  interactionDays: interactions.toArray(),
});

/** The days out of what an event carries. */
export const activityIn = ({ purchaseDays, interactionDays }: CarriedDealings): Activity => ({
  purchases: List(
    purchaseDays.map(({ day, amounts, products }) => {
      return { day, amounts: amounts.map((each) => ({ ...each, amount: wholeOf(each.amount) })), products };
    }),
  ),
  interactions: List(interactionDays),
});

/** The days of two customers that are one. */
export const activityOfBoth = (one: Activity, other: Activity): Activity => ({
  purchases: daysOfBoth(one.purchases, other.purchases, purchasesOfDay),
  interactions: daysOfBoth(one.interactions, other.interactions, ({ day, count }, more) => ({
    day,
    count: count + more.count,
  })),
});

function daysOfBoth<Day extends { readonly day: number }>(
  one: List<Day>,
  other: List<Day>,
  both: (day: Day, more: Day) => Day,
): List<Day> {
  const days = new Map(one.map((each) => [each.day, each]));
  for (const each of other) {
    const before = days.get(each.day);
    days.set(each.day, before ? both(before, each) : each);
  }
  return List([...days.values()].sort((a, b) => a.day - b.day));
}

function purchasesOfDay({ day, amounts, products }: PurchaseDay, more: PurchaseDay): PurchaseDay {
  const sums = new Map(amounts.map((each) => [each.currency, each]));
  for (const each of more.amounts) {
    const { count, amount } = sums.get(each.currency) ?? { count: 0, amount: 0 };
    sums.set(each.currency, { ...each, count: count + each.count, amount: plus(amount, each.amount) });
  }
  return { day, amounts: [...sums.values()], products: [...new Set([...products, ...more.products])] };
}
