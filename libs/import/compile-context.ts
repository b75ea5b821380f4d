import { idFrom } from '../ids.js';
import { isZone } from '../time.js';
import type { Columns } from './columns.js';
import type { Row } from './csv.js';
import type { LookupTable } from './lookups.js';
import type { Mapping } from './mapping.js';
import type { Kind, Targets } from './steps/step.js';

export type Reader<Value = unknown> = (row: Row) => Value | null;

/** Reference of a row to another thing, by its key. */
export interface Reference {
  readonly kind: Kind;
  readonly id: string;
}

/** Sources of values; a detailed expression has exactly one. */
export const sources = [
  'column',
  'text',
  'value',
  'first',
  'ref',
  'rowNumber',
  'row',
  'mostFrequent',
  'count',
  'min',
  'max',
] as const;

/** Options that change a single value. */
export const changing = [
  'pattern',
  'unmatched',
  'map',
  'unmapped',
  'case',
  'scale',
  'round',
  'countryCode',
  'split',
] as const;

/** Context for compiling the expressions of a mapping. */
export interface CompileContext {
  readonly mapping: Mapping;
  /** What rows can become. */
  readonly targets: Targets;
  /** What is true after this moment cannot have happened yet. */
  readonly latest: string;
  /** Columns by the mapping's name of the file. */
  readonly files: ReadonlyMap<string, Columns>;
  readonly tables: { readonly file: string; readonly table: LookupTable }[];
  /** Collects problems of the mapping. */
  readonly problem: (path: string, message: string) => void;
  /** Called for every reference while a row is read. */
  readonly refers: (reference: Reference) => void;
}

const MOST_IDS = 50_000;
const ids = new Map<string, string>();

/** Id of the thing with this key in a source. Cached, since many rows name the same few things and hashing is slow. */
export function idOf(source: string, kind: string, key: readonly string[]): string {
  const name = JSON.stringify([source, kind, key]);
  let id = ids.get(name);
  if (id === undefined) {
    id = idFrom('import', source, kind, ...key);
    if (ids.size >= MOST_IDS) ids.clear();
    ids.set(name, id);
  }
  return id;
}

export function checkZone({ problem }: Pick<CompileContext, 'problem'>, zone: string, path: string): void {
  if (!isZone(zone)) problem(path, `"${zone}" is no time zone`);
}
