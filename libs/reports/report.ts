import type { TargetLine } from '../../projections/target-list.js';
import type { MoneySum } from '../money.js';
import { ascending, plus, wholeOf, written } from '../whole.js';
import type { Whole } from '../whole.js';
import { Histogram } from '../read-models/histogram.js';
import type { GenerationState, Sum } from '../read-models/read-models.js';
import type { When } from '../read-models/asking/reading.js';
import { nameKey } from '../text.js';

export const reportNames = ['funnel', 'performance', 'retention', 'rfm', 'portfolio'] as const;
export type ReportName = (typeof reportNames)[number];

/** What can be asked of a report; all of it optional. */
export interface Parameters extends Omit<When, 'atRevision'> {
  /** Half-open window of local days, `YYYY-MM-DD`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Dimensions to keep apart; an empty list adds everything up. The report's own when nobody says. */
  readonly by?: readonly string[] | undefined;
  /** Which of the report's ways of counting; its first one when nobody says. */
  readonly basis?: string | undefined;
  /** Id of a pipeline, for reports that know pipelines. */
  readonly pipeline?: string | undefined;
  /** IANA name of the zone whose days count; the zone the installation reports in when nobody says. */
  readonly zone?: string | undefined;
  /** By dimension, the values that count; null is "not known". */
  readonly where?: Readonly<Record<string, readonly (string | null)[]>> | undefined;
}

/** A question that has been checked. */
export interface Question {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly by: readonly string[];
  readonly basis: string;
  readonly where: Readonly<Record<string, readonly (string | null)[]>>;
  /** The local day of the moment the question is about. */
  readonly today: string;
}

/** Times of many, within 5 %; null where there are none. */
export interface Duration {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
}

/** An index of amounts: one per currency, since amounts of different currencies cannot be compared. */
export interface IndexOfCurrency {
  readonly currency: string;
  readonly index: number | null;
}

/** A share of amounts: one per currency. */
export interface ShareOfCurrency {
  readonly currency: string;
  readonly share: number;
}

export type Value =
  | string
  | number
  | boolean
  | null
  | MoneySum
  | Duration
  | readonly MoneySum[]
  | readonly (number | null)[]
  | readonly IndexOfCurrency[]
  | readonly ShareOfCurrency[];

export type Row = Readonly<Record<string, Value>>;

/** A document whose figures could not be computed. */
export interface ParkedDocument {
  /** Its id, or the stream, where the documents could not be named. */
  readonly document: string;
  /** Of the event that failed. */
  readonly position: number;
  readonly error: string;
}

/** Documents whose figures are missing, or older than the others; the first of them by name. */
export interface ParkedDocuments {
  readonly count: number;
  readonly documents: readonly ParkedDocument[];
}

/** What the program's definitions and settings ask for, while something else answers. */
export interface Awaited {
  readonly definition: string;
  readonly zone: string;
  /** Null where nothing builds it yet. */
  readonly state: GenerationState | null;
  /** Everything in the log up to here has been looked at, of `head`. */
  readonly position: number;
  readonly head: number;
  /** Null when it does not move. */
  readonly secondsLeft: number | null;
  readonly error: string | null;
}

/**
 * The answer, the same over HTTP and on the command line. Amounts are in minor units, as decimal text beyond 2^53 − 1; shares are between
 * 0 and 1.
 */
export interface Report {
  readonly report: ReportName;
  /** Names and versions of everything that decides what the figures mean. */
  readonly definition: string;
  /** Everything in the log up to here has been looked at. */
  readonly position: number;
  readonly basis: string;
  readonly by: readonly string[];
  /** `asOf` is the past moment that was asked for, null for the present. */
  readonly window: { readonly from: string | null; readonly to: string | null; readonly asOf: string | null };
  readonly axis: 'occurred' | 'recorded';
  /** In which the days of these figures are counted. */
  readonly zone: string;
  /** What will answer instead; null when nothing else is to. */
  readonly awaited: Awaited | null;
  readonly parked: ParkedDocuments;
  readonly rows: readonly Row[];
}

/** A pipeline as far as a report shows it. */
export interface PipelineStages {
  readonly pipelineId: string;
  readonly name: string;
  /** In the order of the newest version, with those that only earlier ones had where they stood. */
  readonly stages: readonly { readonly id: string; readonly name: string; readonly kind: string }[];
}

/** A target as far as a report compares figures with it. */
export type TargetOf = Pick<TargetLine, 'subject' | 'period' | 'value'>;

/** What rows are made with besides the sums. */
export interface Facts {
  readonly pipelines: readonly PipelineStages[];
  /** What the ids of people and units in the sums are called. */
  readonly names: ReadonlyMap<string, string>;
  /** In force for the report's figure; none when its rows are not measured by any. */
  readonly targets: readonly TargetOf[];
}

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

/** Tells keys apart. */
export const placeOf = (key: Sum['key'], by: readonly string[]): string =>
  JSON.stringify(by.map((dimension) => key[dimension] ?? null));

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
export function byKey(dimensions: readonly string[], { names }: Facts) {
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
