import { report } from '../libs/reports/report.js';
import type { Columns, Named, Policy, Question, Row, Sum, Sums } from '../libs/reports/report.js';
import * as column from '../libs/reports/columns.js';
import { byKey, grouped, share, total } from '../libs/reports/figures.js';
import type { Tier } from '../libs/tiering.js';
import { rollup } from '../libs/read-models/rollup.js';
import { dayIn, monthsBetween, shiftDay, shiftMonth } from '../libs/time.js';
import { customerValue } from '../projections/customer-value.js';

/**
 * Who came back. Three forms of counting lie side by side, told apart by the dimension `form`; ask for one of them.
 *
 * - `cohort`: a cell per month in which the customer bought, on the day of its first purchase. `k` is how many months
 *   after the first one that was. A window chooses customers by their first purchase, whatever they bought later.
 * - `rolling`: a cell per month in which the customer bought, on the first day of that month, since being active is said
 *   of whole months only.
 * - `last`: one cell, on the day of the first purchase, that says on which day the last one was. Who is lost is a matter of
 *   the present, so it is for the question to compare.
 */
export const customerRetention = rollup({
  name: 'retention',
  version: 1,
  of: customerValue,
  dimensions: ['form', 'k', 'lastOn', 'tier', 'region', 'sector', 'owner'],
  measures: ['customers', 'repeat', 'retained'],
  summaries: [
    ['form', 'k', 'lastOn'],
    ['form', 'k', 'lastOn', 'tier'],
    ['form', 'k', 'lastOn', 'region'],
    ['form', 'k', 'lastOn', 'sector'],
    ['form', 'k', 'lastOn', 'owner'],
  ],
  cells({ status, boughtAt, spending, tier, region, sector, owner }, zone) {
    if (status === 'archived' || status === 'merged' || boughtAt.length === 0) return [];
    const months = [...new Set(boughtAt.map((at) => dayIn(zone, at).slice(0, 7)))];
    const day = dayIn(zone, boughtAt[0]!);
    const lastOn = dayIn(zone, boughtAt.at(-1)!);
    const purchases = Object.values(spending).reduce((sum, each) => sum + each.purchases, 0);
    const who = { tier, region, sector, owner: owner?.employeeId ?? null };
    return [
      ...months.map((month, index) => ({
        day,
        key: { form: 'cohort', k: String(monthsBetween(months[0]!, month)), lastOn: null, ...who },
        measures: { customers: 1, repeat: index === 0 && purchases > 1 ? 1 : 0 },
      })),
      ...months.map((month, index) => ({
        day: `${month}-01`,
        key: { form: 'rolling', k: null, lastOn: null, ...who },
        measures: { customers: 1, retained: index > 0 && months[index - 1] === shiftMonth(month, -1) ? 1 : 0 },
      })),
      { day, key: { form: 'last', k: null, lastOn, ...who }, measures: { customers: 1 } },
    ];
  },
});

const columns = {
  cohort: {
    cohort: column.text('Month of the first purchase.'),
    customers: column.count('Customers that first bought in this month.'),
    repeat: column.count('Those of them that bought more than once, in whatever month.'),
    repeatRate: column.share('`repeat` / `customers`.'),
    active: column.counts(
      'Those that bought in each month from the first on, up to the month of the moment that is asked about; 0 where none did. The last month may not be over.',
    ),
    rates: column.shares('`active` / `customers`, month by month.'),
  },
  rolling: {
    month: column.text(
      'Every month from the first purchase of all to the month of the moment that is asked about, which may not be over.',
    ),
    active: column.count('Customers that bought in this month; 0 where none did.'),
    activeBefore: column.count('Customers that bought in the month before.'),
    retained: column.count('Customers that bought in both.'),
    retentionRate: column.share('`retained` / `activeBefore`.'),
  },
  churn: {
    boughtBefore: column.text(
      'The day that is asked about less the days of the policy. Customers that have not bought on this day or later are lost.',
    ),
    customers: column.count('Customers that can be lost: their first purchase lies before `boughtBefore`.'),
    churned: column.count('Those of them whose last purchase lies before `boughtBefore`, too.'),
    churnRate: column.share('`churned` / `customers`.'),
    tooNew: column.count(
      'Customers whose first purchase is later, so that they cannot be lost yet; no other column counts them.',
    ),
    band: column.share('The highest `churnRate` that the policy accepts.'),
    alert: column.flag('Whether `churnRate` is above `band`.'),
  },
} satisfies Readonly<Record<string, Columns>>;

