import { rfm } from '../../projections/rfm.js';
import { ascending, sumOf, written } from '../whole.js';
import type { Whole } from '../whole.js';
import type { Sum } from '../read-models/read-models.js';
import { rfmColumns } from './columns.js';
import { byKey, compare, grouped, placeOf, share } from './report.js';
import type { Question, Row, Source } from './report.js';

/**
 * What a customer is called by its scores: the first line that fits. `fm` is the mean of frequency and monetary value,
 * rounded up. Every combination of scores has a line.
 */
export const rfmPolicy = {
  name: 'rfm-policy',
  version: 1,
  segments: [
    { segment: 'champions', recency: [4, 5], fm: [4, 5] },
    { segment: 'potential_loyalists', recency: [4, 5], fm: [2, 3] },
    { segment: 'new_customers', recency: [4, 5], fm: [1, 1] },
    { segment: 'loyal', recency: [3, 3], fm: [4, 5] },
    { segment: 'needs_attention', recency: [3, 3], fm: [2, 3] },
    { segment: 'about_to_sleep', recency: [3, 3], fm: [1, 1] },
    { segment: 'cannot_lose', recency: [1, 2], fm: [5, 5] },
    { segment: 'at_risk', recency: [1, 2], fm: [3, 4] },
    { segment: 'hibernating', recency: [2, 2], fm: [1, 2] },
    { segment: 'lost', recency: [1, 1], fm: [1, 2] },
  ],
} as const;

export type Segment = (typeof rfmPolicy.segments)[number]['segment'];

export interface Scores {
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number;
}

export function segmentOf({ recency, frequency, monetary }: Scores): Segment {
  const fm = Math.ceil((frequency + monetary) / 2);
  const found = rfmPolicy.segments.find(
    (each) => each.recency[0] <= recency && recency <= each.recency[1] && each.fm[0] <= fm && fm <= each.fm[1],
  );
  return found!.segment;
}

/**
 * Quintiles by rank: one more than the whole fifths of all values that are smaller. Equal values get equal scores, the lower
 * one when a bound runs through them: where most customers bought once, buying once is no merit.
 */
export function quintiles<Entry extends string | Whole>(values: readonly Entry[]): ReadonlyMap<Entry, number> {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const scores = new Map<Entry, number>();
  sorted.forEach((value, below) => {
    if (!scores.has(value)) scores.set(value, 1 + Math.floor((5 * below) / sorted.length));
  });
  return scores;
}

/** A customer with what it bought in one currency, ranked among all who bought in that currency. */
interface Ranked extends Scores {
  readonly key: Sum['key'];
  readonly currency: string;
  readonly lastPurchaseOn: string;
  readonly purchases: number;
  readonly amount: Whole;
  readonly segment: Segment;
}

/**
 * Recency, frequency, monetary value: customers ranked into fifths by each, and named by the policy. Money of different
 * currencies cannot be ranked together, so each currency has its own ranking. A window chooses the customers to be ranked by
 * their last purchase; filters and dimensions choose among those that have been ranked.
 */
export const rfmReport: Source = {
  name: 'rfm',
  rollup: rfm,
  bases: ['segment', 'class', 'quintile', 'customer'],
  dimensions: ['tier', 'region', 'sector', 'owner', 'currency', 'customer'],
  periods: false,
  by: () => [],
  policies: () => [`${rfmPolicy.name}@${rfmPolicy.version}`],
  columns: (basis) => rfmColumns[basis]!,
  asks: ({ from, to }) => [{ from, to, by: ['customer', 'currency', 'day', 'tier', 'region', 'sector', 'owner'] }],
  rows: ([sums = []], { by, basis, where }, facts) => {
    const ranked = rank(sums).filter(({ key }) => fits(key, where));
    const kept = by.filter(
      (dimension) => dimension !== 'currency' && !(dimension === 'customer' && basis === 'customer'),
    );
    const found = groups(ranked, kept).sort(byKey([...kept, 'currency'], facts));
    if (basis === 'customer') return customerRows(found, kept);
    if (basis === 'quintile') return quintileRows(found, kept);
    return countRows(found, kept, basis === 'class' ? ['recency', 'frequency', 'monetary'] : []);
  },
};

