import { Refusal } from '../errors.js';
import type { Columns } from './columns.js';
import type { Row } from './csv.js';
import { dateOf } from './dates.js';
import type { Lookup } from './mapping.js';
import { decimalOf } from './numbers.js';
import type { NumberForm } from './numbers.js';

export type LookupKind = 'row' | 'mostFrequent' | 'count' | 'min' | 'max';

/** How the cells that are compared are written. */
export interface Written extends NumberForm {
  readonly dates: readonly string[];
  readonly zone: string;
  /** What a sign or code beside a number has to be of; left out, any currency sign will do. */
  readonly currency?: string | undefined;
}

export type Comparable = bigint | string;

/** How `min` and `max` compare cells. */
export interface Comparing extends Written {
  readonly as: 'text' | 'number' | 'date';
  /** The part of a cell that is compared; null where it has none. */
  readonly part: (cell: string) => string | null;
  /** Dates after this moment are passed over: for a business time, which cannot lie in the future. */
  readonly latest?: string | undefined;
}

/** Ten to the power of this many: what decimals are compared with. */
const PLACES = 12;

/** Results of one lookup in a file, by the cells of its condition. Filled during the survey of the files. */
export class LookupTable {
  readonly #first = new Map<string, string>();
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #extremes = new Map<string, { cell: string; weight: Comparable }>();
  readonly #keys: readonly ((row: Row) => string | null)[];
  readonly #cell: (row: Row) => string | null;

  constructor(
    readonly kind: LookupKind,
    readonly lookup: Omit<Lookup, 'column'> & { readonly column?: string },
    columns: Columns,
    private readonly comparing: Comparing,
  ) {
    this.#keys = Object.keys(lookup.where ?? {}).map((name) => columns.cell(name));
    this.#cell = lookup.column === undefined ? () => '' : columns.cell(lookup.column);
  }

  take(row: Row): void {
    const key = JSON.stringify(this.#keys.map((cell) => cell(row)));
    const cell = this.#cell(row);
    if (this.kind === 'row') {
      if (!this.#first.has(key)) this.#first.set(key, cell ?? '');
    } else if (cell !== null) {
      if (this.kind === 'min' || this.kind === 'max') this.#compare(key, cell);
      else this.#count(key, cell);
    }
  }

  /** @returns undefined when there is no such row; an empty cell is null */
  answer(asked: readonly string[]): string | null | undefined {
    const key = JSON.stringify(asked);
    if (this.kind === 'row') {
      const first = this.#first.get(key);
      return first === '' ? null : first;
    }
    if (this.kind === 'min' || this.kind === 'max') return this.#extremes.get(key)?.cell;
    const counts = this.#counts.get(key);
    if (this.kind === 'count') return String(counts?.get('') ?? 0);
    return counts && mostFrequent(counts);
  }

  #count(key: string, cell: string): void {
    const counts = this.#counts.get(key) ?? new Map<string, number>();
    this.#counts.set(key, counts.set(cell, (counts.get(cell) ?? 0) + 1));
  }

  /** What cannot be compared or cannot have happened yet is passed over: it is rejected where its own row is imported. */
  #compare(key: string, cell: string): void {
    const { as, part, latest } = this.comparing;
    const weight = unlessRefused(() => {
      const compared = part(cell);
      return compared === null ? undefined : comparable(compared, as, this.comparing);
    });
    const best = this.#extremes.get(key);
    if (weight === undefined || (as === 'date' && latest !== undefined && weight > latest)) return;
    if (!best || (this.kind === 'min' ? weight < best.weight : weight > best.weight))
      this.#extremes.set(key, { cell, weight });
  }
}

/** Comparable value of a cell; nothing for an invalid cell. */
export function comparable(
  cell: string,
  as: 'text' | 'number' | 'date',
  { dates, zone, currency, ...form }: Written,
): Comparable | undefined {
  if (as === 'text') return cell;
  return unlessRefused(() => {
    if (as === 'date') return dateOf(cell, dates, zone).moment;
    const { digits, places } = decimalOf(cell, form, currency);
    return places > PLACES ? digits / 10n ** BigInt(places - PLACES) : digits * 10n ** BigInt(PLACES - places);
  });
}

function unlessRefused<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return undefined;
  }
}

/** The most frequent value; of equally frequent ones the first. */
function mostFrequent(counts: ReadonlyMap<string, number>): string {
  let [best, most] = ['', 0];
  for (const [cell, count] of counts) if (count > most) [best, most] = [cell, count];
  return best;
}
