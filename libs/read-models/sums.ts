import { plus } from '../whole.js';
import type { Whole } from '../whole.js';
import { periodRanges } from './cells.js';
import { Histogram } from './histogram.js';
import type { Sum, Sums } from './read-models.js';
import type { Rollup } from './rollup.js';

/** Cells of one set between two periods, half-open, that answer a question together with others. */
export interface Window {
  readonly summary: number;
  readonly first: string;
  readonly end: string;
}

/** Sets and windows whose cells, added up, answer the question: every cell counts in exactly one of them. */
export function windowsOf(rollup: Rollup, { from, to, by = [], where = {} }: Sums): readonly Window[] {
  const asked = [...by, ...Object.keys(where)];
  const summary = summaryFor(rollup, asked);
  const finest = summary === 0 || asked.includes('day') ? 'day' : asked.includes('month') ? 'month' : undefined;
  return periodRanges(from, to, finest).map(([first, end]) => ({
    summary: first.startsWith('d') ? 0 : summary,
    first,
    end,
  }));
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

/** Which dimension of a rollup this is. @throws Error when it has none of that name */
export function dimensionOf(rollup: Rollup, dimension: string): number {
  const index = rollup.dimensions.indexOf(dimension);
  if (index < 0) throw new Error(`${rollup.name} has no dimension ${dimension}`);
  return index;
}

/** Sums being put together from what several windows hold. */
export class Summing {
  readonly #sums = new Map<string, Sum>();

  constructor(
    private readonly rollup: Rollup,
    private readonly by: readonly string[],
  ) {}

  /**
   * @param values of what is kept apart, in the order of `by`; nothing is the empty text
   * @param measures in the order of the rollup, as are durations
   */
  add(values: readonly string[], measures: readonly Whole[], durations: readonly Histogram[]): void {
    let place = '';
    for (const value of values) place += `${value}\u0001`;
    const sum = this.#sums.get(place);
    if (sum) this.#merge(sum, measures, durations);
    else this.#sums.set(place, { key: this.#key(values), ...this.#named(measures, durations) });
  }

  #merge(sum: Sum, measures: readonly Whole[], durations: readonly Histogram[]): void {
    const counts = sum.measures as Record<string, Whole>;
    for (const [at, name] of this.rollup.measures.entries()) counts[name] = plus(counts[name]!, measures[at]!);
    for (const [at, name] of this.rollup.durations.entries()) sum.durations[name]!.merge(durations[at]!);
  }

  #named(measures: readonly Whole[], durations: readonly Histogram[]): Pick<Sum, 'measures' | 'durations'> {
    const named = { measures: {} as Record<string, Whole>, durations: {} as Record<string, Histogram> };
    for (let at = 0; at < measures.length; at += 1) named.measures[this.rollup.measures[at]!] = measures[at]!;
    for (let at = 0; at < durations.length; at += 1) named.durations[this.rollup.durations[at]!] = durations[at]!;
    return named;
  }

  /** Those that hold something. */
  get all(): readonly Sum[] {
    return [...this.#sums.values()].filter(holdsSomething);
  }

  #key(values: readonly string[]): Sum['key'] {
    const key: Record<string, string | null> = {};
    for (let at = 0; at < this.by.length; at += 1) key[this.by[at]!] = values[at] || null;
    return key;
  }
}

const holdsSomething = ({ measures, durations }: Sum): boolean =>
  Object.values(measures).some((value) => value !== 0) || Object.values(durations).some(({ count }) => count !== 0);
