import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { Unavailable } from '../../libs/errors.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { Processes } from '../../libs/processes/processes.runner.js';
import { Projecting } from '../../libs/read-models/projecting.js';
import { Rebuilds } from '../../libs/read-models/rebuilds.js';
import type { ProjectionStatus } from '../../libs/read-models/rebuilds.js';
import type { Step } from './progress.js';

/** How often it is looked, in milliseconds. */
const LOOK = 20;

/**
 * Waits until everything in the log has been reacted to and every read model shows it: what a command that writes owes to
 * whoever asks next.
 * @throws Unavailable `projecting-failed` when read models cannot move
 */
export async function caughtUp(app: INestApplicationContext, signal: AbortSignal, show: (step: Step) => void = () => undefined): Promise<void> {
  const [store, rebuilds, projecting, processes] = [app.get(EventStore), app.get(Rebuilds), app.get(Projecting), app.get(Processes)];
  for (;;) {
    signal.throwIfAborted();
    const head = await store.head();
    const reacted = processes.status().processes.every(({ position, state }) => state !== 'running' || position >= head);
    const status = await rebuilds.status();
    if (reacted && status.every(({ active }) => active && active.lag === 0) && head === (await store.head())) return;
    const failed = status.flatMap(({ name, active, others }) => (active ? [] : others.filter(({ state }) => state === 'failed').map(({ error }) => `${name}: ${error}`)));
    if (projecting.fault !== undefined || failed.length > 0) {
      throw new Unavailable('projecting-failed', `Read models do not move: ${projecting.fault ?? failed.join(', ')}.`, 5);
    }
    show(stepOf(status, head));
    await sleep(LOOK, undefined, { signal });
  }
}

function stepOf(status: readonly ProjectionStatus[], head: number): Step {
  const positions = status.map(({ active, others }) => Math.max(active?.position ?? 0, ...others.map(({ position }) => position)));
  return { done: positions.reduce((sum, position) => sum + Math.min(position, head), 0), total: head * status.length };
}
