import { retention } from '../../projections/retention.js';
import type { Tier } from '../customers/events.js';
import type { Sum, Sums } from '../read-models/read-models.js';
import { monthsBetween, shiftDay, shiftMonth } from '../time.js';
import { retentionColumns } from './columns.js';
import { byKey, grouped, share, total } from './report.js';
import type { Facts, Question, Row, Source } from './report.js';

/**
 * A customer that has not bought for so many days is lost. The bands say which share of them may be: less of those that
 * matter more.
 */
export const churnPolicy = {
  name: 'churn-policy',
  version: 2,
  days: 180,
  band: 0.3,
  bandOfTier: { potential: 0.2, important: 0.1 } as Readonly<Partial<Record<Tier, number>>>,
} as const;

/**
 * Who comes back.
 *
 * - `cohort`: customers by the month of their first purchase, and how many of them bought in each month after it. The
 *   window chooses the customers by their first purchase. The matrix ends with the last month anybody bought in.
 * - `rolling`: months, and how many of those who bought in the month before bought again. Only months that lie in the
 *   window as a whole are shown.
 * - `churn`: customers by whether their last purchase is older than the policy allows, on the day that is asked about.
 *   The window chooses the customers by their first purchase, as for cohorts. `band` is the highest share that the policy
 *   accepts: that of the tier, where customers of one tier are counted, otherwise that of all. Above it, `alert` is on.
 */
export const retentionReport: Source = {
  name: 'retention',
  rollup: retention,
  bases: ['cohort', 'rolling', 'churn'],
  dimensions: ['tier', 'region', 'sector', 'owner'],
  periods: false,
  by: () => [],
  policies: (basis) => (basis === 'churn' ? [`${churnPolicy.name}@${churnPolicy.version}`] : []),
  columns: (basis) => retentionColumns[basis]!,
  asks: ({ from, to, by, basis, where }) => {
    const counted = (form: string): NonNullable<Sums['where']> => ({ ...where, form: [form] });
    if (basis === 'churn') return [{ from, to, by: [...by, 'lastOn'], where: counted('last') }];
    const everActive: Sums = { by: ['month'], where: { form: ['rolling'] } };
    if (basis === 'cohort') return [{ from, to, by: [...by, 'month', 'k'], where: counted('cohort') }, everActive];
    return [{ by: [...by, 'month'], where: counted('rolling') }, everActive];
  },
  rows: ([sums = [], months = []], question, facts) => {
    if (question.basis === 'churn') return churnRows(sums, question, facts);
    const active = months.map(({ key }) => key['month']!).sort();
    if (question.basis === 'cohort') return cohortRows(sums, question, facts, active.at(-1));
    return rollingRows(sums, question, facts, active);
  },
};

function cohortRows(sums: readonly Sum[], { by }: Question, facts: Facts, last: string | undefined): Row[] {
  const keys = [...by, 'month'];
  return grouped(sums, keys)
    .sort(byKey(keys, facts))
    .map(({ key: { month, ...key }, sums: cells }) => {
      const active = Array<number>(monthsBetween(month!, last ?? month!) + 1).fill(0);
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

/** Every month has a row, also one in which nobody bought. */
function rollingRows(sums: readonly Sum[], { from, to, by }: Question, facts: Facts, active: readonly string[]): Row[] {
  const first = latest(active[0], from === undefined ? undefined : monthNotBefore(from));
  const end = earliest(active.length === 0 ? undefined : shiftMonth(active.at(-1)!, 1), to?.slice(0, 7));
  if (first === undefined || end === undefined || active.length === 0) return [];
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

function churnRows(sums: readonly Sum[], { by, where, today }: Question, facts: Facts): Row[] {
  const boughtBefore = shiftDay(today, -churnPolicy.days);
  return grouped(sums, by)
    .sort(byKey(by, facts))
    .map(({ key, sums: cells }) => {
      const customers = total(cells, 'customers');
      const churned = total(
        cells.filter((cell) => cell.key['lastOn']! < boughtBefore),
        'customers',
      );
      const churnRate = share(churned, customers);
      const band = bandOf('tier' in key ? [key['tier'] ?? null] : where['tier']);
      const alert = churnRate === null ? null : churnRate > band;
      return { ...key, boughtBefore, customers, churned, churnRate, band, alert };
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
