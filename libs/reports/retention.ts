import { retention } from '../../projections/retention.js';
import type { Tier } from '../customers/events.js';
import type { Sum, Sums } from '../read-models/read-models.js';
import { monthsBetween, shiftDay, shiftMonth } from '../time.js';
import { retentionColumns } from './columns.js';
import { byKey, grouped, share, total } from './report.js';
import type { Policy, Source } from './definition.js';
import type { Facts, Question, Row } from './report.js';

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

export const retentionReport: Source = {
  name: 'retention',
  version: 2,
  says: 'Which customers come back. Archived customers are left out.',
  rollup: retention,
  bases: {
    cohort: {
      says: 'Customers by the month of their first purchase, and how many of them bought in each month from then on.',
      window: 'Customers by the day of their first purchase, whatever they bought later.',
      by: [],
      policies: [],
      columns: retentionColumns.cohort,
    },
    rolling: {
      says: 'Months, and how many of those that bought in the month before bought again.',
      window: 'Months that lie in it as a whole; the month before the first of them is looked at, too.',
      by: [],
      policies: [],
      columns: retentionColumns.rolling,
    },
    churn: {
      says: 'Customers by whether their last purchase is older than the policy allows, on the day that is asked about.',
      window: 'Customers by the day of their first purchase.',
      by: [],
      policies: [churnPolicy],
      columns: retentionColumns.churn,
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
};

/** The matrix ends with the month that is asked about; later only when a clock was ahead and a purchase lies beyond it. */
function cohortRows(sums: readonly Sum[], { by, today }: Question, facts: Facts): Row[] {
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
function rollingRows(sums: readonly Sum[], question: Question, facts: Facts, active: readonly string[]): Row[] {
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
function churnRows(sums: readonly Sum[], recent: readonly Sum[], question: Question, facts: Facts): Row[] {
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
