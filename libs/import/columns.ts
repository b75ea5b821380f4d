import type { Row } from './csv.js';
import type { Condition } from './mapping.js';

/** Index of a column; set when the header has been read. */
interface Place {
  index: number;
}

/** Columns of a file that the mapping uses. Readers are compiled before the file is opened. */
export class Columns {
  readonly #places = new Map<string, Place>();

  /** The cell of a row; empty cells are null. */
  cell(name: string): (row: Row) => string | null {
    const place = this.#places.get(name) ?? { index: -1 };
    this.#places.set(name, place);
    return ({ cells }) => cells[place.index] || null;
  }

  condition(condition: Condition): (row: Row) => boolean {
    if ('all' in condition) {
      const all = condition.all.map((each) => this.condition(each));
      return (row) => all.every((holds) => holds(row));
    }
    if ('any' in condition) {
      const any = condition.any.map((each) => this.condition(each));
      return (row) => any.some((holds) => holds(row));
    }
    if ('not' in condition) {
      const holds = this.condition(condition.not);
      return (row) => !holds(row);
    }
    const cell = this.cell(condition.column);
    if ('present' in condition) return (row) => (cell(row) !== null) === condition.present;
    const wanted = new Set('in' in condition ? condition.in : [condition.equals]);
    return (row) => wanted.has(cell(row) ?? '');
  }

  /** Assigns the columns of the header. @returns names of missing columns */
  settle(header: ReadonlyMap<string, number>): string[] {
    const missing: string[] = [];
    for (const [name, place] of this.#places) {
      const index = header.get(name);
      if (index === undefined) missing.push(name);
      else place.index = index;
    }
    return missing;
  }

  get used(): readonly string[] {
    return [...this.#places.keys()];
  }
}
