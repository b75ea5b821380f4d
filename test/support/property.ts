import type { Parameters } from 'fast-check';

/** A failing property prints its seed; `SEED` repeats it, `RUNS` looks longer. */
export function property<Values>(runs: number): Parameters<Values> {
  const { SEED, RUNS } = process.env;
  return { numRuns: RUNS ? Number(RUNS) : runs, ...(SEED && { seed: Number(SEED) }) };
}
