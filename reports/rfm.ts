import { report } from '../libs/reports/report.js';
import type { Basis, Columns, Question, Row, Sum } from '../libs/reports/report.js';
import * as column from '../libs/reports/columns.js';
import { byKey, compare, grouped, placeOf, share } from '../libs/reports/figures.js';
import { rollup } from '../libs/read-models/rollup.js';
import { dayIn } from '../libs/time.js';
import { ascending, sumOf, wholeOf, written } from '../libs/whole.js';
import type { Whole } from '../libs/whole.js';
import { customerValue } from '../projections/customer-value.js';
import { FIFTHS, quintiles, rfmPolicy, segmentOf, segments } from './rfm-policy.js';
import type { Scores, Segment } from './rfm-policy.js';

/**
 * Recency, frequency and monetary value of every customer: a cell per currency it bought in, on the day of its last purchase
 * there. Quintiles are ranks among all customers, so they can only be found when everybody is there to compare with; the
 * amounts tell nearly every customer apart anyway, so the cells keep the customer too, and the question can say who.
 */
export const customerRfm = rollup({
  name: 'rfm',
  version: 1,
  of: customerValue,
  dimensions: ['customer', 'currency', 'tier', 'region', 'sector', 'owner'],
  measures: ['purchases', 'amount'],
  summaries: [],
  cells({ customerId, status, spending, tier, region, sector, owner }, zone) {
    if (status === 'archived' || status === 'merged') return [];
    return Object.entries(spending).map(([currency, { purchases, amount, lastAt }]) => ({
      day: dayIn(zone, lastAt),
      key: { customer: customerId, currency, tier, region, sector, owner: owner?.employeeId ?? null },
      measures: { purchases, amount: wholeOf(amount) },
    }));
  },
});

const currencyColumn = column.text(
  'Currency of the amounts. Each has a ranking of its own, among the customers that bought in it.',
);
const scores = {
  recency: column.count('Fifth by the day of the last purchase, 1 to 5; 5 bought last.'),
  frequency: column.count('Fifth by the number of purchases; 5 bought most often.'),
  monetary: column.count('Fifth by the amount; 5 bought for most.'),
};
const counted = {
  segment: column.text('What the policy calls these scores.'),
  customers: column.count('Customers.'),
  share: column.share('`customers` / customers of all rows with the same dimensions and currency.'),
  purchases: column.count('Purchases of these customers, of all time.'),
  amount: column.money('Amount of these purchases.'),
};

const columns = {
  segment: { currency: currencyColumn, ...counted },
  class: { currency: currencyColumn, ...scores, ...counted },
  quintile: {
    currency: currencyColumn,
    quintile: column.count(
      '5 for the best fifth down to 1. A fifth can be empty, since equal customers are never parted.',
    ),
    byRecency: column.count('Customers in this fifth by recency.'),
    lastPurchaseFrom: column.text('Earliest day of a last purchase among them.'),
    lastPurchaseTo: column.text('Latest day.'),
    byFrequency: column.count('Customers in this fifth by frequency.'),
    purchasesFrom: column.count('Fewest purchases among them.'),
    purchasesTo: column.count('Most purchases.'),
    byMonetary: column.count('Customers in this fifth by monetary value.'),
    amountFrom: column.money('Smallest amount among them.'),
    amountTo: column.money('Largest amount.'),
  },
  customer: {
    currency: currencyColumn,
    customer: column.text('The customer.'),
    lastPurchaseOn: column.text('Day of its last purchase in this currency.'),
    purchases: column.count('Its purchases in this currency, of all time.'),
    amount: column.money('Amount of these purchases.'),
    ...scores,
    segment: counted.segment,
  },
} satisfies Readonly<Record<string, Columns>>;

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

export const rfm = report({
  name: 'rfm',
  version: 1,
  says:
    'Recency, frequency and monetary value of the customers that have bought. Purchases and amounts are those of all time, up to ' +
    'the moment that is asked about. Amounts of different currencies cannot be ranked together, so each currency has its own ' +
    'ranking. Filters and dimensions choose among customers that have been ranked; they do not change the ranking. Archived ' +
    'customers are left out.',
  summary: 'Recency, frequency, monetary value. Basis `segment`, `class`, `quintile` or `customer`.',
  rollup: customerRfm,
  bases: {
    segment: basis('How many customers there are of each segment, best first.', columns.segment),
    class: basis('How many customers there are of each combination of scores, best first.', columns.class),
    quintile: basis('Where the bounds of the fifths lie, and how many customers are in each.', columns.quintile),
    customer: basis('Every customer, best scores first.', columns.customer),
  },
  dimensions: {
    tier: 'Tier of the customer at the moment that is asked about.',
    region: 'Region of the customer at the same moment.',
    sector: 'Sector of the customer at the same moment.',
    owner: 'Owner of the customer at the same moment.',
    currency: 'Currency that was paid in; always kept apart.',
    customer: 'The customer.',
  },
  // No filter: all customers are ranked, and chosen among afterwards.
  asks: ({ from, to, by, where }) => [
    { from, to, by: [...new Set(['customer', 'currency', 'day', ...by, ...Object.keys(where)])] },
  ],
  rows: ([sums = []], { by, basis, where }, facts) => {
    const wanted = Object.entries(where);
    const ranked = rank(sums).filter(({ key }) => fits(key, wanted));
    const kept = by.filter(
      (dimension) => dimension !== 'currency' && !(dimension === 'customer' && basis === 'customer'),
    );
    const found = groups(ranked, kept).sort(byKey([...kept, 'currency'], facts));
    if (basis === 'customer') return customerRows(found, kept);
    if (basis === 'quintile') return quintileRows(found, kept);
    return countRows(found, kept, basis === 'class' ? ['recency', 'frequency', 'monetary'] : []);
  },
});

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

const fits = (key: Sum['key'], where: readonly [string, Question['where'][string]][]): boolean =>
  where.every(([dimension, wanted]) => wanted.includes(key[dimension] ?? null));

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
