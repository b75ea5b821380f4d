import { hash as hashOf } from 'node:crypto';
import type { EventStore } from '../../event-store/event-store.js';
import type { Projection } from '../projection.js';
import type { Generation } from '../generation.js';
import { keyOfStream } from './fold.js';
import type { ReadModels } from '../read-models.js';
import type { ReadModel } from '../rollup.js';

/** Documents that are folded again from the log before a candidate takes over. */
const SAMPLE = 20;

interface Sampled {
  readonly id: string;
  readonly body: string;
  readonly digest: string;
}

/**
 * Hash of everything in a generation, whatever order it was written in. Of the stored text as it is: one definition folds the
 * same events into the same text, key by key.
 */
export async function contentHash(
  readModels: ReadModels,
  generation: Generation,
  readModel: ReadModel,
): Promise<string> {
  return (await digest(readModels, generation, readModel)).hash;
}

/** @returns the hash of a candidate, and what is wrong with it: nothing when it may take over */
export async function verify(candidate: {
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly generation: Generation;
  readonly readModel: ReadModel;
  /** The generation that serves the same definition at the same position. */
  readonly against: Generation | undefined;
  /** Documents and streams whose events have not all been folded, by their keys. */
  readonly parked: ReadonlySet<string>;
}): Promise<{ readonly hash: string; readonly wrong: string | undefined }> {
  const { store, readModels, generation, readModel, against, parked } = candidate;
  const { hash, sample } = await digest(readModels, generation, readModel);
  if (against && !(await readModels.areSame(generation, against, readModel))) {
    const expected = await contentHash(readModels, against, readModel);
    const wrong = `content hash ${hash} differs from ${expected} of generation ${against.id} at the same position`;
    if (expected !== hash) return { hash, wrong };
  }
  for (const { id, body } of sample) {
    if (parked.has(id) || parked.has(keyOfStream(readModel.projection.stream!(id)))) continue;
    const folded = await foldAgain(store, readModel.projection, id, generation.position);
    if (folded !== body) return { hash, wrong: `document ${id} differs from its events` };
  }
  return { hash, wrong: undefined };
}

async function digest(readModels: ReadModels, generation: Generation, readModel: ReadModel) {
  const sum = new DigestSum();
  let sample: Sampled[] = [];
  for await (const contents of readModels.contents(generation, readModel)) {
    for (const content of contents) {
      // As text of one byte a character, which is made three times as fast as a buffer.
      const digest = hashOf('sha256', content.join('\u0000'), 'binary');
      sum.add(digest);
      // By chance, and the same ones again: those whose digests are the lowest.
      const drawn = sample.length < SAMPLE || digest < sample.at(-1)!.digest;
      if (!drawn || content.length > 2 || !readModel.projection.stream) continue;
      sample = [...sample, { id: content[0], body: content[1], digest }].sort((a, b) => (a.digest < b.digest ? -1 : 1));
      sample = sample.slice(0, SAMPLE);
    }
  }
  return { hash: sum.toHex(), sample };
}

async function foldAgain(store: EventStore, projection: Projection, id: string, position: number): Promise<string> {
  const types = new Set(projection.types);
  let document: unknown = null;
  for await (const event of store.stream(projection.stream!(id))) {
    if (event.position > position) break;
    if (types.has(event.type) && projection.ids(event).includes(id)) document = projection.evolve(document, event, id);
  }
  return JSON.stringify(document);
}

/** Sums of digests do not depend on their order, and no digest cancels another as it would under exclusive or. */
class DigestSum {
  /** Sums of the 16-bit words of all digests; carried only at the end. */
  readonly #words = new Float64Array(16);

  add(digest: string): void {
    for (let at = 0; at < this.#words.length; at += 1) {
      this.#words[at]! += digest.charCodeAt(2 * at) * 0x100 + digest.charCodeAt(2 * at + 1);
    }
  }

  /** The sum modulo 2^256. */
  toHex(): string {
    const sum = [...this.#words].reduce((above, word) => above * 0x10000n + BigInt(word), 0n);
    return BigInt.asUintN(256, sum).toString(16).padStart(64, '0');
  }
}
