import type { DatabaseSync } from 'node:sqlite';
import type { Statements } from '../../sqlite/sqlite.js';
import { written } from '../../whole.js';
import type { Whole } from '../../whole.js';
import { isChange } from '../cells.js';
import { Histogram } from '../histogram.js';
import { highOf, joined, LIMB, lowOf } from '../wide-sums.js';
import type { CellChange, Content, Sum, Sums } from '../read-models.js';
import type { Rollup } from '../rollup.js';
import type { Rows } from './same-rows.js';
import { dimensionOf, Summing, windowsOf } from '../sums.js';

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

/** A sum has two columns, see `wide-sums.ts`: the lower limb has the plain name. */
const high = (sum: string): string => `${sum}_high`;
/** Columns of sums in the format with one column each. */
const SUM = /^[mt]\d+$/;
const sumsOf = (rollup: Rollup): string[] => [...measuresOf(rollup), ...durationsOf(rollup).map(({ total }) => total)];

/** What is counted and added up in a row, in the order it is written in; the columns of what is large come last. */
const figuresOf = (rollup: Rollup): string[] => [
  ...measuresOf(rollup),
  ...durationsOf(rollup).flatMap(({ count, total, buckets }) => [count, total, buckets]),
];
const highsOf = (rollup: Rollup): string[] => sumsOf(rollup).map(high);

