import { setTimeout as sleep } from 'node:timers/promises';

/** Default wait at the start for a server that does not answer, in milliseconds. */
export const START_PATIENCE = 30_000;
/** Delay before the next attempt, in milliseconds; doubled each time. */
const REST = 100;
const LONGEST_REST = 2_000;

export interface Patience {
  /** How long to repeat the attempts, in milliseconds. */
  readonly patience: number;
  /** Whether the error is temporary. */
  readonly mayPass: (error: unknown) => boolean;
  /** Called with the error before each delay. */
  readonly waiting: (error: Error) => void;
}

/** Repeats `work` until it succeeds, for a server that may not be up yet. @throws the last error */
export async function patiently<Result>(
  work: () => Promise<Result>,
  { patience, mayPass, waiting }: Patience,
): Promise<Result> {
  const began = performance.now();
  for (let rest = REST; ; rest = Math.min(LONGEST_REST, rest * 2)) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error) || performance.now() - began + rest > patience) throw error;
      waiting(error as Error);
    }
    await sleep(rest);
  }
}
