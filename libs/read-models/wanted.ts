import { mayServe } from './read-models.js';
import type { Generation, ReadModels } from './read-models.js';
import { definitionOf } from './rollup.js';
import type { ReadModel } from './rollup.js';

export interface Wanted {
  readonly readModels: ReadModels;
  readonly definitions: readonly ReadModel[];
  readonly zone: string;
  readonly partitions?: number;
}

/** Begins what is missing and what has another definition now; lets go of what is not wanted. */
export async function reconcile({ readModels, zone, definitions, partitions = 1 }: Wanted): Promise<void> {
  const byName = new Map(definitions.map((readModel) => [readModel.projection.name, readModel]));
  for (const generation of await readModels.generations()) {
    const { id, name, state } = generation;
    const readModel = byName.get(name);
    const outdated = !readModel || generation.definition !== definitionOf(readModel, zone);
    const served = state === 'active' || state === 'retained';
    const isUnwanted = (outdated || generation.partitions !== partitions) && !served;
    if (!readModel || isUnwanted || state === 'failed' || state === 'cancelled')
      await readModels.transition(id, [state], 'dropped');
  }
  const generations = await readModels.generations();
  for (const readModel of definitions) {
    const definition = definitionOf(readModel, zone);
    const own = generations.filter(
      (each) =>
        each.name === readModel.projection.name && each.definition === definition && each.partitions === partitions,
    );
    if (own.some(({ state }) => state !== 'retained')) continue;
    // Gone back to what served before: that catches up and takes over, nothing is built.
    for (const { id } of own) await readModels.transition(id, ['retained'], 'catching-up');
    if (own.length === 0) await readModels.create(readModel, definition, partitions);
  }
}

/** Not before all partitions may serve, and none answers from further back than what serves now. @returns whether it serves */
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
