import type { Looked } from '../decisions.js';
import { cameToNothing, mayServe } from '../generation.js';
import type { Generation } from '../generation.js';
import type { ReadModels } from '../read-models.js';
import { currentOf, definedAs, definitionOf } from '../rollup.js';
import type { ReadModel } from '../rollup.js';

export interface Wanted {
  readonly readModels: ReadModels;
  /** Of several definitions of one name the first is built; the others are for rollbacks. */
  readonly definitions: readonly ReadModel[];
  readonly zone: string;
  readonly partitions?: number;
  /** Whether some definitions could not be loaded: what nothing defines is not let go of. */
  readonly lacking?: boolean;
  /** Rollbacks according to the log. */
  readonly rolledBack?: Looked;
}

interface Goal {
  readonly readModel: ReadModel;
  readonly definition: string;
  readonly partitions: number;
}

/** Reconciles generations with definitions: creates missing ones, and drops those that are no longer wanted. */
export async function reconcile(wanted: Wanted): Promise<void> {
  const { readModels } = wanted;
  const goals = new Map<string, Goal>();
  for (const readModel of currentOf(wanted.definitions)) {
    goals.set(readModel.projection.name, await goalOf(readModel, wanted));
  }
  for (const generation of await readModels.generations()) {
    const { id, name, state } = generation;
    const goal = goals.get(name);
    if (!goal && wanted.lacking) continue;
    const outdated = generation.definition !== goal?.definition || generation.partitions !== goal.partitions;
    const served = state === 'active' || state === 'retained';
    if (!goal || (outdated && !served) || cameToNothing.has(state)) await readModels.transition(id, [state], 'dropped');
  }
  const generations = await readModels.generations();
  for (const [name, { readModel, definition, partitions }] of goals) {
    const own = generations.filter(
      (each) => each.name === name && each.definition === definition && each.partitions === partitions,
    );
    if (own.some(({ state }) => state !== 'retained')) continue;
    // After a rollback the retained generation catches up and takes over; nothing is built.
    for (const { id } of own) await readModels.transition(id, ['retained'], 'catching-up');
    if (own.length === 0) await readModels.create(readModel, definition, partitions);
  }
}

/** The wanted definition. A rollback stays in force as long as the program has the definition that was rolled back. */
async function goalOf(current: ReadModel, { definitions, zone, partitions = 1, rolledBack }: Wanted): Promise<Goal> {
  const { name } = current.projection;
  const goal = { readModel: current, definition: definitionOf(current, zone), partitions };
  const back = await rolledBack?.(name);
  if (back?.from.definition !== goal.definition || back.from.partitions !== partitions) return goal;
  const readModel = definedAs(definitions, { name, definition: back.to.definition }, zone);
  return readModel ? { readModel, definition: back.to.definition, partitions: back.to.partitions } : goal;
}

/**
 * Switches to a generation, once all its partitions are ready and none is behind the serving one.
 * @returns whether it serves
 */
export async function serve(readModels: ReadModels, generation: Generation): Promise<boolean> {
  const { name, definition, set } = generation;
  const all = (await readModels.generations()).filter((each) => each.name === name && each.definition === definition);
  const own = all.filter((each) => each.set === set);
  const serving = all.filter(({ state }) => state === 'active');
  const lowest = (some: readonly Generation[]) => Math.min(...some.map(({ position }) => position));
  if (own.length === 0 || own.some(({ state }) => !mayServe.has(state))) return false;
  if (serving.length > 0 && lowest(own) < lowest(serving)) return false;
  return readModels.activate(generation);
}
