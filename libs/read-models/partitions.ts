import { spreadingHash } from '../spreading-hash.js';
import type { Copy } from './decisions.js';
import type { Generation } from './generation.js';
import type { ReadModel } from './rollup.js';

/** The partition a document belongs to. Stable: what was stored is found again. */
export function partitionOf(id: string, partitions: number): number {
  return partitions === 1 ? 0 : spreadingHash(id) % partitions;
}

/** The read model as far as one of its partitions is concerned. */
export function partOf(readModel: ReadModel, { partition, partitions }: Part): ReadModel {
  if (partitions === 1) return readModel;
  const { projection } = readModel;
  const ids: typeof projection.ids = (event) =>
    projection.ids(event).filter((id) => partitionOf(id, partitions) === partition);
  return { ...readModel, projection: { ...projection, ids } };
}

type Part = Pick<Generation, 'partition' | 'partitions'>;

/** What serves a projection: a generation for each partition, the one furthest behind first. */
export const servingOf = (generations: readonly Generation[], name: string): readonly Generation[] =>
  generations.filter((each) => each.name === name && each.state === 'active').sort((a, b) => a.position - b.position);

/** The copy that a generation is of. */
export const copyOf = ({ set, definition, partitions }: Generation): Copy => ({
  generation: set,
  definition,
  partitions,
});

/** The share of the work that a generation belongs to: the one that serves and those built beside it go together. */
export const shareOf = ({ name, partition }: Pick<Generation, 'name' | 'partition'>): string => `${name}/${partition}`;
