import { isDuplicate } from './connection.js';
import type { MongoConnection, Stored } from './connection.js';
import { isPresence } from '../lease.js';
import type { Lease } from '../lease.js';

/** Leases, one document per share, so that every server can change one atomically. */
export class MongoLeases {
  constructor(private readonly connection: MongoConnection) {}

  async all(): Promise<readonly Lease[]> {
    return (await this.#leases.find().sort({ _id: 1 }).toArray()).map(leaseOf);
  }

  async take(share: string, holder: string, seen?: Lease): Promise<Lease | undefined> {
    const free: object[] = [{ holder: null }];
    if (seen) free.push({ epoch: seen.epoch, beat: seen.beat });
    const take = { $set: { holder }, $inc: { epoch: 1, beat: 1 } };
    const taken = await this.#leases.findOneAndUpdate({ _id: share, $or: free }, take, { returnDocument: 'after' });
    if (taken) return leaseOf(taken);
    const first: Stored = { _id: share, holder, epoch: 1, beat: 0 };
    try {
      await this.#leases.insertOne(first);
      return leaseOf(first);
    } catch (error) {
      // It is there, and neither free nor as it was seen.
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }

  /** @returns those that are still held */
  async beat(holder: string, shares: readonly string[]): Promise<readonly string[]> {
    const own = { _id: { $in: [...shares] }, holder };
    await this.#leases.updateMany(own, { $inc: { beat: 1 } });
    return (await this.#leases.find(own, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
  }

  /** A share that is let go of keeps its epoch: the next one is higher. */
  async release(holder: string, shares: readonly string[]): Promise<void> {
    const own = (some: readonly string[]) => ({ _id: { $in: [...some] }, holder });
    await this.#leases.deleteMany(own(shares.filter(isPresence)));
    await this.#leases.updateMany(own(shares.filter((share) => !isPresence(share))), { $set: { holder: null } });
  }

  get #leases() {
    return this.connection.collection('leases');
  }
}

const leaseOf = ({ _id, holder, epoch, beat }: Stored): Lease => ({
  share: _id,
  holder: holder as string | null,
  epoch: Number(epoch),
  beat: Number(beat),
});
