import { partitionOf, servingOf } from '../partitions.js';
import type { Projection } from '../projection.js';
import type { ReadModels } from '../read-models.js';
import { notServing } from '../report-readiness.js';

/** Documents that are asked for at a time: engines take no statement of any length. */
const MOST = 500;

/**
 * Many documents by their ids, in as few questions as there are partitions and pages; ids that have no document are left out.
 * @throws Unavailable `read-model-building` · `read-model-failed`
 */
export async function documentsOf<Document>(
  readModels: ReadModels,
  { name }: Projection<Document>,
  ids: Iterable<string>,
): Promise<Map<string, Document>> {
  const found = new Map<string, Document>();
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return found;
  const generations = await readModels.generations();
  const serving = servingOf(generations, name);
  if (serving.length === 0) throw notServing(name, generations);
  for (const generation of serving) {
    const own = wanted.filter((id) => partitionOf(id, generation.partitions) === generation.partition);
    for (let from = 0; from < own.length; from += MOST) {
      const documents = await readModels.documents(generation, own.slice(from, from + MOST));
      for (const [id, { document }] of documents) if (document !== null) found.set(id, document as Document);
    }
  }
  return found;
}
