import type { MoneySum } from '../money.js';
import { Histogram } from '../read-models/histogram.js';
import { nameKey } from '../text.js';
import { ascending, plus, wholeOf, written } from '../whole.js';
import type { Whole } from '../whole.js';
import type { Duration } from './answer.js';
import type { Named, Sum } from './report.js';

/** Null where nothing is to be shared. */
export const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const DAY = 86_400_000;

/** How percentiles are found, for `docs/reports.md`. */
export const percentileRule =
  'Nearest rank, within 5 %: `p50` is the smallest duration that at least half of all do not exceed, `p90` that of 90 %. ' +
  'Durations are counted in logarithmic classes, each 10 % wider than the one before; a percentile is the geometric middle of its ' +
  'class, so it differs from the exact duration by less than 5 %. It is given in days, to four digits, and beside it the number ' +
  'of durations it was found among.';

/** Milliseconds of these sums to days, to four digits: what is kept is no finer. */
export function days(sums: readonly Sum[], duration: string): Duration {
  const histogram = merged(sums.flatMap(({ durations }) => durations[duration] ?? []));
  const at = (part: number) => {
    const milliseconds = histogram.percentile(part);
    return milliseconds === null ? null : Number((milliseconds / DAY).toPrecision(4));
  };
  return { count: histogram.count, p50: at(0.5), p90: at(0.9) };
}

function merged(histograms: readonly Histogram[]): Histogram {
  if (histograms.length === 1) return histograms[0]!;
  const all = new Histogram();
  for (const histogram of histograms) all.merge(histogram);
  return all;
}

export interface Group {
  readonly key: Sum['key'];
  readonly sums: Sum[];
}

/** Tells keys apart: with the sign that keeps the parts of cells apart, and another one for what is not known. */
export function placeOf(key: Sum['key'], by: readonly string[]): string {
  let place = '';
  for (const dimension of by) place += `${key[dimension] ?? '\u0000'}\u0001`;
  return place;
}

/** Sums that agree in these dimensions, in order of first appearance. */
export function grouped(sums: readonly Sum[], by: readonly string[]): Group[] {
  const groups = new Map<string, Group>();
  for (const sum of sums) {
    const place = placeOf(sum.key, by);
    let group = groups.get(place);
    if (!group) {
      const key = Object.fromEntries(by.map((dimension) => [dimension, sum.key[dimension] ?? null]));
      group = { key, sums: [] };
      groups.set(place, group);
    }
    group.sums.push(sum);
  }
  return [...groups.values()];
}

export const amountOf = (sums: readonly Sum[], measure: string): Whole =>
  sums.reduce<Whole>((sum, { measures }) => plus(sum, measures[measure] ?? 0), 0);

/** What is counted one by one is never more than a number holds. */
export const total = (sums: readonly Sum[], measure: string): number => Number(amountOf(sums, measure));

/** One amount per currency, in the order of their codes; sums without a currency have no amount. */
export function amounts(sums: readonly Sum[], measure: string): readonly MoneySum[] {
  return grouped(sums, ['currency'])
    .flatMap(({ key: { currency }, sums: same }) => {
      const amount = amountOf(same, measure);
      return currency && amount !== 0 ? [{ amount: written(amount), currency }] : [];
    })
    .sort((a, b) => compare(a.currency, b.currency));
}

/** Text order; what is not known comes last. */
export function compare(a: string | null | undefined, b: string | null | undefined): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return a < b ? -1 : 1;
}

/** Order of keys, dimension by dimension; people and units by name. */
export function byKey(dimensions: readonly string[], { names }: Named) {
  const keys = new Map<string, string>();
  const keyOf = (name: string): string => {
    const key = keys.get(name) ?? nameKey(name);
    keys.set(name, key);
    return key;
  };
  return ({ key: a }: Pick<Group, 'key'>, { key: b }: Pick<Group, 'key'>): number => {
    const nameOf = (id: string | null | undefined) => (id ? keyOf(names.get(id) ?? id) : id);
    for (const dimension of dimensions) {
      const order = compare(nameOf(a[dimension]), nameOf(b[dimension])) || compare(a[dimension], b[dimension]);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Larger amounts first, currency by currency. */
export function byAmounts(a: readonly MoneySum[], b: readonly MoneySum[]): number {
  const currencies = [...new Set([...a, ...b].map(({ currency }) => currency))].sort();
  const of = (sums: readonly MoneySum[], currency: string) =>
    wholeOf(sums.find((sum) => sum.currency === currency)?.amount ?? 0);
  return currencies.map((currency) => ascending(of(b, currency), of(a, currency))).find((order) => order !== 0) ?? 0;
}
