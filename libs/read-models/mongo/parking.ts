import type { ClientSession } from 'mongodb';
import { newId } from '../../ids.js';
import { isDuplicate } from './connection.js';
import type { MongoConnection, Operation, Stored } from './connection.js';
import { notAfter } from './progress.js';
import { LeaseLost } from '../read-models.js';
import type { Aside, Consumer, Parked } from '../read-models.js';

type Attempted = Omit<Parked, 'waiting'> & {
  readonly parked: boolean;
  /** Another one when the key is parked again after it was forgotten: what waits belongs to one of them. */
  readonly incarnation: string | null;
  /** Under which its consumer was last taken up, or this was written since. */
  readonly epoch?: number;
};

/** What keys are parked as, by key. */
export type Incarnations = ReadonlyMap<string, string | null>;

export const WAITING = 'waiting';
export const PARKED = 'parked';

/** Keys of both collections: a generation's id is never a process's name. */
const idOf = (consumer: Consumer, key: string): string => JSON.stringify([consumer, key]);

/**
 * What could not be folded, and what waits behind it. Each row bears an epoch, which whoever takes over raises in all of them:
 * so a holder that stood still between looking at its own and writing changes nothing that is there. What it still puts behind
 * a key belongs to what the key was parked as then, and nobody finds it there once that was forgotten.
 */
export class MongoParking {
  constructor(private readonly connection: MongoConnection) {}

  async all(): Promise<readonly Parked[]> {
    const found = (await this.#parked.find({ parked: true }).toArray()) as (Stored & Attempted)[];
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
    consumer: Consumer,
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

  /** From now on nothing that is there is changed under a lower epoch. */
  async fence(consumer: Consumer, epoch: number): Promise<void> {
    await this.#parked.updateMany({ consumer }, { $max: { epoch } });
  }

  /** To be asked before the epoch is looked at: only who holds it forgets that a key is parked. */
  async incarnations(consumer: Consumer, aside: readonly Aside[], session?: ClientSession): Promise<Incarnations> {
    if (aside.length === 0) return new Map();
    const ids = [...new Set(aside.map(({ key }) => idOf(consumer, key)))];
    const found = this.#parked.find({ _id: { $in: ids } }, session ? { session } : {});
    const rows = (await found.toArray()) as (Stored & Attempted)[];
    return new Map(rows.map(({ key, incarnation = null }) => [key, incarnation]));
  }

  async retry(consumer: Consumer, key: string): Promise<boolean> {
    const which = { _id: idOf(consumer, key), parked: true };
    return (await this.#parked.updateOne(which, { $set: { asked: true } })).matchedCount === 1;
  }

  async waiting(consumer: Consumer, key: string): Promise<readonly number[]> {
    const behind = idOf(consumer, key);
    const incarnation = ((await this.#parked.findOne({ _id: behind })) as Attempted | null)?.incarnation ?? null;
    const found = await this.#waiting.find({ behind, incarnation }).toArray();
    return found.map(({ position }) => Number(position)).sort((a, b) => a - b);
  }

  /**
   * The key first: without it nobody finds what waits.
   * @param which what is behind `upTo` was parked later, and stays
   * @throws LeaseLost
   */
  async forget(
    consumer: Consumer,
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

  /** @returns whether nobody was faster */
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

/** What is put aside. Put aside again, it is the same. */
export function waitingOperations(
  consumer: Consumer,
  aside: readonly Aside[],
  incarnations: Incarnations,
): Operation[] {
  return aside.map(({ key, position }) => {
    const behind = idOf(consumer, key);
    const incarnation = incarnations.get(key) ?? null;
    const replacement = { consumer, behind, position, incarnation };
    return { replaceOne: { filter: { _id: [position, behind, incarnation].join(' ') }, replacement, upsert: true } };
  });
}

interface Attempt {
  readonly consumer: Consumer;
  readonly key: string;
  readonly position: number;
  readonly error: string;
  readonly limit: number;
  readonly epoch: number | undefined;
}

/** Attempts at the furthest position are counted, none behind it; what is parked stays it. */
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