/** Migration: adds the second column of each sum. */
export function widenCells(db: DatabaseSync): void {
  const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'cell_*'`).all();
  for (const { name } of tables) {
    for (const { name: column } of db.prepare('SELECT name FROM pragma_table_info(?)').all(String(name))) {
      if (!SUM.test(String(column))) continue;
      db.exec(`ALTER TABLE "${name}" ADD COLUMN ${high(String(column))} INTEGER NOT NULL DEFAULT 0`);
    }
  }
}

/** The lower limb of a sum, and the upper one with what small additions have made of the lower. */
const lowIn = (sum: string): string => `${sum} % ${LIMB}`;
const highIn = (sum: string): string => `(${high(sum)} + ${sum} / ${LIMB})`;

/** All cells that are not empty. */
export function cellRows(generation: number, rollup: Rollup): Rows {
  const sums = sumsOf(rollup);
  const [keys, figures, highs] = [keysOf(rollup), figuresOf(rollup), highsOf(rollup)];
  const values = [...figures.map((column) => (sums.includes(column) ? lowIn(column) : column)), ...sums.map(highIn)];
  const columns = [...keys, ...figures, ...highs];
  const named = values.map((value, at) => `${value} AS ${columns[keys.length + at]}`);
  const filled = values.map((value) => `${value} NOT IN (0, '')`);
  const sql = `SELECT ${[...keys, ...named].join(', ')} FROM ${cellTable(generation, rollup.name)} WHERE ${filled.join(' OR ')}`;
  return { sql, columns };
}

/** All cells that are not empty, as name of the rollup, key and sums: as texts, which are read faster than many values. */
export function* cellsIn(db: DatabaseSync, generation: number, rollup: Rollup): Generator<Content> {
  const [keys, figures, highs] = [keysOf(rollup), figuresOf(rollup), highsOf(rollup)].map((columns) =>
    columns.join(', '),
  );
  // Upper limbs are nearly always 0.
  const large = `CASE ${highsOf(rollup).join(' | ')} WHEN 0 THEN '' ELSE json_array(${highs}) END`;
  const { sql } = cellRows(generation, rollup);
  const cells = db.prepare(`SELECT json_array(${keys}), json_array(${figures}), ${large} FROM (${sql})`);
  cells.setReturnArrays(true);
  for (const [key, found, above] of cells.iterate() as unknown as Iterable<[string, string, string]>)
    yield [rollup.name, key, above === '' ? found : joinedIn(rollup, JSON.parse(found), JSON.parse(above))];
}

/** The figures of a row, with both limbs joined. */
function joinedIn(rollup: Rollup, figures: readonly (string | number)[], highs: readonly number[]): string {
  const sums = sumsOf(rollup);
  const values = figuresOf(rollup).map((column, at) => {
    const sum = sums.indexOf(column);
    return sum < 0 ? figures[at]! : written(joined(highs[sum]!, Number(figures[at])));
  });
  return JSON.stringify(values);
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
      ...figuresOf(rollup).map((column) => `${column} ${column.startsWith('h') ? 'TEXT' : 'INTEGER'} NOT NULL`),
      ...highsOf(rollup).map((column) => `${column} INTEGER NOT NULL DEFAULT 0`),
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
    const small = this.statements.prepare(upsertOf(generation, rollup, 'small'));
    const large = this.statements.prepare(upsertOf(generation, rollup, 'large'));
    for (const change of changes) {
      if (!isChange(change)) continue;
      const { summary, period, key, measures, durations } = change;
      const values: (string | number)[] = [summary, period, ...key];
      const highs: number[] = [];
      const push = (sum: Whole) => {
        values.push(lowOf(sum));
        highs.push(highOf(sum));
      };
      for (const measure of measures) push(measure);
      for (const histogram of durations) {
        values.push(histogram?.count ?? 0);
        push(histogram?.sum ?? 0);
        values.push(histogram?.toString() ?? '');
      }
      if (highs.every((each) => each === 0)) small.run(...values);
      else large.run(...values, ...highs);
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
      ...measuresOf(rollup).flatMap(addedUp),
      ...durationsOf(rollup).flatMap(({ count, total, buckets }) => [
        `sum(${count})`,
        ...addedUp(total),
        `coalesce(group_concat(nullif(${buckets}, ''), ' '), '')`,
      ]),
    ];
    // By the period itself where days are kept apart: the key of the table has that order, so that nothing is sorted.
    const groupedBy = by.map((dimension, at) => (dimension === 'day' ? 'period' : keys[at]!));
    // A question about everything is one row, whether there is anything or not.
    const groups = keys.length > 0 ? `GROUP BY ${groupedBy.join(', ')}` : 'HAVING count(*) > 0';
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

/** A sum over many rows in the same two parts, the lower one below 2^32 again, so that both can be read as numbers. */
const addedUp = (sum: string): string[] => [`sum(${high(sum)}) + sum(${sum}) / ${LIMB}`, `sum(${sum}) % ${LIMB}`];

/** @param size `small` adds what is below 2^32, and may come to more: 64 bits hold two thousand million of these */
function upsertOf(generation: number, rollup: Rollup, size: 'small' | 'large'): string {
  const keys = keysOf(rollup);
  const columns = [...keys, ...figuresOf(rollup), ...(size === 'large' ? highsOf(rollup) : [])];
  const durations = durationsOf(rollup);
  const added = (column: string) => `${column} = ${column} + excluded.${column}`;
  const carried = (sum: string) => [
    `${high(sum)} = ${high(sum)} + excluded.${high(sum)} + (${sum} + excluded.${sum}) / ${LIMB}`,
    `${sum} = (${sum} + excluded.${sum}) % ${LIMB}`,
  ];
  const more = [
    ...sumsOf(rollup).flatMap((sum) => (size === 'large' ? carried(sum) : [added(sum)])),
    ...durations.flatMap(({ count, buckets }) => [
      added(count),
      `${buckets} = CASE excluded.${buckets} WHEN '' THEN ${buckets} ELSE merge_buckets(${buckets}, excluded.${buckets}) END`,
    ]),
  ];
  return `INSERT INTO ${cellTable(generation, rollup.name)} (${columns.join(', ')})
    VALUES (${columns.map(() => '?').join(', ')})
    ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${more.join(', ')}`;
}

function columnOf(rollup: Rollup, dimension: string): string {
  if (dimension === 'month') return 'substr(period, 2, 7)';
  if (dimension === 'day') return 'substr(period, 2)';
  return `d${dimensionOf(rollup, dimension)}`;
}

/** A row of what `#addTo` asks for, its sums in two parts each. */
function addRow(summing: Summing, rollup: Rollup, keys: number, row: readonly (string | number)[]): void {
  let at = keys;
  const next = () => Number(row[at++]);
  const measures = rollup.measures.map(() => joined(next(), next()));
  const histograms = rollup.durations.map(() => new Histogram(next(), joined(next(), next()), String(row[at++])));
  summing.add(row.slice(0, keys).map(String), measures, histograms);
}
