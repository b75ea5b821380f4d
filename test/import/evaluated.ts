import { expect } from '@jest/globals';
import { Columns } from '../../libs/import/columns.js';
import type { CompileContext, Reference } from '../../libs/import/compile-context.js';
import { Expressions } from '../../libs/import/expressions.js';
import type { Expression, Mapping } from '../../libs/import/mapping.js';
import type { Field } from '../../libs/import/steps/step.js';

export type Cells = Readonly<Record<string, string>>;

/** Reads an expression off a row; other files are given by name. */
export function evaluated(
  expression: Expression | readonly Expression[],
  field: Field,
  cells: Cells = {},
  mapping: Partial<Mapping> = {},
  others: Readonly<Record<string, readonly Cells[]>> = {},
) {
  const problems: string[] = [];
  const references: Reference[] = [];
  const columns = new Columns();
  const files = new Map([
    ...Object.keys(others).map((name) => [name, new Columns()] as const),
    ['own', columns] as const,
  ]);
  const on: CompileContext = {
    mapping: { source: 'test', steps: [], ...mapping },
    latest: '2026-06-30T12:00:00.000Z',
    targets: {},
    files,
    tables: [],
    problem: (path, message) => problems.push(`${path} ${message}`),
    refers: (reference) => references.push(reference),
  };
  const read = new Expressions(on, columns).typed(expression, field, 'field');
  columns.settle(new Map(Object.keys(cells).map((name, index) => [name, index])));
  for (const [name, rows] of Object.entries(others)) {
    files.get(name)!.settle(new Map(Object.keys(rows[0] ?? {}).map((column, index) => [column, index])));
    for (const each of rows) {
      const row = { number: 1, line: 1, cells: Object.values(each) };
      for (const { file, table } of on.tables) if (file === name) table.take(row);
    }
  }
  const value = () => read({ number: 1, line: 1, cells: Object.values(cells) });
  return { value, problems, references };
}

/** The value that an expression has for a row. */
export const of = (...given: Parameters<typeof evaluated>) => evaluated(...given).value();
export const refused = (code: string) => expect.objectContaining({ code }) as unknown as Error;
