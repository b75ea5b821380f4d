import { salesPerformance } from '../../projections/sales-performance.js';
import type { MoneySum } from '../money.js';
import { dividedBy, written } from '../whole.js';
import type { Sum } from '../read-models/read-models.js';
import { attained, plannedIn, targetPolicy } from './attainment.js';
import { performanceColumns } from './columns.js';
import { amountOf, amounts, byAmounts, byKey, days, grouped, placeOf, share, total } from './report.js';
import type { Facts, Group, Question, Row, Source } from './report.js';

const periods = ['month', 'day'];

/**
 * Who sold what. What was closed in the window counts for who owned it then; what is open is a state and counts in every
 * window, with its amount and with that amount times its probability. Asked by month or day, what is open is left out, since
 * it belongs to none.
 *
 * Asked by employee or by unit, also month by month, `target` is what they were to win and `attainment` which share of it they
 * won; `attainment.ts` says which targets count. Whoever has a target has a row, also when nothing was won.
 */
export const performanceReport: Source = {
  name: 'performance',
  rollup: salesPerformance,
  bases: ['closed'],
  dimensions: ['employee', 'manager', 'orgUnit', 'product', 'sector', 'currency'],
  periods: true,
  by: () => ['employee'],
  policies: () => [`${targetPolicy.name}@${targetPolicy.version}`],
  kpi: 'won-amount',
  columns: () => performanceColumns,
  asks: ({ from, to, by, where }) => [{ from, to, by: [...new Set([...by, 'currency'])], where }],
  rows: ([sums = []], question, facts) => {
    const { by } = question;
    const period = by.find((dimension) => periods.includes(dimension));
    const dated = sums.filter(({ key }) => period === undefined || key[period] !== null);
    return withTargets(grouped(dated, by), question, facts).sort(league(by, facts)).map(rowOf);
  },
};

type Targeted = Group & { readonly target: readonly MoneySum[] | null };

/** Null where there is no target. Whoever has one but no sums has a row of their own. */
function withTargets(groups: readonly Group[], question: Question, { targets }: Facts): Targeted[] {
  const planned = plannedIn(question, targets);
  const placeIn = ({ key }: Pick<Group, 'key'>) => placeOf(key, question.by);
  const there = new Set(groups.map(placeIn));
  const silent = [...planned.values()].filter((each) => !there.has(placeIn(each)));
  return [
    ...groups.map((group) => ({ ...group, target: planned.get(placeIn(group))?.target ?? null })),
    ...silent.map((each) => ({ ...each, sums: [] })),
  ];
}

/** Who won most comes first, months and days in their order. */
function league(by: readonly string[], facts: Facts): (a: Group, b: Group) => number {
  const ranked = by.length > 0 && !periods.includes(by.at(-1)!);
  const order = byKey(ranked ? by.slice(0, -1) : by, facts);
  const most = (a: Group, b: Group) =>
    ranked ? byAmounts(amounts(a.sums, 'wonAmount'), amounts(b.sums, 'wonAmount')) : 0;
  return (a, b) => order(a, b) || most(a, b) || byKey(by, facts)(a, b);
}

function rowOf({ key, sums, target }: Targeted): Row {
  const won = total(sums, 'won');
  const lost = total(sums, 'lost');
  const wonAmount = amounts(sums, 'wonAmount');
  return {
    ...key,
    won,
    lost,
    winRate: share(won, won + lost),
    wonAmount,
    target,
    attainment: target && attained(target, wonAmount),
    averageDeal: averages(sums),
    daysToClose: days(sums, 'daysToClose'),
    daysToWin: days(sums, 'daysToWin'),
    open: total(sums, 'openCount'),
    openAmount: amounts(sums, 'openAmount'),
    weightedAmount: amounts(sums, 'weightedAmount'),
  };
}

/** To the nearest minor unit. */
function averages(priced: readonly Sum[]): readonly MoneySum[] {
  return grouped(priced, ['currency']).flatMap(({ key: { currency }, sums }) => {
    const won = total(sums, 'won');
    return currency && won > 0 ? [{ amount: written(dividedBy(amountOf(sums, 'wonAmount'), won)), currency }] : [];
  });
}
