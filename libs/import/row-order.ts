import { dateForm, formatsIn, numberForm } from './conversions.js';
import type { Row } from './csv.js';
import type { Expressions } from './expressions.js';
import { comparable } from './lookups.js';
import type { Comparable } from './lookups.js';
import type { Formats, SortKey } from './mapping.js';

type Weights = readonly (Comparable | undefined)[];

/** Puts the rows of a step in its order. */
export class RowOrder {
  readonly #weigh: (row: Row) => Weights;

  constructor(
    private readonly keys: readonly SortKey[],
    expressions: Expressions,
    path: string,
    formats: Formats,
  ) {
    const readers = keys.map(({ by, as = 'text' }, index) => {
      const own = typeof by === 'object' && by !== null ? { ...formats, ...formatsIn(by) } : formats;
      const written = { ...numberForm(own), ...dateForm(own) };
      const read = expressions.text(by, `${path}[${index}].by`);
      return (row: Row) => {
        const cell = read(row);
        return cell === null ? undefined : comparable(cell, as, written);
      };
    });
    this.#weigh = (row) => readers.map((read) => read(row));
  }

  /** Rows that are the same by all keys stay in the order of the file. */
  sorted(rows: readonly Row[]): readonly Row[] {
    const weighed = rows.map((row) => ({ row, weights: this.#weigh(row) }));
    return weighed.toSorted((one, other) => this.#compare(one.weights, other.weights)).map(({ row }) => row);
  }

  #compare(one: Weights, other: Weights): number {
    for (const [index, { descending = false }] of this.keys.entries()) {
      const [a, b] = [one[index], other[index]];
      if (a === b) continue;
      if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
      return a < b === descending ? 1 : -1;
    }
    return 0;
  }
}
