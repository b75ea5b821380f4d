import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { Unavailable } from '../../libs/errors.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { Processes } from '../../libs/processes/processes.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import type { ProjectionStatus } from '../../libs/read-models/building/rebuilds.js';
import type { Step } from './progress.js';

/** Interval of checks, in milliseconds. */
const LOOK = 20;
/** Time without progress of processes after which they are left to the next server, in milliseconds. */
const PATIENCE = 3_000;

/**
 * Waits until processes have handled every event of the log and all read models show them, so that the next query sees the
 * result of a command that writes.
 * @throws Unavailable `projecting-failed` when read models cannot move
 */
export async function caughtUp(
  app: INestApplicationContext,
  signal: AbortSignal,
  show: (step: Step) => void = () => undefined,
): Promise<void> {
  const [store, rebuilds, projecting] = [app.get(EventStore), app.get(Rebuilds), app.get(BackgroundProjector)];
  const reacted = reactionsOf(app.get(Processes));
  for (;;) {
    signal.throwIfAborted();
    const head = await store.head();
    const settled = await reacted(head);
    const status = await rebuilds.status();
    if (settled && status.every(({ active }) => active?.lag === 0) && head === (await store.head())) return;
    const fault = projecting.fault ?? faultOf(status);
    if (fault !== undefined) throw standstill(fault);
    show(stepOf(status, head));
    await sleep(LOOK, undefined, { signal });
  }
}

/** Ends a wait for read models that make no progress. */
export const standstill = (fault: string): Unavailable =>
  new Unavailable('projecting-failed', `Read models make no progress: ${fault.replace(/\.$/, '')}.`, 5);

/** Whether processes have handled every event up to a position, or make no more progress. */
export function reactionsOf(processes: Processes): (head: number) => Promise<boolean> {
  let [seen, since] = ['', performance.now()];
  return async (head) => {
    const running = (await processes.status()).processes.filter(({ state }) => state === 'running');
    const stands = JSON.stringify(running.map(({ position, handled }) => [position, handled]));
    if (stands !== seen) [seen, since] = [stands, performance.now()];
    return running.every(({ position }) => position >= head) || performance.now() - since > PATIENCE;
  };
}

function faultOf(status: readonly ProjectionStatus[]): string | undefined {
  const unserved = status.filter(({ active }) => active === null);
  const failed = unserved.flatMap(({ name, others }) => others.map(({ state, error }) => ({ name, state, error })));
  const first = failed.find(({ state }) => state === 'failed');
  return first && `${first.name}: ${first.error}`;
}

function stepOf(status: readonly ProjectionStatus[], head: number): Step {
  const positions = status.map(({ active, others }) =>
    Math.max(0, ...[active, ...others].map((each) => each?.position ?? 0)),
  );
  return { done: positions.reduce((sum, position) => sum + Math.min(position, head), 0), total: head * status.length };
}
