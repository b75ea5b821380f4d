import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { EventStore } from '../event-store/event-store.js';
import type { Generation, ReadModels } from './read-models.js';
import type { ReadModel } from './rollup.js';

/** Documents that are folded again from the log before a candidate takes over. */
const SAMPLE = 20;

/** Hash of everything in a generation, whatever order it was written in. */
export async function contentHash(readModels: ReadModels, generation: Generation, readModel: ReadModel): Promise<string> {
  const sum = Buffer.alloc(32);
  for await (const parts of readModels.contents(generation, readModel)) {
    const canonical = parts.map((part, index) => (index === 0 ? part : canonicalize(JSON.parse(part))));
    const digest = createHash('sha256').update(canonical.join('\u0000')).digest();
    let carry = 0;
    for (let index = 31; index >= 0; index -= 1) {
      carry += sum[index]! + digest[index]!;
      sum[index] = carry & 0xff;
      carry >>= 8;
    }
  }
  return sum.toString('hex');
}

/** @returns what is wrong with a candidate, nothing when it may take over */
export async function verify(candidate: {
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly generation: Generation;
  readonly readModel: ReadModel;
  readonly hash: string;
  /** The generation that serves the same definition at the same position. */
  readonly against: Generation | undefined;
}): Promise<string | undefined> {
  const { store, readModels, generation, readModel, hash, against } = candidate;
  if (against) {
    const expected = await contentHash(readModels, against, readModel);
    if (expected !== hash) return `content hash ${hash} differs from ${expected} of generation ${against.id} at the same position`;
  }
  const { projection } = readModel;
  if (!projection.stream) return undefined;
  let looked = 0;
  for await (const [id, body] of readModels.contents(generation, { projection, rollups: [] })) {
    if ((looked += 1) > SAMPLE) break;
    let document: unknown = null;
    for await (const event of store.stream(projection.stream(id!))) {
      if (event.position > generation.position) break;
      if (projection.types.includes(event.type)) document = projection.evolve(document, event, id!);
    }
    if (canonicalize(document) !== canonicalize(JSON.parse(body!))) return `document ${id} differs from its events`;
  }
  return undefined;
}