const days = 180;
const band = 0.3;
/** Less of those that matter more. */
const bandOfTier: Readonly<Partial<Record<Tier, number>>> = { potential: 0.2, important: 0.1 };

export const churnPolicy = {
  name: 'churn-policy',
  version: 2,
  says:
    `A customer that has not bought for more than ${days} days is lost. The band is the highest share of lost customers that is ` +
    'accepted; above it, there is an alert. Where customers of one tier are counted, the band of that tier holds, otherwise that of all.',
  days,
  band,
  bandOfTier,
  table: {
    columns: ['Customers', 'Band'],
    rows: [
      ...Object.entries(bandOfTier).map(([tier, each]) => [`of the tier \`${tier}\``, String(each)]),
      ['all others', String(band)],
    ],
  },
} satisfies Policy & { readonly days: number; readonly band: number; readonly bandOfTier: unknown };

export const retention = report({
  name: 'retention',
  version: 2,
  says: 'Which customers come back. Archived customers are left out.',
  summary: 'Who came back. Basis `cohort`, `rolling` or `churn`.',
  rollup: customerRetention,
  bases: {
    cohort: {
      says: 'Customers by the month of their first purchase, and how many of them bought in each month from then on.',
      window: 'Customers by the day of their first purchase, whatever they bought later.',
      by: [],
      policies: [],
      columns: columns.cohort,
    },
    rolling: {
      says: 'Months, and how many of those that bought in the month before bought again.',
      window: 'Months that lie in it as a whole; the month before the first of them is looked at, too.',
      by: [],
      policies: [],
      columns: columns.rolling,
    },
    churn: {
      says: 'Customers by whether their last purchase is older than the policy allows, on the day that is asked about.',
      window: 'Customers by the day of their first purchase.',
      by: [],
      policies: [churnPolicy],
      columns: columns.churn,
    },
  },
  dimensions: {
    tier: 'Tier of the customer at the moment that is asked about.',
    region: 'Region of the customer at the same moment.',
    sector: 'Sector of the customer at the same moment.',
    owner: 'Owner of the customer at the same moment.',
  },
  asks: ({ from, to, by, basis, where, today }) => {
    const counted = (form: string): NonNullable<Sums['where']> => ({ ...where, form: [form] });
    if (basis === 'cohort') return [{ from, to, by: [...by, 'month', 'k'], where: counted('cohort') }];
    if (basis === 'rolling') {
      const everActive: Sums = { by: ['month'], where: { form: ['rolling'] } };
      return [{ by: [...by, 'month'], where: counted('rolling') }, everActive];
    }
    const boughtBefore = shiftDay(today, -churnPolicy.days);
    const last = { by: [...by, 'lastOn'], where: counted('last') };
    return [
      { ...last, from, to: earliest(to, boughtBefore) },
      { ...last, from: latest(from, boughtBefore), to },
    ];
  },
  rows: ([sums = [], others = []], question, facts) => {
    if (question.basis === 'churn') return churnRows(sums, others, question, facts);
    if (question.basis === 'cohort') return cohortRows(sums, question, facts);
    return rollingRows(sums, question, facts, others.map(({ key }) => key['month']!).sort());
  },
});

