import { rfm } from '../../projections/rfm.js';
import { ascending, sumOf, written } from '../whole.js';
import type { Whole } from '../whole.js';
import type { Sum } from '../read-models/read-models.js';
import { rfmColumns } from './columns.js';
import { byKey, compare, grouped, placeOf, share } from './report.js';
import type { Basis, Columns, Policy, Source } from './definition.js';
import type { Question, Row } from './report.js';

/** Best first. Every combination of scores has one line; `fm` is the mean of frequency and monetary value, rounded up. */
const grid = [
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
] as const;

export type Segment = (typeof grid)[number]['segment'];

export interface Scores {
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number;
}

export const segmentOf = ({ recency, frequency, monetary }: Scores): Segment =>
  segmentAt(recency, Math.ceil((frequency + monetary) / 2));

function segmentAt(recency: number, fm: number): Segment {
  const found = grid.find(
    (each) => each.recency[0] <= recency && recency <= each.recency[1] && each.fm[0] <= fm && fm <= each.fm[1],
  );
  return found!.segment;
}

const FIFTHS = [5, 4, 3, 2, 1] as const;

export const rfmPolicy = {
  name: 'rfm-policy',
  version: 1,
  says:
    'Customers are ranked by recency, frequency and monetary value, and each ranking is cut into fifths. A score is 1 more than ' +
    'the whole fifths of all customers that have a smaller value: 1 + ⌊5 × smaller / all⌋. Equal values get equal scores, the lower ' +
    'one when a bound runs through them: where most customers bought once, buying once is no merit. A segment follows from the ' +
    'recency and from the mean of frequency and monetary value, rounded up (FM).',
  segments: grid,
  table: {
    columns: ['', ...FIFTHS.toReversed().map((fm) => `FM ${fm}`)],
    rows: FIFTHS.map((recency) => [
      `Recency ${recency}`,
      ...FIFTHS.toReversed().map((fm) => `\`${segmentAt(recency, fm)}\``),
    ]),
  },
} satisfies Policy & { readonly segments: unknown };

/** Scores of the policy, by value. */
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

const basis = (says: string, columns: Columns): Basis => ({
  says,
  window:
    'Customers by the day of their last purchase in a currency: only these are ranked, among themselves. The window chooses ' +
    'customers, not purchases: what they bought counts as a whole, also what they bought before it.',
  by: [],
  policies: [rfmPolicy],
  columns,
});

export const rfmReport: Source = {
  name: 'rfm',
  version: 1,
  says:
    'Recency, frequency and monetary value of the customers that have bought. Purchases and amounts are those of all time, up to ' +
    'the moment that is asked about. Amounts of different currencies cannot be ranked together, so each currency has its own ' +
    'ranking. Filters and dimensions choose among customers that have been ranked; they do not change the ranking. Archived ' +
    'customers are left out.',
  rollup: rfm,
  bases: {
    segment: basis('How many customers there are of each segment, best first.', rfmColumns.segment),
    class: basis('How many customers there are of each combination of scores, best first.', rfmColumns.class),
    quintile: basis('Where the bounds of the fifths lie, and how many customers are in each.', rfmColumns.quintile),
    customer: basis('Every customer, best scores first.', rfmColumns.customer),
  },
  dimensions: {
    tier: 'Tier of the customer at the moment that is asked about.',
    region: 'Region of the customer at the same moment.',
    sector: 'Sector of the customer at the same moment.',
    owner: 'Owner of the customer at the same moment.',
    currency: 'Currency that was paid in; always kept apart.',
    customer: 'The customer.',
  },
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

const segments: readonly string[] = grid.map(({ segment }) => segment);

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
    FIFTHS.map((quintile) => {
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
