import type { Sum, Sums } from '../read-models/read-models.js';
import type { Rollup } from '../read-models/rollup.js';
import type { Kpi } from '../targets/events.js';
import type { Facts, Question, ReportName, Row } from './report.js';

/** What a figure can be, so that it can be written down for people and for programs. */
export const kinds = {
  text: 'Text: a name, a day, a month.',
  count: 'A whole number.',
  share: 'A part of a whole, from 0 to 1; null where the whole is 0.',
  index: 'From 0 to 1, but no part of a whole; null where there is nothing to measure.',
  money: 'An amount in the currency of the row, in minor units; beyond 2^53 − 1 as decimal text.',
  amounts: 'One such amount for each currency; amounts of different currencies are never added up.',
  duration:
    'Days: how many durations there are (`count`), their median (`p50`) and the time that 90 % keep within (`p90`).',
  counts: 'One whole number for each month, beginning with month 0.',
  shares: 'One share for each month, beginning with month 0.',
  indexes: 'One index for each currency.',
  ratios: 'One ratio for each currency; it may exceed 1.',
  flag: 'Yes or no; null where it cannot be said.',
} as const;

export type Kind = keyof typeof kinds;

/** One figure of a row. */
export interface Column {
  readonly kind: Kind;
  /** What it means, a sentence for `docs/reports.md`. */
  readonly says: string;
  /** It tells what is the case at the moment that is asked about, so rows by `month` or `day` do not have it. */
  readonly ofTheMoment?: true;
}

/** The figures of a row, in order; they follow the dimensions it was asked by. */
export type Columns = Readonly<Record<string, Column>>;

/** Numbers that are chosen, not measured, and that change figures. Raise the version when one of them changes. */
export interface Policy {
  readonly name: string;
  readonly version: number;
  /** Sentences for `docs/reports.md`. */
  readonly says: string;
  readonly table?: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

/** One way of counting. */
export interface Basis {
  /** What is counted, sentences for `docs/reports.md`. */
  readonly says: string;
  /** What `from` and `to` select. */
  readonly window: string;
  /** Dimensions that are kept apart when the question names none. */
  readonly by: readonly string[];
  readonly policies: readonly Policy[];
  readonly columns: Columns;
}

/** One report: which sums it asks for, and how they become rows. Pure, so that it can be tested without anything else. */
export interface Source {
  readonly name: ReportName;
  /** Raise it when the same sums become other figures; what is stored has versions of its own. */
  readonly version: number;
  /** What it answers, a sentence for `docs/reports.md`. */
  readonly says: string;
  readonly rollup: Rollup;
  /** Its ways of counting by name; the first is the default. */
  readonly bases: Readonly<Record<string, Basis>>;
  /** What it can be asked by, and filtered by, with what each means. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Which day `month` and `day` go by; undefined when the report cannot be asked by them. */
  readonly periods?: string;
  /** The figure of its rows for which targets are set. */
  readonly kpi?: Kpi;
  readonly asks: (question: Question) => readonly Sums[];
  /** @param sums the answers to `asks`, in the same order */
  readonly rows: (sums: readonly (readonly Sum[])[], question: Question, facts: Facts) => readonly Row[];
}

/** Dimensions of time, for reports of what happened on days. */
export const periods = ['month', 'day'] as const;

/** Whether rows are kept apart by time. */
export const isByPeriod = (by: readonly string[]): boolean => periods.some((period) => by.includes(period));

/** The figures that the answer to a question has: they depend on what is asked, never on what is found. */
export function columnsOf({ bases }: Source, { basis, by }: Pick<Question, 'basis' | 'by'>): Columns {
  const all = Object.entries(bases[basis]!.columns);
  return Object.fromEntries(all.filter(([, { ofTheMoment }]) => !ofTheMoment || !isByPeriod(by)));
}
