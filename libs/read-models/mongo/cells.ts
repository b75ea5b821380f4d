import { Long } from 'mongodb';
import type { ClientSession, Document } from 'mongodb';
import { whole, written } from '../../whole.js';
import type { Whole } from '../../whole.js';
import { cellId, isChange } from '../cells.js';
import { Histogram } from '../histogram.js';
import { highOf, joined, lowOf } from '../wide-sums.js';
import type { MongoConnection, Operation, Stored } from './connection.js';
import type { CellChange, Content, Sum, Sums } from '../read-models.js';
import type { Rollup } from '../rollup.js';
import { dimensionOf, Summing, windowsOf } from '../sums.js';
import type { Window } from '../sums.js';

export const cellCollection = (generation: number, rollup: string): string => `cell_${generation}_${rollup}`;

/**
 * Numbers of one cell, or added up over some: measures `m0` …, count `n0`, sum `t0` and buckets `h0.58` of durations. Of
 * measures and sums the lower limb has the plain name, the upper one is `m0_high`, see `wide-sums.ts`.
 */
type Numbers = Readonly<Record<string, Whole>>;

const high = (sum: string): string => `${sum}_high`;

/** A stored number: the driver has a class for those that no number holds. */
const read = (value: unknown): Whole => (value instanceof Long ? whole(value.toBigInt()) : Number(value));

/**
 * The cells of a generation, a document for each: its key is the id, `s` the set and `t` the period it belongs to, `d0` …
 * its dimensions, `w` the number of the write that was the last to add to it.
 */
export class MongoCells {
  constructor(private readonly connection: MongoConnection) {}

  async index(generation: number, rollups: readonly Rollup[]): Promise<void> {
    for (const { name } of rollups) {
      await this.#of(generation, name).createIndex({ s: 1, t: 1 }, { name: 'window' });
    }
  }

  async clear(generation: number, rollup: string, session?: ClientSession): Promise<void> {
    await this.#of(generation, rollup).deleteMany({}, session ? { session } : {});
  }

  /** Adds to cells, which need not be there yet. */
  async fill(
    generation: number,
    rollup: Rollup,
    changes: Iterable<CellChange>,
    session?: ClientSession,
  ): Promise<void> {
    const some = [...changes].filter(isChange);
    const collection = cellCollection(generation, rollup.name);
    if (session) {
      const operations = some.map((change): Operation => {
        const update = { $setOnInsert: { ...keyOf(change), w: 0 }, $inc: more(change) };
        return { updateOne: { filter: { _id: cellId(change) }, update, upsert: true } };
      });
      return this.connection.write(collection, operations, session);
    }
    // Said as what it is: an upsert costs a server several times as much. In a transaction a refusal would end it.
    const there = await this.connection.insert(
      collection,
      some.map((change) => cellOf(change)),
    );
    const others = some.filter((change) => there.has(cellId(change)));
    await this.connection.write(
      collection,
      others.map((change) => ({
        updateOne: { filter: { _id: cellId(change) }, update: { $inc: more(change) } },
      })),
    );
  }

  /** Over all partitions. */
  async sums(generations: readonly number[], rollup: Rollup, asked: Sums): Promise<readonly Sum[]> {
    const { by = [], where = {} } = asked;
    const summing = new Summing(rollup, by);
    const question = questionOf(rollup, by, where);
    const answers = generations.flatMap((generation) =>
      windowsOf(rollup, asked).map((window) =>
        this.#of(generation, rollup.name)
          .aggregate(pipelineOf(rollup, question, window))
          .toArray(),
      ),
    );
    for (const rows of await Promise.all(answers)) {
      for (const [values, numbers] of rowsOf(rows, rollup, question, by, where))
        summing.add(values, measuresIn(rollup, numbers), durationsIn(rollup, numbers));
    }
    return summing.all;
  }

