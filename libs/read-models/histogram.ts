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

/** Durations of many documents: exact count and sum, percentiles within 5 %. */
export class Histogram {
  count = 0;
  sum = 0;
  readonly #buckets = new Map<number, number>();

  add(bucket: number, count: number, sum: number): void {
    this.count += count;
    this.sum += sum;
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
  }

  /** @returns milliseconds, null when there is nothing to rank */
  percentile(share: number): number | null {
    if (this.count === 0) return null;
    let left = Math.max(1, Math.ceil(share * this.count));
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return valueOf(bucket);
    }
    return null;
  }
}
