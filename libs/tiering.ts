import type { List } from 'immutable';
import { Refusal } from './errors.js';
import { daysBetween } from './time.js';
import type { Money } from './money.js';
import { plus, written } from './whole.js';
import type { Whole, WrittenWhole } from './whole.js';

/*
 * How a policy gives customers their tiers, so that a person can do the sum again by hand: each input has a value, the value lies in
 * a band, the band gives points, and the score is their sum. Days are those of UTC.
 */

/** From the lowest to the highest. */
export const tiers = ['ordinary', 'potential', 'important'] as const;
export type Tier = (typeof tiers)[number];

/** What an input counts of a customer; `complexity` is how many different products were bought. */
export const tierMeasures = ['amount', 'frequency', 'recency-days', 'interactions', 'complexity'] as const;
export type TierMeasure = (typeof tierMeasures)[number];

/** Points for values from `from` on, up to where the next band begins. */
export interface PointBand {
  readonly from: number;
  readonly points: number;
}

export interface TierInput {
  readonly name: string;
  readonly measure: TierMeasure;
  /** So many days up to the day of the evaluation count, itself included; null for all days, and for recency. */
  readonly windowDays: number | null;
  readonly bands: readonly PointBand[];
}

/** A tier is reached from below at a score of `up`, and kept while the score is at least `down`. The lowest has neither. */
export interface TierStep {
  readonly tier: Tier;
  /** What customers of this tier are given. */
  readonly servicePlan: string;
  readonly up: number | null;
  readonly down: number | null;
}

export interface TierRules {
  /** ISO 4217; purchases in another one do not count for amounts. */
  readonly currency: string;
  /** From the lowest to the highest. */
  readonly tiers: readonly TierStep[];
  readonly inputs: readonly TierInput[];
  /** Days for which the score must stay too low before the tier is lower; 0 for at once. */
  readonly graceDays: number;
  /** Days between two looks at a customer that the passing of time alone could bring lower. */
  readonly reviewDays: number;
}

/** What was bought on a day. */
export interface PurchaseDay {
  /** Since 1970. */
  readonly day: number;
  readonly amounts: readonly { readonly currency: string; readonly count: number; readonly amount: Whole }[];
  /** Each once. */
  readonly products: readonly string[];
}

export interface InteractionDay {
  readonly day: number;
  readonly count: number;
}

/** What the inputs look at, by days in their order: it grows with the days on which something happened, not with every event. */
export interface Activity {
  readonly purchases: List<PurchaseDay>;
  readonly interactions: List<InteractionDay>;
}

export interface ScoredInput {
  readonly name: string;
  /** Null for the recency of a customer that never bought. */
  readonly value: WrittenWhole | null;
  readonly points: number;
  /** Purchases that an amount leaves out, for they were paid in another currency. */
  readonly otherCurrencies?: number;
}

export interface TierScore {
  readonly score: number;
  readonly inputs: readonly ScoredInput[];
}

/** The day of a moment, counted from 1970 on. */
export const dayNumber = (at: string): number => daysBetween('1970-01-01T00:00:00.000Z', at);

/** A list of days with one of them made or changed. Facts may come in any order; most are of the last day. */
function withDay<Day extends { readonly day: number }>(
  days: List<Day>,
  day: number,
  change: (before: Day | undefined) => Day,
): List<Day> {
  const after = days.findLastIndex((each) => each.day <= day);
  const before = after < 0 ? undefined : days.get(after);
  return before?.day === day ? days.set(after, change(before)) : days.insert(after + 1, change(undefined));
}

export const withPurchase = (
  days: List<PurchaseDay>,
  at: string,
  { amount, currency }: Money,
  product: string | null,
): List<PurchaseDay> =>
  withDay(days, dayNumber(at), (before) => {
    const { day, amounts, products } = before ?? { day: dayNumber(at), amounts: [], products: [] };
    const same = amounts.find((each) => each.currency === currency) ?? { currency, count: 0, amount: 0 };
    return {
      day,
      amounts: [
        ...amounts.filter((each) => each.currency !== currency),
        { currency, count: same.count + 1, amount: plus(same.amount, amount) },
      ],
      products: product === null || products.includes(product) ? products : [...products, product],
    };
  });

export const withInteraction = (days: List<InteractionDay>, at: string): List<InteractionDay> =>
  withDay(days, dayNumber(at), (before) => ({ day: dayNumber(at), count: (before?.count ?? 0) + 1 }));

/** The days of a window that ends with a day, from the last one back. */
export function* within<Day extends { readonly day: number }>(
  days: List<Day>,
  today: number,
  windowDays: number | null,
): Generator<Day> {
  for (let index = days.size - 1; index >= 0; index -= 1) {
    const each = days.get(index)!;
    if (windowDays !== null && each.day <= today - windowDays) return;
    if (each.day <= today) yield each;
  }
}

/** @returns the value of an input, and how many purchases it leaves out because of their currency */
function valueOf(
  { measure, windowDays }: TierInput,
  currency: string,
  { purchases, interactions }: Activity,
  today: number,
): { readonly value: Whole | null; readonly left?: number } {
  if (measure === 'recency-days') {
    const [last] = within(purchases, today, null);
    return { value: last ? today - last.day : null };
  }
  if (measure === 'interactions') {
    let count = 0;
    for (const day of within(interactions, today, windowDays)) count += day.count;
    return { value: count };
  }
  let [sum, count, left]: [Whole, number, number] = [0, 0, 0];
  const products = new Set<string>();
  for (const day of within(purchases, today, windowDays)) {
    for (const product of day.products) products.add(product);
    for (const each of day.amounts) {
      count += each.count;
      if (each.currency === currency) sum = plus(sum, each.amount);
      else left += each.count;
    }
  }
  if (measure === 'complexity') return { value: products.size };
  return measure === 'frequency' ? { value: count } : { value: sum, left };
}

