import { Refusal } from '../../errors.js';
import type { MovableLog } from '../../event-store/move/movable.js';
import { NONE } from './process-memory.js';
import type { ProcessMemory } from './process-memory.js';
import { stateName, stateOf } from './process-state.js';
import type { ProcessState } from './process-state.js';

/** One end of a move: a log, and the memory beside it. */
export interface End {
  readonly log: Pick<MovableLog, 'place' | 'head' | 'placeOf' | 'positionOf'>;
  readonly memory: ProcessMemory;
}

/**
 * Whether it can be said in another log where each process stands. To be called before anything is moved.
 * @throws Refusal `process-behind`
 */
export async function checkMovable(names: readonly string[], from: End): Promise<void> {
  const head = await from.log.head();
  for (const name of names) {
    const { position = 0 } = (await stateOf(from.memory, name)) ?? {};
    if (position === 0 || position >= head || (await from.log.placeOf(position))) continue;
    throw new Refusal(
      'process-behind',
      `${name} has not caught up with ${from.log.place}, and where it stands no event of Annals lies by which that could be found ` +
        'in another log. Start Annals on it, let it catch up, stop it and move again.',
      { process: name, position, head },
      409,
    );
  }
}

/**
 * Says in the target where each process stands: behind everything that was moved where it had caught up, otherwise behind the same
 * event. What is parked stays parked, at the same events. A process that is further in the target already is left as it is.
 * @returns names of the processes of which something was remembered
 */
export async function moveMemory(names: readonly string[], from: End, to: End): Promise<readonly string[]> {
  const known: string[] = [];
  for (const name of names) {
    const state = await stateOf(from.memory, name);
    if (!state) continue;
    known.push(name);
    const moved = await translated(state, from, to);
    const kept = await to.memory.read(stateName(name));
    if (kept && (kept.document as ProcessState).position >= moved.position) continue;
    await to.memory.write(stateName(name), moved, kept?.revision ?? NONE);
  }
  return known;
}

async function translated(state: ProcessState, from: End, to: End): Promise<ProcessState> {
  const [source, target] = [await from.log.head(), await to.log.head()];
  const sameEvent = async (position: number): Promise<number | undefined> => {
    const place = await from.log.placeOf(position);
    return place && to.log.positionOf(place.stream, place.revision);
  };
  const upTo = async (position: number): Promise<number> =>
    position === 0 ? 0 : position >= source ? target : ((await sameEvent(position)) ?? 0);
  const parked: Record<string, ProcessState['parked'][string]> = {};
  for (const [stream, each] of Object.entries(state.parked)) {
    const [position, last] = [await sameEvent(each.position), await sameEvent(each.last)];
    if (position !== undefined && last !== undefined) parked[stream] = { ...each, position, last };
  }
  const attempts: Record<string, ProcessState['attempts'][string]> = {};
  for (const [stream, each] of Object.entries(state.attempts)) {
    const position = await sameEvent(each.position);
    if (position !== undefined) attempts[stream] = { ...each, position };
  }
  return { position: await upTo(state.position), begun: await upTo(state.begun), parked, attempts };
}
