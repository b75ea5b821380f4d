import type { MoneySum } from '../money.js';
import type { GenerationState } from '../read-models/generation.js';

/** The name of a report. Which ones there are is known when the program runs. */
export type ReportName = string;

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
  /** `cursor` of the next page, where a page was asked for and there is another one. */
  readonly next?: string;
}