/** What a policy makes of the activity of a customer on a day. What happened later does not count. */
export function scoreOn({ inputs, currency }: TierRules, activity: Activity, today: number): TierScore {
  const scored = inputs.map((input): ScoredInput => {
    const { value, left } = valueOf(input, currency, activity, today);
    const points = value === null ? 0 : (input.bands.findLast(({ from }) => from <= value)?.points ?? 0);
    return {
      name: input.name,
      value: value === null ? null : written(value),
      points,
      ...(left !== undefined && { otherCurrencies: left }),
    };
  });
  return { score: scored.reduce((sum, { points }) => sum + points, 0), inputs: scored };
}

const rank = (tier: Tier): number => tiers.indexOf(tier);
export const isHigher = (tier: Tier, than: Tier): boolean => rank(tier) > rank(than);

const stepOf = ({ tiers: steps }: TierRules, tier: Tier): TierStep => steps.find((each) => each.tier === tier)!;

/** The highest tier that a score reaches from below. */
export const reachedBy = ({ tiers: steps }: TierRules, score: number): Tier =>
  steps.findLast(({ up }) => up === null || score >= up)!.tier;

/** Whether a score is enough to keep a tier. */
export const isKept = (rules: TierRules, tier: Tier, score: number): boolean =>
  score >= (stepOf(rules, tier).down ?? -Infinity);

/** Where a score that does not keep a tier leads: to the highest lower tier that it keeps. */
export const fallenTo = ({ tiers: steps }: TierRules, tier: Tier, score: number): Tier =>
  steps.findLast((each) => isHigher(tier, each.tier) && score >= (each.down ?? -Infinity))!.tier;

/**
 * The first day, in steps of the days of review, on which a tier is kept no longer if nothing happens any more. Points only fall with
 * time, so the day is found by halving.
 * @returns undefined where the tier is kept for ever
 */
export function fallsOn(rules: TierRules, tier: Tier, activity: Activity, today: number): number | undefined {
  if (stepOf(rules, tier).down === null) return undefined;
  const keeps = (steps: number) =>
    isKept(rules, tier, scoreOn(rules, activity, today + steps * rules.reviewDays).score);
  // Nothing changes after the longest window, and after the last band of a recency.
  const horizon = Math.max(
    ...rules.inputs.map(({ measure, windowDays, bands }) =>
      measure === 'recency-days' ? bands.at(-1)!.from : (windowDays ?? 0),
    ),
  );
  let [low, high] = [0, Math.ceil(horizon / rules.reviewDays) + 1];
  if (keeps(high)) return undefined;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (keeps(middle)) low = middle;
    else high = middle;
  }
  return today + high * rules.reviewDays;
}

/** What is wrong with a policy, and where. */
export interface Finding {
  readonly code: string;
  readonly field: string;
}

/** All that is wrong with a policy, besides what the form of its fields says. */
function findingsOf({ tiers: steps, inputs }: TierRules): Finding[] {
  const findings: Finding[] = [];
  const find = (wrong: boolean, code: string, field: string) => {
    if (wrong) findings.push({ code, field });
  };
  find(steps.map(({ tier }) => tier).join() !== tiers.join(), 'tiers-incomplete', 'tiers');
  for (const [index, { up, down }] of steps.entries()) {
    const field = `tiers.${index}`;
    const below = steps[index - 1]?.up;
    if (index === 0) {
      find(up !== null || down !== null, 'lowest-tier-threshold', field);
      continue;
    }
    find(up === null || down === null, 'threshold-missing', field);
    find(up !== null && down !== null && down > up, 'down-above-up', field);
    find(typeof below === 'number' && down !== null && down < below, 'tier-ranges-overlap', field);
  }
  for (const [index, { name, measure, windowDays, bands }] of inputs.entries()) {
    const field = `inputs.${index}`;
    const pairs = bands.slice(1).map((band, before) => [bands[before]!, band] as const);
    // Less of something, or longer ago, never gives more: else the passing of time alone could bring a customer higher.
    const sign = measure === 'recency-days' ? -1 : 1;
    find(inputs.findIndex((each) => each.name === name) < index, 'input-twice', `${field}.name`);
    find(measure === 'recency-days' && windowDays !== null, 'window-unused', `${field}.windowDays`);
    find(bands[0]?.from !== 0, 'bands-begin-above-zero', `${field}.bands`);
    find(
      pairs.some(([lower, higher]) => higher.from <= lower.from),
      'bands-not-ascending',
      `${field}.bands`,
    );
    find(
      pairs.some(([lower, higher]) => sign * (higher.points - lower.points) < 0),
      'points-not-monotone',
      `${field}.bands`,
    );
  }
  return findings;
}

/**
 * Refuses rules that cannot be used, with all that is wrong with them.
 * @param more what else is wrong with the policy that they are of
 * @throws Refusal `tier-policy-invalid`
 */
export function checkTierRules(rules: TierRules, more: readonly Finding[] = []): void {
  const unmet = [...findingsOf(rules), ...more];
  if (unmet.length === 0) return;
  const wrong = unmet.map(({ code, field }) => `${field} ${code}`).join(', ');
  throw new Refusal('tier-policy-invalid', `The policy cannot be used: ${wrong}.`, { unmet });
}