/** The matrix ends with the month that is asked about; later only when a clock was ahead and a purchase lies beyond it. */
function cohortRows(sums: readonly Sum[], { by, today }: Question, facts: Named): Row[] {
  const keys = [...by, 'month'];
  const last = sums
    .map(({ key }) => shiftMonth(key['month']!, Number(key['k'])))
    .reduce((month, each) => (each > month ? each : month), today.slice(0, 7));
  return grouped(sums, keys)
    .sort(byKey(keys, facts))
    .map(({ key: { month, ...key }, sums: cells }) => {
      const active = Array<number>(monthsBetween(month!, last) + 1).fill(0);
      for (const { key: cell, measures } of cells) active[Number(cell['k'])]! += Number(measures['customers']);
      const customers = active[0]!;
      const repeat = total(cells, 'repeat');
      return {
        ...key,
        cohort: month!,
        customers,
        repeat,
        repeatRate: share(repeat, customers),
        active,
        rates: active.map((count) => share(count, customers)),
      };
    });
}

/** Every month has a row, also one without purchases, up to the one that is asked about. @param active months with purchases */
function rollingRows(sums: readonly Sum[], question: Question, facts: Named, active: readonly string[]): Row[] {
  const { from, to, by, today } = question;
  if (active.length === 0) return [];
  const first = latest(active[0], from === undefined ? undefined : monthNotBefore(from))!;
  const last = latest(active.at(-1), today.slice(0, 7))!;
  const end = earliest(shiftMonth(last, 1), to?.slice(0, 7))!;
  const months = Array.from({ length: monthsBetween(first, end) }, (_, index) => shiftMonth(first, index));
  return grouped(sums, by)
    .sort(byKey(by, facts))
    .flatMap(({ key, sums: cells }) => {
      const counted = new Map(cells.map((cell) => [cell.key['month']!, [cell]]));
      const count = (month: string, measure: string) => total(counted.get(month) ?? [], measure);
      return months.map((month) => {
        const activeBefore = count(shiftMonth(month, -1), 'customers');
        const retained = count(month, 'retained');
        return {
          ...key,
          month,
          active: count(month, 'customers'),
          activeBefore,
          retained,
          retentionRate: share(retained, activeBefore),
        };
      });
    });
}

/**
 * @param sums of customers that first bought long enough ago to be lost
 * @param recent of those that did not
 */
function churnRows(sums: readonly Sum[], recent: readonly Sum[], question: Question, facts: Named): Row[] {
  const { by, where, today } = question;
  const boughtBefore = shiftDay(today, -churnPolicy.days);
  const young = new Set(recent);
  return grouped([...sums, ...recent], by)
    .sort(byKey(by, facts))
    .map(({ key, sums: cells }) => {
      const old = cells.filter((cell) => !young.has(cell));
      const customers = total(old, 'customers');
      const churned = total(
        old.filter((cell) => cell.key['lastOn']! < boughtBefore),
        'customers',
      );
      const tooNew = total(cells, 'customers') - customers;
      const churnRate = share(churned, customers);
      const accepted = bandOf('tier' in key ? [key['tier'] ?? null] : where['tier']);
      const alert = churnRate === null ? null : churnRate > accepted;
      return { ...key, boughtBefore, customers, churned, churnRate, tooNew, band: accepted, alert };
    });
}

/** @param tiers of the customers that are counted; undefined for all of them */
function bandOf(tiers: readonly (string | null)[] = []): number {
  const only = tiers.length === 1 ? churnPolicy.bandOfTier[tiers[0] as Tier] : undefined;
  return only ?? churnPolicy.band;
}

/** The first month that lies behind this day as a whole. */
const monthNotBefore = (day: string): string =>
  day.endsWith('-01') ? day.slice(0, 7) : shiftMonth(day.slice(0, 7), 1);

const latest = (a: string | undefined, b: string | undefined) =>
  a === undefined || (b !== undefined && b > a) ? b : a;
const earliest = (a: string | undefined, b: string | undefined) =>
  a === undefined || (b !== undefined && b < a) ? b : a;
