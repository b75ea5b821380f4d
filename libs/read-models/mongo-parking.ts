import type { ClientSession } from 'mongodb';
import { isDuplicate } from './mongo-connection.js';
import type { MongoConnection, Operation, Stored } from './mongo-connection.js';
import type { Aside, Consumer, Parked } from './read-models.js';

type Attempted = Omit<Parked, 'waiting'> & { readonly parked: boolean };

export const WAITING = 'waiting';
export const PARKED = 'parked';

/** Keys of both collections: a generation's id is never a process's name. */
const idOf = (consumer: Consumer, key: string): string => JSON.stringify([consumer, key]);

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

  async attempt(consumer: Consumer, key: string, position: number, error: string, limit: number): Promise<number> {
    const _id = idOf(consumer, key);
    for (;;) {
      const before = (await this.#parked.findOne({ _id })) as (Stored & Attempted) | null;
      const next = attempted(before, { consumer, key, position, error, limit });
      if (await this.#replaced(_id, before, next)) return next.position === position ? next.attempts : 0;
    }
  }

  async retry(consumer: Consumer, key: string): Promise<boolean> {
    const which = { _id: idOf(consumer, key), parked: true };
    return (await this.#parked.updateOne(which, { $set: { asked: true } })).matchedCount === 1;
  }

  async waiting(consumer: Consumer, key: string): Promise<readonly number[]> {
    const found = await this.#waiting.find({ behind: idOf(consumer, key) }).toArray();
    return found.map(({ position }) => Number(position)).sort((a, b) => a - b);
  }

  /** @param which what is behind `upTo` was parked later, and stays */
  async forget(
    consumer: Consumer,
    key: string,
    { upTo = Infinity, session }: { readonly upTo?: number; readonly session?: ClientSession } = {},
  ): Promise<void> {
    const options = session ? { session } : {};
    const position = { $lte: upTo };
    await this.#waiting.deleteMany({ behind: idOf(consumer, key), position }, options);
    await this.#parked.deleteOne({ _id: idOf(consumer, key), position }, options);
  }

  async drop(generations: readonly number[]): Promise<void> {
    const which = { consumer: { $in: [...generations] } };
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

/** What is put aside. Put aside again, it is the same. */
export function waitingOperations(consumer: Consumer, aside: readonly Aside[]): Operation[] {
  return aside.map(({ key, position }) => {
    const behind = idOf(consumer, key);
    const replacement = { consumer, behind, position };
    return { replaceOne: { filter: { _id: `${position} ${behind}` }, replacement, upsert: true } };
  });
}

interface Attempt {
  readonly consumer: Consumer;
  readonly key: string;
  readonly position: number;
  readonly error: string;
  readonly limit: number;
}

/** Attempts at the furthest position are counted, none behind it; what is parked stays it. */
function attempted(before: Attempted | null, { consumer, key, position, error, limit }: Attempt): Attempted {
  const furthest = Math.max(before?.position ?? position, position);
  const attempts = before && before.position >= position ? before.attempts + Number(before.position === position) : 1;
  const parked = (before?.parked ?? false) || attempts >= limit;
  return { consumer, key, position: furthest, attempts, error, parked, asked: false };
}
