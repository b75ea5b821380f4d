import { setTimeout as sleep } from 'node:timers/promises';

/** How long a server that is not there is waited for at the start, in milliseconds, unless it is said otherwise. */
export const START_PATIENCE = 30_000;
/** Rest before the next try, in milliseconds; doubled each time. */
const REST = 100;
const LONGEST_REST = 2_000;

export interface Patience {
  /** How long to go on, in milliseconds. */
  readonly patience: number;
  /** Whether it may work a moment later, with nobody doing anything about it. */
  readonly mayPass: (error: unknown) => boolean;
  /** Told before every rest what it is waited for. */
  readonly waiting: (error: Error) => void;
}

/** Tries until it works: for a server that may not be there yet. @throws what it failed with last */
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
