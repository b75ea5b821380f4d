/** What a mapping file says. `docs/import.md` explains it, `docs/import-mapping.schema.json` describes its form. */
export interface Mapping extends Formats {
  readonly $schema?: string;
  /** The system the rows come from. Part of every id, so that the same number in two systems is two things. */
  readonly source: string;
  readonly description?: string;
  /** Business time of the steps that name none. */
  readonly at?: Expression;
  readonly maps?: Readonly<Record<string, ValueMap>>;
  readonly files?: Readonly<Record<string, SourceFile>>;
  readonly steps: readonly Step[];
}

/** How values are written in the files, unless an expression says otherwise. */
export interface Formats {
  readonly date?: string | readonly string[];
  /** IANA name of the time zone of dates and times without offset. */
  readonly zone?: string;
  readonly decimal?: '.' | ',';
  readonly thousands?: string;
  /** ISO 4217. */
  readonly currency?: string;
}

export interface SourceFile {
  /** In the folder that is imported. */
  readonly path: string;
  readonly delimiter?: string;
  /** Null when the file knows no quotes. */
  readonly quote?: string | null;
  readonly encoding?: string;
  /** Lines before the header, or before the first row. */
  readonly skipLines?: number;
  /** Names of the columns of a file without header. */
  readonly columns?: readonly string[];
  /** Characters of each column, for a file whose columns have no delimiter but a fixed place; the last takes the rest. */
  readonly widths?: readonly number[];
  /** What becomes of a row that ends before the header does. */
  readonly missingCells?: 'reject' | 'empty';
  /** Rows that are left out on purpose. */
  readonly ignore?: Condition;
}

export type ValueMap = Readonly<Record<string, string | number | boolean | null>>;

/** What rows of one file become. Without file it is done once, with constants. */
export interface Step {
  readonly name?: string;
  readonly file?: string;
  readonly target: string;
  readonly when?: Condition;
  /** In which order rows are done, where that is not the order of the file. */
  readonly sort?: readonly SortKey[];
  /** What tells one thing, or one change, from another in the source. */
  readonly key?: readonly Expression[];
  /** Business time: the rule's `now`. */
  readonly at?: Expression;
  readonly fields?: Readonly<Record<string, Expression | readonly Expression[]>>;
  /** What else the same row says, done afterwards in this order. */
  readonly also?: readonly Step[];
}

/** What rows are sorted by; the next one counts where this one is the same. What cannot be read comes last. */
export interface SortKey {
  readonly by: Expression;
  readonly as?: 'text' | 'number' | 'date';
  readonly descending?: boolean;
}

/** A text is a template: what stands in braces is a column. Other plain values are themselves. */
export type Expression = string | number | boolean | null | Detailed;

/** One source of a value, and what is done with it on the way. */
export interface Detailed extends Formats {
  readonly column?: string;
  readonly text?: string;
  readonly value?: string | number | boolean | null;
  /** The first that is not empty. */
  readonly first?: readonly Expression[];
  /** Id of a thing that this source calls so. */
  readonly ref?: string;
  readonly key?: readonly Expression[];
  /** Another source than that of the mapping. */
  readonly source?: string;
  /** The number of the row: counts the rows after the header, from 1. */
  readonly rowNumber?: true;
  readonly row?: Lookup;
  readonly mostFrequent?: Lookup;
  readonly count?: Omit<Lookup, 'column'>;
  readonly min?: Lookup;
  readonly max?: Lookup;

  /** Empty unless this holds. */
  readonly when?: Condition;
  /** Picks what the first group of a regular expression finds, or all it finds when it has no group. */
  readonly pattern?: string;
  readonly unmatched?: 'keep' | 'empty' | 'reject';
  /** Values by the text they are written as, or the name of such a map. */
  readonly map?: string | ValueMap;
  readonly unmapped?: 'keep' | 'empty' | 'reject';
  readonly case?: 'lower' | 'upper';
  /** What stands between the entries of a list. */
  readonly split?: string;
  /** Multiplies a number: `revenue in millions` is 1000000. */
  readonly scale?: number;
  /** Rounds what is finer than the field can hold, half away from zero. */
  readonly round?: boolean;
  /** Makes phone numbers international: the calling code, such as 49, or the region, such as DE, of local ones. */
  readonly countryCode?: string;
}

/** Rows of another file, or of the same one. */
export interface Lookup {
  readonly file: string;
  readonly column: string;
  /** Column of the other file → what it must be, seen from the row at hand. */
  readonly where?: Readonly<Record<string, Expression>>;
  /** How `min` and `max` compare the cells as they are written; left out, by what the field holds. */
  readonly as?: 'text' | 'number' | 'date';
  /** What becomes of a row for which there is no other. */
  readonly missing?: 'reject' | 'empty';
}

export type Condition =
  | { readonly column: string; readonly equals: string }
  | { readonly column: string; readonly in: readonly string[] }
  | { readonly column: string; readonly present: boolean }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };
