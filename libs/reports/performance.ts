import { salesPerformance } from '../../projections/sales-performance.js';
import type { MoneySum } from '../money.js';
import { dividedBy, written } from '../whole.js';
import type { Sum } from '../read-models/read-models.js';
import { attained, plannedIn, targetPolicy } from './attainment.js';
import { performanceColumns } from './columns.js';
import { isByPeriod, periods } from './definition.js';
import type { Source } from './definition.js';
import { amountOf, amounts, byAmounts, byKey, days, grouped, placeOf, share, total } from './report.js';
import type { Facts, Group, Question, Row } from './report.js';

export const performanceReport: Source = {
  name: 'performance',
  version: 2,
  says: 'What was sold, and what is open.',
  rollup: salesPerformance,
  bases: {
    closed: {
      says:
        'Opportunities that were won or lost, and those that are open. What is void counts nowhere; what is reopened is open again and ' +
        'no longer won or lost. Rows stand in the order of what was won. Employees and units that have a target have a row also when ' +
        'nothing was won. What is open is a state and belongs to no day: rows by `month` or `day` do not have its columns. Ask with ' +
        '`asOf` for what was open at the end of a month.',
      window: 'What was won and lost, by the day it was closed. What is open counts in every window.',
      by: ['employee'],
      policies: [targetPolicy],
      columns: performanceColumns,
    },
  },
  dimensions: {
    employee: 'Owner of the opportunity when it was closed; of what is open, the present owner.',
    manager: 'Manager of this employee at the same moment.',
    orgUnit: 'Unit of the structure in which this employee sat at the same moment.',
    product: 'Product of the opportunity.',
    sector: 'Sector of the customer at the registration, or when the customer was linked.',
    currency: 'Currency of the amount.',
  },
  periods:
    'Day on which the opportunity was closed. A month or day on which nothing was closed has no row, unless there is a target for it.',
  kpi: 'won-amount',
  asks: ({ from, to, by, where }) => [{ from, to, by: [...new Set([...by, 'currency'])], where }],
  rows: ([sums = []], question, facts) => {
    const { by } = question;
    const period = periods.find((dimension) => by.includes(dimension));
    const dated = sums.filter(({ key }) => period === undefined || key[period] !== null);
    return withTargets(grouped(dated, by), question, facts)
      .sort(league(by, facts))
      .map((each) => ({ ...closedOf(each), ...(!isByPeriod(by) && openOf(each)) }));
  },
};

type Targeted = Group & { readonly target: readonly MoneySum[] | null };

/** Null where there is no target. A target without sums makes a row of its own. */
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
  const ranked = by.length > 0 && !isByPeriod(by.slice(-1));
  const order = byKey(ranked ? by.slice(0, -1) : by, facts);
  const most = (a: Group, b: Group) =>
    ranked ? byAmounts(amounts(a.sums, 'wonAmount'), amounts(b.sums, 'wonAmount')) : 0;
  return (a, b) => order(a, b) || most(a, b) || byKey(by, facts)(a, b);
}

function closedOf({ key, sums, target }: Targeted): Row {
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
  };
}

const openOf = ({ sums }: Group): Row => ({
  open: total(sums, 'openCount'),
  openAmount: amounts(sums, 'openAmount'),
  weightedAmount: amounts(sums, 'weightedAmount'),
});

/** To the nearest minor unit. */
function averages(priced: readonly Sum[]): readonly MoneySum[] {
  return grouped(priced, ['currency']).flatMap(({ key: { currency }, sums }) => {
    const won = total(sums, 'won');
    return currency && won > 0 ? [{ amount: written(dividedBy(amountOf(sums, 'wonAmount'), won)), currency }] : [];
  });
}
