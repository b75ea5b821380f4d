import { salesPerformance } from '../../projections/sales-performance.js';
import type { Money } from '../money.js';
import type { Sum } from '../read-models/read-models.js';
import { performanceColumns } from './columns.js';
import { amounts, byAmounts, byKey, days, grouped, placeOf, share, total } from './report.js';
import type { Facts, Row, Source } from './report.js';

const periods = ['month', 'day'];

/**
 * Who sold what. What was closed in the window counts for who owned it then; what is open is a state and counts in every
 * window, with its amount and with that amount times its probability. Asked by month or day, what is open is left out, since
 * it belongs to none.
 */
export const performanceReport: Source = {
  name: 'performance',
  rollup: salesPerformance,
  bases: ['closed'],
  dimensions: ['employee', 'manager', 'orgUnit', 'product', 'sector', 'currency'],
  periods: true,
  by: () => ['employee'],
  policies: () => [],
  columns: () => performanceColumns,
  asks: ({ from, to, by, where }) => [
    { from, to, by, where },
    { from, to, by: [...new Set([...by, 'currency'])], where },
  ],
  rows: ([sums = [], sumsOfAmounts = []], { by }, facts) => {
    const period = by.find((dimension) => periods.includes(dimension));
    const priced = Map.groupBy(sumsOfAmounts, ({ key }) => placeOf(key, by));
    return sums
      .filter(({ key }) => period === undefined || key[period] !== null)
      .map((sum) => ({ ...sum, priced: priced.get(placeOf(sum.key, by)) ?? [] }))
      .sort(league(by, facts))
      .map(rowOf);
  },
};

type Priced = Sum & { readonly priced: readonly Sum[] };

/** Who won most comes first, months and days in their order. */
function league(by: readonly string[], facts: Facts): (a: Priced, b: Priced) => number {
  const ranked = by.length > 0 && !periods.includes(by.at(-1)!);
  const order = byKey(ranked ? by.slice(0, -1) : by, facts);
  const most = (a: Priced, b: Priced) =>
    ranked ? byAmounts(amounts(a.priced, 'wonAmount'), amounts(b.priced, 'wonAmount')) : 0;
  return (a, b) => order(a, b) || most(a, b) || byKey(by, facts)(a, b);
}

function rowOf({ key, measures, durations, priced }: Priced): Row {
  const { won = 0, lost = 0, openCount = 0 } = measures;
  return {
    ...key,
    won,
    lost,
    winRate: share(won, won + lost),
    wonAmount: amounts(priced, 'wonAmount'),
    averageDeal: averages(priced),
    daysToClose: days(durations['daysToClose']),
    daysToWin: days(durations['daysToWin']),
    open: openCount,
    openAmount: amounts(priced, 'openAmount'),
    weightedAmount: amounts(priced, 'weightedAmount'),
  };
}

/** To the nearest minor unit. */
function averages(priced: readonly Sum[]): readonly Money[] {
  return grouped(priced, ['currency']).flatMap(({ key: { currency }, sums }) => {
    const won = total(sums, 'won');
    return currency && won > 0 ? [{ amount: Math.round(total(sums, 'wonAmount') / won), currency }] : [];
  });
}
