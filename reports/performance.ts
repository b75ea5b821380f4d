import { fact, isByPeriod, periods, report } from '../libs/reports/report.js';
import type { Columns, Known, Question, Row, Sum } from '../libs/reports/report.js';
import * as column from '../libs/reports/columns.js';
import { amountOf, amounts, byAmounts, byKey, days, grouped, placeOf, share, total } from '../libs/reports/figures.js';
import type { Group } from '../libs/reports/figures.js';
import type { Credit } from '../libs/opportunities/events.js';
import type { MoneySum } from '../libs/money.js';
import { rollup } from '../libs/read-models/rollup.js';
import { dayIn, millisecondsBetween } from '../libs/time.js';
import { dividedBy, written } from '../libs/whole.js';
import { stageJourney } from '../projections/stage-journey.js';
import type { StageJourney } from '../projections/stage-journey.js';
import { targetList } from '../projections/target-list.js';
import { weighted } from '../projections/weighted.js';
import { attained, keyOfSubject, measured, plannedIn, targetPolicy } from './attainment.js';
import type { TargetOf } from './attainment.js';

/**
 * Who sold what. What was won or lost counts for the day it was closed, and stays with the owner of that moment, their
 * unit and their manager then; reopening takes it away again. What is open counts in every window, for the owner it has now;
 * `weightedAmount` is its amount times its probability. What is void counts nowhere. Win rate is `won / (won + lost)`,
 * the average deal `wonAmount / won`. `daysToClose` is the time from the first stage to the end, won or lost; `daysToWin` that of
 * what was won.
 */
export const salesPerformance = rollup({
  name: 'sales-performance',
  version: 1,
  of: stageJourney,
  dimensions: ['employee', 'manager', 'orgUnit', 'product', 'sector', 'currency'],
  measures: ['won', 'lost', 'wonAmount', 'openCount', 'openAmount', 'weightedAmount'],
  durations: ['daysToClose', 'daysToWin'],
  summaries: [
    ['currency'],
    ['currency', 'employee'],
    ['currency', 'manager'],
    ['currency', 'orgUnit'],
    ['currency', 'product'],
    ['currency', 'sector'],
  ],
  cells: (journey, zone) => {
    const { status, closedAt, credit, owner, probability } = journey;
    const amount = journey.amount?.amount ?? 0;
    if (status === 'open') {
      const measures = { openCount: 1, openAmount: amount, weightedAmount: weighted(amount, probability) };
      return [{ key: keyOf(journey, owner), measures }];
    }
    if (status === 'void' || closedAt === null || credit === null) return [];
    const daysToClose = sinceRegistration(journey, closedAt);
    const won = status === 'won';
    return [
      {
        day: dayIn(zone, closedAt),
        key: keyOf(journey, credit),
        measures: won ? { won: 1, wonAmount: amount } : { lost: 1 },
        durations: { daysToClose, ...(won && { daysToWin: daysToClose }) },
      },
    ];
  },
});

const keyOf = ({ product, customer, amount }: StageJourney, { employeeId, managerId, orgUnitId }: Credit) => ({
  employee: employeeId,
  manager: managerId,
  orgUnit: orgUnitId,
  product,
  sector: customer?.sector ?? null,
  currency: amount?.currency ?? null,
});

/** Clocks of two machines may disagree a little: nothing is closed before it began. */
function sinceRegistration({ registeredAt }: StageJourney, closedAt: string): number {
  const took = millisecondsBetween(registeredAt, closedAt);
  return took > 0 ? took : 0;
}

const columns: Columns = {
  won: column.count('Opportunities won.'),
  lost: column.count('Opportunities lost.'),
  winRate: column.share('`won` / (`won` + `lost`).'),
  wonAmount: column.amounts('Sum of what was won.'),
  target: column.amounts(
    'What was to be won, see `target-policy`; null where rows are not measured by targets or none is set.',
  ),
  attainment: column.ratios('`wonAmount` / `target`.'),
  averageDeal: column.amounts(
    '`wonAmount` / `won`, counting in each currency what was won in it; to the nearest minor unit.',
  ),
  daysToClose: column.duration('Time from the registration to the end, won or lost.'),
  daysToWin: column.duration('The same for what was won.'),
  open: column.ofTheMoment(
    column.count('Opportunities that are open at the moment that is asked about, whatever the window is.'),
  ),
  openAmount: column.ofTheMoment(column.amounts('Sum of what these are worth.')),
  weightedAmount: column.ofTheMoment(
    column.amounts('The same, each amount times the probability of its opportunity, to the nearest minor unit.'),
  ),
};

/** Targets are known at the moment that is asked about, like the figures they are compared with. */
const facts = {
  targets: fact({
    of: targetList,
    at: 'then',
    which: (question) => {
      const kind = measured(question);
      return kind && { kpi: 'won-amount', 'subject.kind': kind, status: 'set' };
    },
    as: ({ subject, period, value }): TargetOf => ({ subject, period, value }),
    key: keyOfSubject,
  }),
};
type Facts = Known<typeof facts>;

export const performance = report({
  name: 'performance',
  version: 2,
  says: 'What was sold, and what is open.',
  summary: 'Who sold what: won and lost, win rate, amounts against targets, time to close, what is open.',
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
      columns,
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
  facts,
  asks: ({ from, to, by, where }) => [{ from, to, by: [...new Set([...by, 'currency'])], where }],
  rows: ([sums = []], question, facts) => {
    const { by } = question;
    const period = periods.find((dimension) => by.includes(dimension));
    const dated = sums.filter(({ key }) => period === undefined || key[period] !== null);
    return withTargets(grouped(dated, by), question, facts)
      .sort(league(by, facts))
      .map((each) => ({ ...closedOf(each), ...(!isByPeriod(by) && openOf(each)) }));
  },
});

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
