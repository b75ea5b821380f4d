import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until it is so; a test that waits in vain ends by its time-out. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10);
}
