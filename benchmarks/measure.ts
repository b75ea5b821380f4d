import type { Workspace } from './workspace.js';

export type Unit = 'events/s' | 'requests/s' | 'µs' | 'ms' | 's' | 'MB';

/** What a figure is to reach: its value, or its ratio to the ceiling. */
export interface Target {
  readonly of: 'value' | 'ratio';
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** One figure: the same work done several times, with what the machine could do at best in the same run. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  /** One value per round. */
  readonly values: readonly number[];
  /** What is compared with, round by round. */
  readonly ceiling?: { readonly name: string; readonly values: readonly number[] };
  readonly target?: Target;
  /** Bytes of data and metadata of an event, on average. */
  readonly eventBytes?: number;
  /** Whether the work waits for the disk. */
  readonly durability?: 'full' | 'normal';
  readonly note?: string;
  /** What only the JSON tells. */
  readonly details?: unknown;
}

/** What a measurement works with. */
export interface Bench {
  readonly workspace: Workspace;
  /** Times the same work is done. */
  readonly rounds: number;
  /** Says what is going on. */
  readonly note: (text: string) => void;
}

export interface Measurement {
  readonly name: string;
  /** Only run when it is asked for. */
  readonly large?: boolean;
  readonly run: (bench: Bench) => Promise<readonly Figure[]>;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: percentile(sorted, 0.5), min: sorted[0]!, max: sorted.at(-1)! };
}

/** @param sorted ascending */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;

/** Ratios of the same round, since both ran while the machine was busy with the same other things. */
export const ratiosOf = ({ values, ceiling }: Figure): Spread | undefined =>
  ceiling && spreadOf(values.map((value, round) => value / ceiling.values[round]!));

export function isMet(figure: Figure): boolean | undefined {
  const { target, values } = figure;
  const measured = target?.of === 'ratio' ? ratiosOf(figure)?.median : spreadOf(values).median;
  if (!target || measured === undefined) return undefined;
  return measured >= (target.atLeast ?? -Infinity) && measured <= (target.atMost ?? Infinity);
}

/** Rounds of several works, each in its turn, so that what else the machine does falls on all of them. */
export async function rounds<Work extends Record<string, () => Promise<number>>>(
  count: number,
  works: Work,
): Promise<{ readonly [Name in keyof Work]: number[] }> {
  const values = Object.fromEntries(Object.keys(works).map((name) => [name, [] as number[]]));
  for (let round = 0; round < count; round += 1) {
    for (const [name, work] of Object.entries(works)) values[name]!.push(await work());
  }
  return values as { [Name in keyof Work]: number[] };
}

/** Seconds that it takes. */
export async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}
