import type { Projection } from '../read-models/projection.js';
import type { Filter, Sum, Sums } from '../read-models/read-models.js';
import type { Rollup } from '../read-models/rollup.js';
import type { Row } from './answer.js';

export type { Row } from './answer.js';
export type { Sum, Sums } from '../read-models/read-models.js';

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

/** What rows are made with besides the sums and the facts that the report declares. */
export interface Named {
  /** What the ids of people, units and customers in the sums are called. */
  readonly names: ReadonlyMap<string, string>;
}

/** What a report must know besides the cells: documents of a projection. The report declares them, the answering code reads them. */
export interface Fact<Document = never, Item = unknown> {
  readonly of: Projection<Document>;
  /** Whether they are read as they are today, or as they were at the moment that is asked about. */
  readonly at: 'today' | 'then';
  /** Which documents a question needs; nothing is read where it is undefined. */
  readonly which: (question: Question) => Filter | undefined;
  /** Paths in order of weight, one of the indexes of the projection; by id without it. */
  readonly sort?: readonly string[];
  /** What the report keeps of a document; undefined for one that it does without. */
  readonly as: (document: Document) => Item | undefined;
  /** Where in the report the item stands, so that the ids of its dimensions have names also when no cell has them. */
  readonly key?: (item: Item) => Readonly<Record<string, string>>;
}

/** Declares a fact, so that the compiler takes the form of the documents from the projection. */
export const fact = <Document, Item>(declared: Fact<Document, Item>): Fact<Document, Item> => declared;

/** A fact of any documents: the answering code hands it only what its own projection made, and what it kept of that. */
export type AnyFact = Omit<Fact<never, never>, 'as' | 'key' | 'of'> & {
  readonly of: Projection;
  readonly as: (document: never) => unknown;
  readonly key?: (item: never) => Readonly<Record<string, string>>;
};

/** The facts of a report by their names, as `rows` gets them: everything that was kept of the documents, in their order. */
export type Known<Facts> = Named & {
  readonly [Name in keyof Facts]: Facts[Name] extends { readonly as: (document: never) => infer Item }
    ? readonly Exclude<Item, undefined>[]
    : never;
};

/** One report. Pure, so that it can be tested without anything else. */
export interface Definition {
  /** In its route, `GET /reports/{name}`, and on the command line. */
  readonly name: string;
  /** Raise it when the same sums become other figures; what is stored has versions of its own. */
  readonly version: number;
  /** What it answers, a sentence for `docs/reports.md`. */
  readonly says: string;
  /** The same in a few words, for the description of the API; `says` where it is left out. */
  readonly summary?: string;
  readonly rollup: Rollup;
  /** Its ways of counting by name; the first is the default. */
  readonly bases: Readonly<Record<string, Basis>>;
  /** What it can be asked by, and filtered by, with what each means. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Which day `month` and `day` go by; undefined when the report cannot be asked by them. */
  readonly periods?: string;
  readonly facts: Readonly<Record<string, AnyFact>>;
  readonly asks: (question: Question) => readonly Sums[];
  /** @param sums the answers to `asks`, in the same order */
  readonly rows: (sums: readonly (readonly Sum[])[], question: Question, known: Named) => readonly Row[];
}

/**
 * Declares a report: which sums it asks for, what else it must know, and how rows are made of them. Listed in the `context.ts` of its context,
 * it has a route, a command, CSV, and its part of `docs/reports.md` and of the description of the API.
 */
export function report<Document, const Facts extends Readonly<Record<string, AnyFact>> = Record<never, never>>(
  definition: Omit<Definition, 'rollup' | 'facts' | 'rows'> & {
    readonly rollup: Rollup<Document>;
    readonly facts?: Facts;
    readonly rows: (
      sums: readonly (readonly Sum[])[],
      question: Question,
      known: Known<NoInfer<Facts>>,
    ) => readonly Row[];
  },
): Definition {
  return { facts: {}, ...definition } as unknown as Definition;
}

/** Dimensions of time, for reports of what happened on days. */
export const periods = ['month', 'day'] as const;

/** Whether rows are kept apart by time. */
export const isByPeriod = (by: readonly string[]): boolean => periods.some((period) => by.includes(period));

/** The figures that the answer to a question has: they depend on what is asked, never on what is found. */
export function columnsOf(
  { bases }: Pick<Definition, 'bases'>,
  { basis, by }: Pick<Question, 'basis' | 'by'>,
): Columns {
  const all = Object.entries(bases[basis]!.columns);
  return Object.fromEntries(all.filter(([, { ofTheMoment }]) => !ofTheMoment || !isByPeriod(by)));
}
