import type { Whole } from '../whole.js';
import type { Projection } from './projection.js';

/**
 * What one document adds to a report: whole numbers under a key. When a document changes, the engine takes away the cells
 * of the old one and adds those of the new, so a report is always exact and never recomputed.
 */
export interface Cell<
  Dimension extends string = string,
  Measure extends string = string,
  Duration extends string = string,
> {
  /** The local day it counts for, `YYYY-MM-DD`; a cell without one counts in every window. */
  readonly day?: string | undefined;
  readonly key: Readonly<Record<Dimension, string | null>>;
  readonly measures?: Readonly<Partial<Record<Measure, Whole>>>;
  /** Milliseconds. Kept as count, sum and logarithmic histogram. */
  readonly durations?: Readonly<Partial<Record<Duration, number>>>;
}

export interface Rollup<Document = unknown> {
  readonly name: string;
  /** Raise it to rebuild the report, and the documents it is computed from, from the first event. */
  readonly version: number;
  readonly of: Projection<Document>;
  readonly dimensions: readonly string[];
  readonly measures: readonly string[];
  readonly durations: readonly string[];
  /**
   * Sets of dimensions whose cells are kept added up over all others, by month: a question that needs no dimension besides
   * those of a set reads that set alone, however many documents there are. One set of all dimensions when none is named.
   */
  readonly summaries: readonly (readonly string[])[];
  /** @param zone IANA name of the time zone whose days count */
  cells(document: Document, zone: string): readonly Cell[];
}

/** Declares a report. Pure, like the projection it sums up. */
export function rollup<
  Document,
  const Dimension extends string,
  const Measure extends string,
  const Duration extends string = never,
>(definition: {
  readonly name: string;
  readonly version: number;
  readonly of: Projection<Document>;
  readonly dimensions: readonly Dimension[];
  readonly measures: readonly Measure[];
  readonly durations?: readonly Duration[];
  readonly summaries?: readonly (readonly NoInfer<Dimension>[])[];
  readonly cells: (document: Document, zone: string) => readonly Cell<Dimension, Measure, Duration>[];
}): Rollup<Document> {
  return { durations: [], summaries: [definition.dimensions], ...definition } as Rollup<Document>;
}

/** A projection with the reports computed from it: what is built, rebuilt and switched together. */
export interface ReadModel {
  readonly projection: Projection;
  readonly rollups: readonly Rollup[];
  /** The extension that it comes from; absent for what the program itself has. */
  readonly extension?: string;
}

/** Documents of any shape: the engine only ever hands a projection the documents it made. */
export function readModel<Document>(projection: Projection<Document>, ...rollups: Rollup<Document>[]): ReadModel {
  return { projection: projection as Projection, rollups: rollups as Rollup[] };
}

/** What is built: of several definitions of one name the first; the others are earlier ones, kept to go back to. */
export const currentOf = (definitions: readonly ReadModel[]): readonly ReadModel[] =>
  definitions.filter((each, index) => index === definitions.findIndex(isOf(each.projection.name)));

/** The definition by which something was built; nothing where the program does not have it any more. */
export const definedAs = (
  definitions: readonly ReadModel[],
  { name, definition }: { readonly name: string; readonly definition: string },
  zone: string,
): ReadModel | undefined => definitions.filter(isOf(name)).find((each) => definitionOf(each, zone) === definition);

/** Whether a definition is the one of this read model, in whatever zone its reports count. */
export const isDefinedBy = (readModel: ReadModel, definition: string): boolean =>
  definition === definitionOf(readModel, definition.slice(definition.lastIndexOf(' ') + 1));

const isOf = (name: string) => (each: ReadModel) => each.projection.name === name;

/** Names everything that decides what the stored read model looks like; another text means a rebuild. */
export function definitionOf({ projection, rollups }: ReadModel, zone: string): string {
  const reports = rollups.map(({ name, version }) => `${name}@${version}`);
  return [`${projection.name}@${projection.version}`, ...reports, ...(rollups.length > 0 ? [zone] : [])].join(' ');
}
