import { plus } from '../whole.js';
import type { Whole } from '../whole.js';

/** Bucket bounds grow by this factor, so the middle of a bucket is within 5 % of every value in it. */
const GROWTH = 1.1;
const LOG_GROWTH = Math.log(GROWTH);

/** The bucket of a duration in milliseconds. */
export function bucketOf(milliseconds: number): number {
  return milliseconds < 1 ? 0 : 1 + Math.floor(Math.log(milliseconds) / LOG_GROWTH);
}

/** The value that stands for a bucket: the geometric middle of its bounds. */
function valueOf(bucket: number): number {
  return bucket === 0 ? 0 : Math.round(GROWTH ** (bucket - 0.5));
}

/**
 * Durations of many documents: exact count and sum, percentiles within 5 %. Also a difference between two such, in which
 * counts may be negative.
 */
export class Histogram {
  count: number;
  sum: Whole;
  readonly #buckets = new Map<number, number>();
  /** The stored text; parsed at first access. */
  #text: string;

  /** @param text what `toString` made, or several of them with a space between */
  constructor(count = 0, sum: Whole = 0, text = '') {
    this.count = count;
    this.sum = sum;
    this.#text = text;
  }

  get isEmpty(): boolean {
    return this.count === 0 && this.sum === 0 && this.counts.size === 0;
  }

  add(bucket: number, count: number, sum: Whole): void {
    this.count += count;
    this.sum = plus(this.sum, sum);
    add(this.#buckets, bucket, count);
  }

  merge(other: Histogram): void {
    this.count += other.count;
    this.sum = plus(this.sum, other.sum);
    for (const [bucket, count] of other.counts) add(this.#buckets, bucket, count);
  }

  /** @returns milliseconds, null when there is nothing to rank */
  percentile(share: number): number | null {
    if (this.count === 0) return null;
    let left = Math.max(1, Math.ceil(share * this.count));
    for (const [bucket, count] of this.#ascending()) {
      left -= count;
      if (left <= 0) return valueOf(bucket);
    }
    return null;
  }

  /** Buckets and their counts, ascending: `58:2 61:1`. The same text for the same durations. */
  toString(): string {
    return this.#ascending()
      .map(([bucket, count]) => `${bucket}:${count}`)
      .join(' ');
  }

  /** As it was stored it is ascending already, unless it was stored in parts. */
  #ascending(): (readonly [number, number])[] {
    const counts = [...this.counts];
    const isSorted = counts.every(([bucket], index) => index === 0 || counts[index - 1]![0] < bucket);
    return isSorted ? counts : counts.sort(([a], [b]) => a - b);
  }

  /** How many there are in each bucket. */
  get counts(): ReadonlyMap<number, number> {
    if (this.#text === '') return this.#buckets;
    for (const pair of this.#text.split(' ')) {
      const colon = pair.indexOf(':');
      add(this.#buckets, Number(pair.slice(0, colon)), Number(pair.slice(colon + 1)));
    }
    this.#text = '';
    return this.#buckets;
  }
}

function add(buckets: Map<number, number>, bucket: number, count: number): void {
  const sum = (buckets.get(bucket) ?? 0) + count;
  if (sum === 0) buckets.delete(bucket);
  else buckets.set(bucket, sum);
}