  /** Every cell that holds something, as name of the rollup, key and sums. */
  async *contents(generation: number, rollup: Rollup, session?: ClientSession): AsyncGenerator<Content> {
    for await (const { _id, ...cell } of this.#of(generation, rollup.name).find({}, session ? { session } : {})) {
      const numbers = flat(cell);
      const sums = measuresIn(rollup, numbers).map(written);
      for (const histogram of durationsIn(rollup, numbers))
        sums.push(histogram.count, written(histogram.sum), histogram.toString());
      if (sums.some((value) => value !== 0 && value !== '')) yield [rollup.name, _id, JSON.stringify(sums)];
    }
  }

  #of(generation: number, rollup: string) {
    return this.connection.collection(cellCollection(generation, rollup));
  }
}

/** What is added to each cell, unless this write, or a later one, has been there. */
export function cellOperations(changes: Iterable<CellChange>, rollup: Rollup, write: number): Operation[] {
  return [...changes].map((change) => {
    const filter = { _id: cellId(change), w: { $lt: write } };
    const $inc = isChange(change) ? { $inc: more(change) } : {};
    return {
      updateOne: { filter, update: { $setOnInsert: keyOf(change), $set: { w: write }, ...$inc }, upsert: true },
    };
  });
}

const keyOf = ({ summary, period, key }: CellChange): Document => ({
  s: summary,
  t: period,
  ...Object.fromEntries(key.map((value, at) => [`d${at}`, value])),
});

/**
 * The numbers of a change that are not nothing, buckets by their paths. As longs, which a server adds up exactly or not at
 * all.
 */
function more({ measures, durations }: CellChange): Readonly<Record<string, Long>> {
  const found: Record<string, Long> = {};
  const add = (field: string, number: number) => number !== 0 && (found[field] = Long.fromNumber(number));
  const addSum = (field: string, sum: Whole) => {
    add(field, lowOf(sum));
    add(high(field), highOf(sum));
  };
  for (const [at, measure] of measures.entries()) addSum(`m${at}`, measure);
  for (const [at, histogram] of durations.entries()) {
    if (!histogram) continue;
    add(`n${at}`, histogram.count);
    addSum(`t${at}`, histogram.sum);
    for (const [bucket, count] of histogram.counts) add(`h${at}.${bucket}`, count);
  }
  return found;
}

/** A cell that holds a change and nothing else. */
function cellOf(change: CellChange): Stored {
  const cell: Stored = { _id: cellId(change), ...keyOf(change), w: 0 };
  for (const [path, number] of Object.entries(more(change))) {
    const [field, bucket] = path.split('.') as [string, string?];
    if (bucket === undefined) cell[field] = number;
    else ((cell[field] ??= {}) as Record<string, Long>)[bucket] = number;
  }
  return cell;
}

/**
 * A question as cells are asked it: by fields that are kept apart, and conditions on fields. Months and days lie in the
 * period.
 */
interface Question {
  readonly fields: readonly string[];
  readonly match: Document;
}

const isTime = (dimension: string): boolean => dimension === 'month' || dimension === 'day';

function questionOf(rollup: Rollup, by: readonly string[], where: NonNullable<Sums['where']>): Question {
  const match: Document = {};
  for (const [dimension, wanted] of Object.entries(where)) {
    if (!isTime(dimension)) match[`d${dimensionOf(rollup, dimension)}`] = { $in: wanted.map((value) => value ?? '') };
  }
  const fields = by.map((dimension) => (isTime(dimension) ? 't' : `d${dimensionOf(rollup, dimension)}`));
  if (Object.keys(where).some(isTime)) fields.push('t');
  return { fields: [...new Set(fields)], match };
}

/** Fields of all sums, both of each. */
const sumsOf = ({ measures, durations }: Rollup): string[] =>
  [...measures.map((_, at) => `m${at}`), ...durations.map((_, at) => `t${at}`)].flatMap((sum) => [sum, high(sum)]);

/**
 * Adds up on the server. Histograms are as many sums as they have buckets: there every number becomes a row of its own,
 * so that one statement, which sees one moment, answers with all of them.
 */
