import type { ClientSession } from 'mongodb';
import { newId } from '../../ids.js';
import { isDuplicate } from './connection.js';
import type { MongoConnection, Operation, Stored } from './connection.js';
import { notAfter } from './progress.js';
import { LeaseLost } from '../lease.js';
import type { Aside, Parked } from '../read-models.js';

type Attempted = Omit<Parked, 'waiting'> & {
  readonly parked: boolean;
  /** New for each time the key is parked; waiting events belong to one incarnation. */
  readonly incarnation: string | null;
  /** Epoch of the last takeover of its consumer, or of a later write. */
  readonly epoch?: number;
};

/** Incarnations by key. */
export type Incarnations = ReadonlyMap<string, string | null>;

export const WAITING = 'waiting';
export const PARKED = 'parked';

/** Keys of both collections. */
const idOf = (consumer: number, key: string): string => JSON.stringify([consumer, key]);

/**
 * Parked keys and the events that wait behind them. Each row has an epoch, which a new holder raises in all rows, so a
 * former holder that paused between its check and its write changes no existing row. Events that it still adds belong to an
 * old incarnation of their key, and are not found any more once that is deleted.
 */
export class MongoParking {
  constructor(private readonly connection: MongoConnection) {}

  async all(): Promise<readonly Parked[]> {
    const rows = (await this.#parked.find({ parked: true }).toArray()) as (Stored & Attempted)[];
    // Under a name stands what versions before kept of a process.
    const found = rows.filter(({ consumer }) => typeof consumer === 'number');
    if (found.length === 0) return [];
    const groups = { behind: '$behind', incarnation: '$incarnation' };
    const counted = await this.#waiting.aggregate([{ $group: { _id: groups, count: { $sum: 1 } } }]).toArray();
    const waiting = new Map(
      counted.map(({ _id, count }) => [`${_id.behind} ${_id.incarnation ?? null}`, Number(count)]),
    );
    return found.map(({ _id, parked: _, incarnation = null, epoch: __, ...rest }) => {
      return { ...rest, waiting: waiting.get(`${_id} ${incarnation}`) ?? 0 };
    });
  }

  /** @throws LeaseLost */
  async attempt(
    consumer: number,
    key: string,
    position: number,
    error: string,
    limit: number,
    epoch?: number,
  ): Promise<number> {
    const _id = idOf(consumer, key);
    for (;;) {
      const before = (await this.#parked.findOne({ _id })) as (Stored & Attempted) | null;
      if (epoch !== undefined && (before?.epoch ?? 0) > epoch) throw new LeaseLost(consumer);
      const next = attempted(before, { consumer, key, position, error, limit, epoch });
      if (await this.#replaced(_id, before, next)) return next.position === position ? next.attempts : 0;
    }
  }

  /** Raises the epoch in all rows, so that writes under a lower one fail. */
  async fence(consumer: number, epoch: number): Promise<void> {
    await this.#parked.updateMany({ consumer }, { $max: { epoch } });
  }

  /** Has to be read before the epoch is checked, since only the holder deletes parked keys. */
  async incarnations(consumer: number, aside: readonly Aside[], session?: ClientSession): Promise<Incarnations> {
    if (aside.length === 0) return new Map();
    const ids = [...new Set(aside.map(({ key }) => idOf(consumer, key)))];
    const found = this.#parked.find({ _id: { $in: ids } }, session ? { session } : {});
    const rows = (await found.toArray()) as (Stored & Attempted)[];
    return new Map(rows.map(({ key, incarnation = null }) => [key, incarnation]));
  }

  async retry(consumer: number, key: string): Promise<boolean> {
    const which = { _id: idOf(consumer, key), parked: true };
    return (await this.#parked.updateOne(which, { $set: { asked: true } })).matchedCount === 1;
  }

  async waiting(consumer: number, key: string): Promise<readonly number[]> {
    const behind = idOf(consumer, key);
    const incarnation = ((await this.#parked.findOne({ _id: behind })) as Attempted | null)?.incarnation ?? null;
    const found = await this.#waiting.find({ behind, incarnation }).toArray();
    return found.map(({ position }) => Number(position)).sort((a, b) => a - b);
  }

  /**
   * Deletes a parked key, the key itself first, because waiting events are found through it.
   * @param which entries behind `upTo` were parked later and stay
   * @throws LeaseLost
   */
  async forget(
    consumer: number,
    key: string,
    {
      upTo = Infinity,
      epoch,
      session,
    }: {
      readonly upTo?: number;
      readonly epoch?: number | undefined;
      readonly session?: ClientSession | undefined;
    } = {},
  ): Promise<void> {
    const options = session ? { session } : {};
    const behind = idOf(consumer, key);
    const which = { _id: behind, position: { $lte: upTo }, ...notAfter(epoch) };
    const forgotten = (await this.#parked.findOneAndDelete(which, options)) as Attempted | null;
    if (!forgotten) {
      if (epoch !== undefined && (await this.#parked.findOne({ _id: behind }, options))) throw new LeaseLost(consumer);
      return;
    }
    await this.#waiting.deleteMany({ behind, incarnation: forgotten.incarnation ?? null }, options);
  }

  async drop(generations: readonly number[]): Promise<void> {
    const which = { consumer: { $in: [...generations] } };
    await this.#waiting.deleteMany(which);
    await this.#parked.deleteMany(which);
  }

  /** Replaces a row if it is unchanged. @returns whether it was */
  async #replaced(_id: string, before: Attempted | null, next: Attempted): Promise<boolean> {
    if (before) {
      const { attempts, position, parked, asked } = before;
      const which = { _id, attempts, position, parked, asked, ...notAfter(next.epoch) };
      return (await this.#parked.replaceOne(which, next)).matchedCount === 1;
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

/** Idempotent upserts for waiting events. */
export function waitingOperations(consumer: number, aside: readonly Aside[], incarnations: Incarnations): Operation[] {
  return aside.map(({ key, position }) => {
    const behind = idOf(consumer, key);
    const incarnation = incarnations.get(key) ?? null;
    const replacement = { consumer, behind, position, incarnation };
    return { replaceOne: { filter: { _id: [position, behind, incarnation].join(' ') }, replacement, upsert: true } };
  });
}

interface Attempt {
  readonly consumer: number;
  readonly key: string;
  readonly position: number;
  readonly error: string;
  readonly limit: number;
  readonly epoch: number | undefined;
}

/** Counts attempts at the highest position only; a parked key stays parked. */
function attempted(before: Attempted | null, { consumer, key, position, error, limit, epoch }: Attempt): Attempted {
  const furthest = Math.max(before?.position ?? position, position);
  const attempts = before && before.position >= position ? before.attempts + Number(before.position === position) : 1;
  const parked = (before?.parked ?? false) || attempts >= limit;
  const incarnation = before ? (before.incarnation ?? null) : newId();
  const held = epoch ?? before?.epoch;
  return {
    consumer,
    key,
    position: furthest,
    attempts,
    error,
    parked,
    asked: false,
    incarnation,
    ...(held !== undefined && { epoch: held }),
  };
}
