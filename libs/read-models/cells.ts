import { negative, plus } from '../whole.js';
import type { Whole } from '../whole.js';
import { bucketOf, Histogram } from './histogram.js';
import type { CellChange, CellChanges, Content } from './read-models.js';
import type { Cell, Rollup } from './rollup.js';

/** Maximum number of cells in memory when a whole generation is counted. */
const MOST_CELLS = 20_000;

/**
 * The cells that a document adds to a report.
 * @throws whatever the report fails on; Error for what is no whole number: fractions would not add up to what is taken away
 *   again
 */
export function cellsIn(rollup: Rollup, document: unknown, zone: string): readonly Cell[] {
  const cells = rollup.cells(document, zone);
  for (const { measures, durations } of cells) {
    for (const measure in measures) check(measures[measure]);
    for (const duration in durations) check(durations[duration]);
  }
  return cells;
}

function check(value: Whole | undefined): void {
  if (value === undefined || typeof value === 'bigint' || Number.isSafeInteger(value)) return;
  throw new Error(`a cell holds whole numbers, not ${value}`);
}

/**
 * Adds cells of all dimensions by day. These are read for the edges of a window, and for queries that no summary can answer.
 */
export function addCells(
  changes: Map<string, CellChange>,
  { dimensions, measures, durations }: Rollup,
  cells: readonly Cell[],
  sign: 1 | -1,
): void {
  for (const cell of cells) {
    const key = dimensions.map((dimension) => cell.key[dimension] ?? '');
    const period = cell.day === undefined ? 'a' : `d${cell.day}`;
    const place = `${period}\u0001${key.join('\u0001')}`;
    let change = changes.get(place);
    if (!change) {
      change = { summary: 0, period, key, measures: measures.map(() => 0), durations: durations.map(() => undefined) };
      changes.set(place, change);
    }
    for (let index = 0; index < measures.length; index += 1) {
      const value = cell.measures?.[measures[index]!] ?? 0;
      if (value !== 0) change.measures[index] = plus(change.measures[index]!, sign === 1 ? value : negative(value));
    }
    if (!cell.durations) continue;
    for (let index = 0; index < durations.length; index += 1) {
      const milliseconds = cell.durations[durations[index]!];
      if (milliseconds === undefined) continue;
      const histogram = (change.durations[index] ??= new Histogram());
      histogram.add(bucketOf(milliseconds), sign, sign === 1 ? milliseconds : negative(milliseconds));
    }
  }
}

/** Adds the changes of summaries, by month and over all time. Most changes of a page have cancelled out before. */
export function summarise(changes: Map<string, CellChange>, rollup: Rollup): void {
  for (const [place, change] of summariesOf([...changes.values()].filter(isChange), rollup)) changes.set(place, change);
}

/**
 * Every cell that a page leaves or enters, also those whose differences cancel out. An engine without transactions has to mark
 * them all, because a half-written page that is folded again after a crash has other differences.
 */
export function touchedCells(changes: ReadonlyMap<string, CellChange>, rollup: Rollup): readonly CellChange[] {
  const all = [...changes.values()];
  const cancelled = all.filter((change) => change.summary === 0 && !isChange(change));
  const found = new Map<string, CellChange>();
  for (const change of [...summariesOf(cancelled, rollup).values(), ...all]) found.set(cellId(change), change);
  return [...found.values()];
}

/** The key of a cell as text, the same with every engine. */
export const cellId = ({ summary, period, key }: CellChange): string => JSON.stringify([summary, period, ...key]);

function summariesOf(all: readonly CellChange[], { dimensions, summaries }: Rollup): Map<string, CellChange> {
  const found = new Map<string, CellChange>();
  for (const [index, summary] of summaries.entries()) {
    const kept = dimensions.map((dimension) => summary.includes(dimension));
    const months = added(all, index + 1, kept, monthOf);
    const total = added([...months.values()], index + 1, kept, () => 't');
    for (const [place, change] of [...months, ...total]) found.set(place, change);
  }
  return found;
}

const monthOf = (period: string): string => (period === 'a' ? period : `m${period.slice(1, 8)}`);

