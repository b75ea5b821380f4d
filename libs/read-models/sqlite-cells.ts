import type { DatabaseSync } from 'node:sqlite';
import type { Statements } from '../sqlite.js';
import { isChange } from './cells.js';
import { Histogram } from './histogram.js';
import type { CellChange, Content, Sum, Sums } from './read-models.js';
import type { Rollup } from './rollup.js';
import { dimensionOf, Summing, windowsOf } from './sums.js';

const cellTable = (generation: number, rollup: string): string => `"cell_${generation}_${rollup}"`;

/** The key of a cell: summary and period come first, because a question asks for one set and one window. */
const keysOf = ({ dimensions }: Rollup): string[] => [
  'summary',
  'period',
  ...dimensions.map((_, index) => `d${index}`),
];
const measuresOf = ({ measures }: Rollup): string[] => measures.map((_, index) => `m${index}`);
/** Count, sum and histogram of each duration. */
const durationsOf = ({ durations }: Rollup) =>
  durations.map((_, index) => ({ count: `n${index}`, total: `t${index}`, buckets: `h${index}` }));

/** Every cell that holds something, as name of the rollup, key and sums. */
export function* cellsIn(db: DatabaseSync, generation: number, rollup: Rollup): Generator<Content> {
  const cells = db.prepare(`SELECT * FROM ${cellTable(generation, rollup.name)}`);
  cells.setReturnArrays(true);
  const keys = keysOf(rollup).length;
  for (const row of cells.iterate() as unknown as Iterable<(string | number)[]>) {
    const sums = row.slice(keys);
    if (sums.every((value) => value === 0 || value === '')) continue;
    yield [rollup.name, JSON.stringify(row.slice(0, keys)), JSON.stringify(sums)];
  }
}

/** The cells of a generation, a row for each. */
export class SqliteCells {
  constructor(
    private readonly db: DatabaseSync,
    private readonly statements: Statements,
  ) {
    const merged = (...buckets: string[]) =>
      new Histogram(0, 0, buckets.filter((text) => text !== '').join(' ')).toString();
    db.function('merge_buckets', { deterministic: true }, (before, more) => merged(String(before), String(more)));
  }

  create(generation: number, rollup: Rollup): void {
    const columns = [
      ...keysOf(rollup).map((column) => `${column} ${column === 'summary' ? 'INTEGER' : 'TEXT'} NOT NULL`),
      ...measuresOf(rollup).map((column) => `${column} INTEGER NOT NULL`),
      ...durationsOf(rollup).map(
        ({ count, total, buckets }) => `${count} INTEGER NOT NULL, ${total} INTEGER NOT NULL, ${buckets} TEXT NOT NULL`,
      ),
      `PRIMARY KEY (${keysOf(rollup).join(', ')})`,
    ];
    this.drop(generation, rollup.name);
    this.db.exec(`CREATE TABLE ${cellTable(generation, rollup.name)} (${columns.join(', ')}) WITHOUT ROWID`);
  }

  clear(generation: number, rollup: Rollup): void {
    this.db.exec(`DELETE FROM ${cellTable(generation, rollup.name)}`);
  }

  drop(generation: number, rollup: string): void {
    this.db.exec(`DROP TABLE IF EXISTS ${cellTable(generation, rollup)}`);
  }

  write(generation: number, rollup: Rollup, changes: Iterable<CellChange>): void {
    const upsert = this.statements.prepare(upsertOf(generation, rollup));
    for (const change of changes) {
      if (!isChange(change)) continue;
      const { summary, period, key, measures, durations } = change;
      const values: (string | number)[] = [summary, period, ...key, ...measures];
      for (const name of rollup.durations) {
        const histogram = durations.get(name);
        values.push(histogram?.count ?? 0, histogram?.sum ?? 0, histogram?.toString() ?? '');
      }
      upsert.run(...values);
    }
  }

  /** Over all partitions. */
  sums(generations: readonly number[], rollup: Rollup, asked: Sums): readonly Sum[] {
    const summing = new Summing(rollup, asked.by ?? []);
    for (const generation of generations) this.#addTo(summing, generation, rollup, asked);
    return summing.all;
  }

  #addTo(summing: Summing, generation: number, rollup: Rollup, asked: Sums): void {
    const { by = [], where = {} } = asked;
    const keys = by.map((dimension) => columnOf(rollup, dimension));
    const filters: string[] = [];
    const values: string[] = [];
    for (const [dimension, wanted] of Object.entries(where)) {
      const one = wanted.length === 1;
      filters.push(` AND ${columnOf(rollup, dimension)} ${one ? '= ?' : 'IN (SELECT value FROM json_each(?))'}`);
      values.push(one ? (wanted[0] ?? '') : JSON.stringify(wanted.map((value) => value ?? '')));
    }
    const columns = [
      ...keys,
      ...measuresOf(rollup).map((column) => `sum(${column})`),
      ...durationsOf(rollup).flatMap(({ count, total, buckets }) => [
        `sum(${count})`,
        `sum(${total})`,
        `coalesce(group_concat(nullif(${buckets}, ''), ' '), '')`,
      ]),
    ];
    // A question about everything is one row, whether there is anything or not.
    const groups = keys.length > 0 ? `GROUP BY ${keys.join(', ')}` : 'HAVING count(*) > 0';
    const statement = this.statements.prepare(
      `SELECT ${columns.join(', ')} FROM ${cellTable(generation, rollup.name)}
       WHERE summary = ? AND period >= ? AND period < ?${filters.join('')} ${groups}`,
    );
    statement.setReturnArrays(true);
    for (const { summary, first, end } of windowsOf(rollup, asked)) {
      for (const row of statement.all(summary, first, end, ...values) as unknown as (string | number)[][])
        addRow(summing, rollup, by.length, row);
    }
  }
}

function upsertOf(generation: number, rollup: Rollup): string {
  const keys = keysOf(rollup);
  const durations = durationsOf(rollup);
  const sums = [...measuresOf(rollup), ...durations.flatMap(({ count, total }) => [count, total])];
  const more = [
    ...sums.map((sum) => `${sum} = ${sum} + excluded.${sum}`),
    ...durations.map(
      ({ buckets }) =>
        `${buckets} = CASE excluded.${buckets} WHEN '' THEN ${buckets} ELSE merge_buckets(${buckets}, excluded.${buckets}) END`,
    ),
  ];
  const places = Array.from({ length: keys.length + sums.length + durations.length }, () => '?').join(', ');
  return `INSERT INTO ${cellTable(generation, rollup.name)} VALUES (${places})
    ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${more.join(', ')}`;
}

function columnOf(rollup: Rollup, dimension: string): string {
  if (dimension === 'month') return 'substr(period, 2, 7)';
  if (dimension === 'day') return 'substr(period, 2)';
  return `d${dimensionOf(rollup, dimension)}`;
}

function addRow(summing: Summing, { measures, durations }: Rollup, keys: number, row: readonly (string | number)[]) {
  let at = keys + measures.length;
  const histograms = durations.map(() => new Histogram(Number(row[at++]), Number(row[at++]), String(row[at++])));
  summing.add(row.slice(0, keys).map(String), row.slice(keys, keys + measures.length).map(Number), histograms);
}