function pipelineOf(rollup: Rollup, { fields, match }: Question, { summary, first, end }: Window): Document[] {
  const within = { $match: { s: summary, t: { $gte: first, $lt: end }, ...match } };
  const kept = Object.fromEntries(fields.map((field) => [field, `$${field}`]));
  if (rollup.durations.length === 0) {
    const sums = Object.fromEntries(sumsOf(rollup).map((sum) => [sum, { $sum: `$${sum}` }]));
    return [within, { $group: { _id: fields.length > 0 ? kept : null, ...sums } }];
  }
  const single = [...sumsOf(rollup), ...rollup.durations.map((_, at) => `n${at}`)].map((name) => ({
    k: name,
    v: { $ifNull: [`$${name}`, 0] },
  }));
  const buckets = rollup.durations.map((_, at) => ({
    $map: {
      input: { $objectToArray: { $ifNull: [`$h${at}`, {}] } },
      in: { k: { $concat: [`h${at}.`, '$$this.k'] }, v: '$$this.v' },
    },
  }));
  return [
    within,
    {
      $project: {
        ...Object.fromEntries(fields.map((field) => [field, 1])),
        each: { $concatArrays: [single, ...buckets] },
      },
    },
    { $unwind: '$each' },
    { $group: { _id: { ...kept, each: '$each.k' }, sum: { $sum: '$each.v' } } },
  ];
}

/** What the server answered, as what is kept apart and its numbers. */
function* rowsOf(
  rows: readonly Document[],
  rollup: Rollup,
  { fields }: Question,
  by: readonly string[],
  where: NonNullable<Sums['where']>,
): Generator<[readonly string[], Numbers]> {
  const found = new Map<string, { key: Document; numbers: Record<string, Whole> }>();
  for (const { _id, sum, ...sums } of rows) {
    const key = (_id ?? {}) as Document;
    const place = JSON.stringify(fields.map((field) => String(key[field])));
    const row = found.get(place) ?? { key, numbers: {} };
    if (rollup.durations.length > 0) row.numbers[String(key['each'])] = read(sum);
    else for (const [field, value] of Object.entries(sums)) row.numbers[field] = read(value);
    found.set(place, row);
  }
  const valueOf = (dimension: string, key: Document): string => {
    if (dimension === 'month') return String(key['t']).slice(1, 8);
    if (dimension === 'day') return String(key['t']).slice(1);
    return String(key[`d${dimensionOf(rollup, dimension)}`]);
  };
  const times = Object.entries(where).filter(([dimension]) => isTime(dimension));
  for (const { key, numbers } of found.values()) {
    const counts = times.every(([dimension, wanted]) =>
      wanted.some((value) => (value ?? '') === valueOf(dimension, key)),
    );
    if (counts) yield [by.map((dimension) => valueOf(dimension, key)), numbers];
  }
}

/** The numbers of a stored cell, buckets by their paths. */
function flat(cell: Document): Numbers {
  const numbers: Record<string, Whole> = {};
  for (const [field, value] of Object.entries(cell)) {
    if (typeof value === 'number' || value instanceof Long) numbers[field] = read(value);
    else if (field.startsWith('h')) {
      for (const [bucket, count] of Object.entries(value as Document)) numbers[`${field}.${bucket}`] = read(count);
    }
  }
  return numbers;
}

const sumIn = (numbers: Numbers, sum: string): Whole => joined(numbers[high(sum)] ?? 0, numbers[sum] ?? 0);

const measuresIn = ({ measures }: Rollup, numbers: Numbers): Whole[] =>
  measures.map((_, at) => sumIn(numbers, `m${at}`));

function durationsIn({ durations }: Rollup, numbers: Numbers): Histogram[] {
  const buckets = durations.map((): string[] => []);
  for (const [field, count] of Object.entries(numbers)) {
    const [, at, bucket] = /^h(\d+)\.(\d+)$/.exec(field) ?? [];
    if (bucket !== undefined && count !== 0) buckets[Number(at)]!.push(`${bucket}:${count}`);
  }
  return durations.map(
    (_, at) => new Histogram(Number(numbers[`n${at}`] ?? 0), sumIn(numbers, `t${at}`), buckets[at]!.join(' ')),
  );
}
