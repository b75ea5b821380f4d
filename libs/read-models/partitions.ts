import { spreadingHash } from '../spreading-hash.js';
import type { Copy } from './decisions.js';
import type { Generation } from './generation.js';
import type { ReadModel } from './rollup.js';

/** Partition of a document. The hash must never change, since stored documents are found by it. */
export function partitionOf(id: string, partitions: number): number {
  return partitions === 1 ? 0 : spreadingHash(id) % partitions;
}

/** Limits a read model to one of its partitions. */
export function partOf(readModel: ReadModel, { partition, partitions }: Part): ReadModel {
  if (partitions === 1) return readModel;
  const { projection } = readModel;
  const ids: typeof projection.ids = (event) =>
    projection.ids(event).filter((id) => partitionOf(id, partitions) === partition);
  return { ...readModel, projection: { ...projection, ids } };
}

type Part = Pick<Generation, 'partition' | 'partitions'>;

/** Serving generations of a projection, one per partition, the one furthest behind first. */
export const servingOf = (generations: readonly Generation[], name: string): readonly Generation[] =>
  generations.filter((each) => each.name === name && each.state === 'active').sort((a, b) => a.position - b.position);

/** The copy that a generation belongs to. */
export const copyOf = ({ set, definition, partitions }: Generation): Copy => ({
  generation: set,
  definition,
  partitions,
});

/** Share of the work for a generation; the serving one and those built beside it have the same share. */
export const shareOf = ({ name, partition }: Pick<Generation, 'name' | 'partition'>): string => `${name}/${partition}`;