function rank(sums: readonly Sum[]): readonly Ranked[] {
  return grouped(sums, ['currency']).flatMap(({ key: { currency }, sums: rivals }) => {
    const recencies = quintiles(rivals.map(({ key }) => key['day']!));
    const frequencies = quintiles(rivals.map(({ measures }) => Number(measures['purchases'])));
    const monetaries = quintiles(rivals.map(({ measures }) => measures['amount']!));
    return rivals.map(({ key, measures: { purchases: count, amount = 0 } }) => {
      const lastPurchaseOn = key['day']!;
      const purchases = Number(count);
      const scores = {
        recency: recencies.get(lastPurchaseOn)!,
        frequency: frequencies.get(purchases)!,
        monetary: monetaries.get(amount)!,
      };
      return { key, currency: currency!, lastPurchaseOn, purchases, amount, ...scores, segment: segmentOf(scores) };
    });
  });
}

const fits = (key: Sum['key'], where: Question['where']): boolean =>
  Object.entries(where).every(([dimension, wanted]) => wanted.includes(key[dimension] ?? null));

interface RankedGroup {
  readonly key: Sum['key'];
  readonly currency: string;
  readonly members: Ranked[];
}

function groups(ranked: readonly Ranked[], by: readonly string[]): RankedGroup[] {
  const found = new Map<string, RankedGroup>();
  for (const each of ranked) {
    const place = placeOf(each.key, [...by, 'currency']);
    const group = found.get(place);
    if (group) group.members.push(each);
    else found.set(place, { key: each.key, currency: each.currency, members: [each] });
  }
  return [...found.values()];
}

const keyOf = ({ key }: RankedGroup, by: readonly string[]): Sum['key'] =>
  Object.fromEntries(by.map((dimension) => [dimension, key[dimension] ?? null]));

const segments: readonly string[] = rfmPolicy.segments.map(({ segment }) => segment);

/** How many there are of each segment, or of each combination of scores; best first. */
function countRows(found: readonly RankedGroup[], by: readonly string[], scores: readonly (keyof Scores)[]): Row[] {
  return found.flatMap((group) => {
    const { currency, members } = group;
    const counted = Map.groupBy(members, (member) =>
      [...scores.map((score) => member[score]), member.segment].join(' '),
    );
    return [...counted.values()]
      .sort(([a], [b]) => byScores(a!, b!, scores) || segments.indexOf(a!.segment) - segments.indexOf(b!.segment))
      .map((same) => ({
        ...keyOf(group, by),
        currency,
        ...Object.fromEntries(scores.map((score) => [score, same[0]![score]])),
        segment: same[0]!.segment,
        customers: same.length,
        share: share(same.length, members.length),
        purchases: same.reduce((sum, { purchases }) => sum + purchases, 0),
        amount: { amount: written(sumOf(same.map(({ amount }) => amount))), currency },
      }));
  });
}

const byScores = (a: Scores, b: Scores, scores: readonly (keyof Scores)[]): number =>
  scores.map((score) => b[score] - a[score]).find((order) => order !== 0) ?? 0;

/** Where the bounds of the fifths lie, and how many customers are in each. */
function quintileRows(found: readonly RankedGroup[], by: readonly string[]): Row[] {
  return found.flatMap((group) =>
    [5, 4, 3, 2, 1].map((quintile) => {
      const { currency, members } = group;
      const within = (score: keyof Scores) => members.filter((member) => member[score] === quintile);
      const days = within('recency')
        .map(({ lastPurchaseOn }) => lastPurchaseOn)
        .sort();
      const counts = within('frequency')
        .map(({ purchases }) => purchases)
        .sort(ascending);
      const sums = within('monetary')
        .map(({ amount }) => amount)
        .sort(ascending);
      const money = (amount: Whole | undefined) =>
        amount === undefined ? null : { amount: written(amount), currency };
      return {
        ...keyOf(group, by),
        currency,
        quintile,
        byRecency: days.length,
        lastPurchaseFrom: days[0] ?? null,
        lastPurchaseTo: days.at(-1) ?? null,
        byFrequency: counts.length,
        purchasesFrom: counts[0] ?? null,
        purchasesTo: counts.at(-1) ?? null,
        byMonetary: sums.length,
        amountFrom: money(sums[0]),
        amountTo: money(sums.at(-1)),
      };
    }),
  );
}

/** Everybody, best scores first. */
function customerRows(found: readonly RankedGroup[], by: readonly string[]): Row[] {
  return found.flatMap((group) =>
    group.members
      .toSorted(
        (a, b) =>
          byScores(a, b, ['recency', 'frequency', 'monetary']) ||
          ascending(b.amount, a.amount) ||
          compare(a.key['customer'], b.key['customer']),
      )
      .map(({ key, currency, lastPurchaseOn, purchases, amount, recency, frequency, monetary, segment }) => ({
        ...keyOf(group, by),
        currency,
        customer: key['customer']!,
        lastPurchaseOn,
        purchases,
        amount: { amount: written(amount), currency },
        recency,
        frequency,
        monetary,
        segment,
      })),
  );
}
