import type { DatabaseSync } from 'node:sqlite';
import type { Statements } from '../sqlite.js';
import { periodRanges } from './fold.js';
import { Histogram } from './histogram.js';
import type { CellChange, Sum, Sums } from './read-models.js';
import type { Rollup } from './rollup.js';

export const cellTable = (generation: number, rollup: string): string => `"cell_${generation}_${rollup}"`;

/** The key of a cell: summary and period come first, because a question asks for one set and one window. */
const keysOf = (rollup: Rollup): string[] => [
  'summary',
  'period',
  ...rollup.dimensions.map((_, index) => `d${index}`),
  'duration',
  'bucket',
];
const sumsOf = (rollup: Rollup): string[] => [...rollup.measures.map((_, index) => `m${index}`), 'n', 'total'];

/** The cells of a generation: a row per key for its measures, one more per key, duration and histogram bucket. */
export class SqliteCells {
  constructor(
    private readonly db: DatabaseSync,
    private readonly statements: Statements,
  ) {}

  create(generation: number, rollup: Rollup): void {
    const columns = [
      ...keysOf(rollup).map(
        (column) => `${column} ${column === 'bucket' || column === 'summary' ? 'INTEGER' : 'TEXT'} NOT NULL`,
      ),
      ...sumsOf(rollup).map((column) => `${column} INTEGER NOT NULL`),
      `PRIMARY KEY (${keysOf(rollup).join(', ')})`,
    ];
    this.db.exec(`CREATE TABLE ${cellTable(generation, rollup.name)} (${columns.join(', ')}) WITHOUT ROWID`);
  }

  drop(generation: number, rollup: string): void {
    this.db.exec(`DROP TABLE IF EXISTS ${cellTable(generation, rollup)}`);
  }

  write(generation: number, rollup: Rollup, changes: Iterable<CellChange>): void {
    const keys = keysOf(rollup);
    const sums = sumsOf(rollup);
    const upsert = this.statements.prepare(
      `INSERT INTO ${cellTable(generation, rollup.name)} VALUES (${[...keys, ...sums].map(() => '?').join(', ')})
       ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${sums.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(', ')}`,
    );
    const none = rollup.measures.map(() => 0);
    for (const { summary, period, key, measures, durations } of changes) {
      if (measures.some((value) => value !== 0)) upsert.run(summary, period, ...key, '', 0, ...measures, 0, 0);
      for (const [place, { count, sum }] of durations) {
        if (count === 0 && sum === 0) continue;
        const [duration, bucket] = place.split('\u0001') as [string, string];
        upsert.run(summary, period, ...key, duration, Number(bucket), ...none, count, sum);
      }
    }
  }

  sums(generation: number, rollup: Rollup, { from, to, by = [], where = {} }: Sums): readonly Sum[] {
    const keys = by.map((dimension) => columnOf(rollup, dimension));
    const filters: string[] = [];
    const values: string[] = [];
    for (const [dimension, wanted] of Object.entries(where)) {
      filters.push(` AND ${columnOf(rollup, dimension)} IN (SELECT value FROM json_each(?))`);
      values.push(JSON.stringify(wanted.map((value) => value ?? '')));
    }
    const groups = [...keys, 'duration', 'bucket'].join(', ');
    const statement = this.statements.prepare(
      `SELECT ${[groups, ...sumsOf(rollup).map((sum) => `sum(${sum})`)].join(', ')} FROM ${cellTable(generation, rollup.name)}
       WHERE summary = ? AND period >= ? AND period < ?${filters.join('')} GROUP BY ${groups}`,
    );
    statement.setReturnArrays(true);
    const sums = new Map<string, Sum>();
    const summary = summaryFor(rollup, [...by, ...Object.keys(where)]);
    const days = summary === 0 || by.includes('day') || where['day'] !== undefined;
    for (const [first, end] of periodRanges(from, to, days)) {
      const set = first.startsWith('d') ? 0 : summary;
      for (const row of statement.all(set, first, end, ...values) as unknown as (string | number)[][])
        addRow(sums, rollup, by, row);
    }
    return [...sums.values()].filter(holdsSomething);
  }
}

/** The summary of fewest dimensions that has all that are asked for; 0, every dimension, when none has. */
function summaryFor({ summaries }: Rollup, asked: readonly string[]): number {
  const needed = asked.filter((dimension) => dimension !== 'month' && dimension !== 'day');
  let best = 0;
  for (const [index, summary] of summaries.entries()) {
    if (!needed.every((dimension) => summary.includes(dimension))) continue;
    if (best === 0 || summary.length < summaries[best - 1]!.length) best = index + 1;
  }
  return best;
}

function columnOf(rollup: Rollup, dimension: string): string {
  if (dimension === 'month') return 'substr(period, 2, 7)';
  if (dimension === 'day') return 'substr(period, 2)';
  const index = rollup.dimensions.indexOf(dimension);
  if (index < 0) throw new Error(`${rollup.name} has no dimension ${dimension}`);
  return `d${index}`;
}

function addRow(
  sums: Map<string, Sum>,
  rollup: Rollup,
  by: readonly string[],
  row: readonly (string | number)[],
): void {
  const place = row.slice(0, by.length).join('\u0001');
  let sum = sums.get(place);
  if (!sum) {
    sum = {
      key: Object.fromEntries(by.map((dimension, index) => [dimension, String(row[index]) || null])),
      measures: Object.fromEntries(rollup.measures.map((measure) => [measure, 0])),
      durations: Object.fromEntries(rollup.durations.map((duration) => [duration, new Histogram()])),
    };
    sums.set(place, sum);
  }
  const [duration, bucket] = row.slice(by.length, by.length + 2) as [string, number];
  if (duration === '') {
    const measures = sum.measures as Record<string, number>;
    for (const [index, measure] of rollup.measures.entries()) measures[measure]! += Number(row[by.length + 2 + index]);
  } else {
    const [count, total] = row.slice(-2) as [number, number];
    sum.durations[duration]!.add(bucket, count, total);
  }
}

const holdsSomething = ({ measures, durations }: Sum): boolean =>
  Object.values(measures).some((value) => value !== 0) || Object.values(durations).some(({ count }) => count !== 0);
