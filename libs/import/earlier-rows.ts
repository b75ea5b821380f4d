import type { Intent } from './plan.js';
import type { EarlierImport } from './reports.js';
import type { SettledRow } from './settled-rows.js';

/** Codes of rows that could not be parsed; a corrected mapping or a later program may parse them. */
const ofForm: ReadonlySet<string> = new Set([
  'key-missing',
  'value-missing',
  'value-invalid',
  'number-invalid',
  'date-invalid',
  'currency-unknown',
]);

/** Results of rows of imports by earlier versions, which stored them in their reports only. */
export class EarlierRows {
  /** By file, row and target. */
  readonly #refused = new Map<string, SettledRow>();
  /** Targets with their files. Of equal rows only the first was handled. */
  readonly #looked = new Set<string>();

  constructor(imports: Iterable<EarlierImport>) {
    for (const { rejections, steps } of imports) {
      for (const { file, target } of steps) this.#looked.add(`${file} ${target}`);
      for (const { file, row, target, code } of rejections)
        if (!ofForm.has(code)) this.#refused.set(`${file} ${row} ${target}`, { code, details: {} });
    }
  }

  get(file: string | null, row: number, { target, place }: Intent): SettledRow | undefined {
    const refused = this.#refused.get(`${file} ${row} ${target}`);
    return refused ?? (place > 1 && this.#looked.has(`${file} ${target}`) ? 'unchanged' : undefined);
  }
}
