import type { ClientSession } from 'mongodb';
import { isDuplicate } from './mongo-connection.js';
import type { MongoConnection, Operation, Stored } from './mongo-connection.js';
import type { PageWrite, Parked } from './read-models.js';

type Attempted = Omit<Parked, 'waiting'> & { readonly parked: boolean };

export const WAITING = 'waiting';
export const PARKED = 'parked';

/** Keys of both collections: the generation is a number, so that nothing in a key can be taken for it. */
const idOf = (generation: number, key: string): string => `${generation} ${key}`;

/** What could not be folded, and what waits behind it. */
export class MongoParking {
  constructor(private readonly connection: MongoConnection) {}

  async all(): Promise<readonly Parked[]> {
    const found = (await this.#parked.find({ parked: true }).toArray()) as (Stored & Attempted)[];
    if (found.length === 0) return [];
    const counted = await this.#waiting.aggregate([{ $group: { _id: '$behind', count: { $sum: 1 } } }]).toArray();
    const waiting = new Map(counted.map(({ _id, count }) => [String(_id), Number(count)]));
    return found.map(({ _id, parked: _, ...rest }) => ({ ...rest, waiting: waiting.get(_id) ?? 0 }));
  }

  async attempt(generation: number, key: string, position: number, error: string, limit: number): Promise<number> {
    const _id = idOf(generation, key);
    for (;;) {
      const before = (await this.#parked.findOne({ _id })) as (Stored & Attempted) | null;
      const next = attempted(before, { generation, key, position, error, limit });
      if (await this.#replaced(_id, before, next)) return next.position === position ? next.attempts : 0;
    }
  }

  async retry(generation: number, key: string): Promise<boolean> {
    const which = { _id: idOf(generation, key), parked: true };
    return (await this.#parked.updateOne(which, { $set: { asked: true } })).matchedCount === 1;
  }

  async waiting(generation: number, key: string): Promise<readonly number[]> {
    const found = await this.#waiting.find({ behind: idOf(generation, key) }).toArray();
    return found.map(({ position }) => Number(position)).sort((a, b) => a - b);
  }

  async forget(generation: number, key: string, session?: ClientSession): Promise<void> {
    const options = session ? { session } : {};
    await this.#waiting.deleteMany({ behind: idOf(generation, key) }, options);
    await this.#parked.deleteOne({ _id: idOf(generation, key) }, options);
  }

  async drop(generations: readonly number[]): Promise<void> {
    const which = { generation: { $in: [...generations] } };
    await this.#waiting.deleteMany(which);
    await this.#parked.deleteMany(which);
  }

  /** @returns whether nobody was faster */
  async #replaced(_id: string, before: Attempted | null, next: Attempted): Promise<boolean> {
    if (before) {
      const { attempts, position, parked, asked } = before;
      return (await this.#parked.replaceOne({ _id, attempts, position, parked, asked }, next)).matchedCount === 1;
    }
    try {
      await this.#parked.insertOne({ _id, ...next });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  get #parked() {
    return this.connection.collection(PARKED);
  }

  get #waiting() {
    return this.connection.collection(WAITING);
  }
}

/** What a page puts aside. Put aside again, it is the same. */
export function waitingOperations({ generation: { id }, parked }: PageWrite): Operation[] {
  return parked.map(({ key, position }) => {
    const behind = idOf(id, key);
    const replacement = { generation: id, behind, position };
    return { replaceOne: { filter: { _id: `${position} ${behind}` }, replacement, upsert: true } };
  });
}

interface Attempt {
  readonly generation: number;
  readonly key: string;
  readonly position: number;
  readonly error: string;
  readonly limit: number;
}

/** Attempts at the furthest position are counted, none behind it; what is parked stays it. */
function attempted(before: Attempted | null, { generation, key, position, error, limit }: Attempt): Attempted {
  const furthest = Math.max(before?.position ?? position, position);
  const attempts = before && before.position >= position ? before.attempts + Number(before.position === position) : 1;
  const parked = (before?.parked ?? false) || attempts >= limit;
  return { generation, key, position: furthest, attempts, error, parked, asked: false };
}