/** Sums of changes by these dimensions and by period. Changes without a day are already summed. */
function added(
  changes: readonly CellChange[],
  summary: number,
  kept: readonly boolean[],
  periodOf: (period: string) => string,
): Map<string, CellChange> {
  const sums = new Map<string, CellChange>();
  for (const change of changes) {
    if (change.period === 'a' && change.summary === summary) continue;
    const period = periodOf(change.period);
    let place = `${summary}${period}`;
    for (let at = 0; at < kept.length; at += 1) if (kept[at]) place += `\u0001${change.key[at]}`;
    let sum = sums.get(place);
    if (!sum) {
      const key = change.key.map((value, at) => (kept[at] ? value : ''));
      sum = {
        summary,
        period,
        key,
        measures: change.measures.map(() => 0),
        durations: change.durations.map(() => undefined),
      };
      sums.set(place, sum);
    }
    merge(sum, change);
  }
  return sums;
}

/**
 * Counts all cells of a read model from its documents; the result is the same as after folding event by event.
 * @param uncounted called for a document that a report cannot count; then no report counts it
 */
export async function* cellsOf(
  documents: AsyncIterable<readonly Content[]>,
  rollups: readonly Rollup[],
  zone: string,
  uncounted: (id: string, error: unknown) => void,
): AsyncGenerator<CellChanges> {
  const empty = () => new Map(rollups.map(({ name }) => [name, new Map<string, CellChange>()]));
  let found = empty();
  const counted = () => {
    for (const rollup of rollups) summarise(found.get(rollup.name)!, rollup);
    return found;
  };
  for await (const some of documents) {
    for (const [id, body] of some) {
      const document: unknown = JSON.parse(body);
      let cells: readonly (readonly Cell[])[];
      try {
        cells = rollups.map((rollup) => cellsIn(rollup, document, zone));
      } catch (error) {
        uncounted(id, error);
        continue;
      }
      for (const [at, rollup] of rollups.entries()) addCells(found.get(rollup.name)!, rollup, cells[at]!, 1);
    }
    if ([...found.values()].every(({ size }) => size < MOST_CELLS)) continue;
    yield counted();
    found = empty();
  }
  yield counted();
}

function merge(sum: CellChange, { measures, durations }: CellChange): void {
  for (let at = 0; at < measures.length; at += 1) {
    const value = measures[at]!;
    if (value !== 0) sum.measures[at] = plus(sum.measures[at]!, value);
  }
  for (let at = 0; at < durations.length; at += 1) {
    const histogram = durations[at];
    if (histogram) (sum.durations[at] ??= new Histogram()).merge(histogram);
  }
}

export const isChange = ({ measures, durations }: CellChange): boolean =>
  measures.some((value) => value !== 0) || durations.some((histogram) => histogram?.isEmpty === false);

/**
 * Ranges of periods, half-open, that make up a window: all of time in one where there is no window, whole months where
 * possible, days at the edges. A period is `a` for what counts in every window, `t` for all that has a day, `m2017-03` for a
 * month, `d2017-03-05` for a day.
 * @param finest what must be kept apart: nothing when time is not asked for, days also where no summary has what is asked for
 */
export function periodRanges(
  from: string | undefined,
  to: string | undefined,
  finest?: 'month' | 'day',
): readonly (readonly [string, string])[] {
  const ranges: [string, string][] = [['a', 'b']];
  const firstMonth = from === undefined ? '' : from.endsWith('-01') ? from.slice(0, 7) : monthAfter(from);
  const lastMonth = to === undefined ? '~' : to.slice(0, 7);
  if (finest === 'day' || firstMonth > lastMonth) return [...ranges, [`d${from ?? ''}`, `d${to ?? '~'}`]];
  if (from === undefined && to === undefined && finest === undefined) return [...ranges, ['t', 'u']];
  if (from !== undefined && !from.endsWith('-01')) ranges.push([`d${from}`, `d${firstMonth}-01`]);
  ranges.push([`m${firstMonth}`, `m${lastMonth}`]);
  if (to !== undefined && !to.endsWith('-01')) ranges.push([`d${lastMonth}-01`, `d${to}`]);
  return ranges;
}

function monthAfter(day: string): string {
  const year = Number(day.slice(0, 4));
  const month = Number(day.slice(5, 7));
  return month === 12
    ? `${String(year + 1).padStart(4, '0')}-01`
    : `${day.slice(0, 4)}-${String(month + 1).padStart(2, '0')}`;
}
