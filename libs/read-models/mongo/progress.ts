import type { ClientSession } from 'mongodb';
import type { Clock } from '../../clock.js';
import type { MongoConnection, Stored } from './connection.js';
import { LeaseLost } from '../lease.js';
import { Elsewhere } from '../read-models.js';
import type { PageWrite } from '../read-models.js';

/** An unfinished write without a transaction. */
export interface Plan {
  readonly to: number;
  /** Number of the write; documents and cells with this number or a higher one are done. */
  readonly write: number;
  /** The complete write, if it cannot be folded from the log again. */
  readonly redo?: string;
}

/** Progress of a generation, in a document of its own, so that projectors of different partitions never wait for each other. */
export interface Progress {
  readonly position: number;
  readonly updatedAt: string;
  readonly rate: number;
  /** Number of the last write, finished or not. */
  readonly write: number;
  /** Writes under a lower epoch are refused. */
  readonly epoch: number;
  readonly plan?: Plan;
}

const PROGRESS = 'progress';
const idOf = String as (generation: number) => string;
/** Condition: the row has no higher epoch than this one. */
export const notAfter = (epoch: number | undefined) => epoch !== undefined && { epoch: { $not: { $gt: epoch } } };

/** How far generations are, each with the epoch it is written under. */
export class MongoProgress {
  constructor(
    private readonly connection: MongoConnection,
    private readonly clock: Clock,
  ) {}

  async all(): Promise<ReadonlyMap<number, Progress>> {
    const found = (await this.#rows.find().toArray()) as (Stored & Progress)[];
    return new Map(
      found.map(({ _id, position, updatedAt, rate, write, epoch, plan }) => [
        Number(_id),
        { position, updatedAt, rate, write, epoch, ...(plan && { plan }) },
      ]),
    );
  }

  async begin(generations: readonly number[], updatedAt: string): Promise<void> {
    const begun: Progress = { position: 0, updatedAt, rate: 0, write: 0, epoch: 0 };
    const operations = generations.map((id) => ({ insertOne: { document: { _id: idOf(id), ...begun } } }));
    await this.connection.write(PROGRESS, operations);
  }

  async end(generations: readonly number[]): Promise<void> {
    await this.#rows.deleteMany({ _id: { $in: generations.map(idOf) } });
  }

  /** Raises the epoch and ends an open transaction of the former holder. */
  async fence(generation: number, epoch: number): Promise<void> {
    const _id = idOf(generation);
    const found = await this.#rows.findOne({ _id });
    if (Number(found?.['epoch']) >= epoch) return;
    const { session } = this.connection;
    if (found?.['session'] && found['session'] !== session) await this.connection.endSession(String(found['session']));
    await this.#rows.updateOne({ _id, epoch: { $lt: epoch } }, { $set: { epoch, ...(session && { session }) } });
  }

  /**
   * Checks the epoch. Within a transaction it also blocks a takeover until the transaction ends.
   * @throws LeaseLost when this epoch is over
   */
  async guard(generation: number, epoch: number | undefined, session?: ClientSession): Promise<void> {
    if (epoch === undefined) return;
    const _id = idOf(generation);
    const found = session
      ? await this.#rows.findOneAndUpdate({ _id }, { $inc: { guarded: 1 } }, { session })
      : await this.#rows.findOne({ _id });
    if (Number(found?.['epoch'] ?? 0) > epoch) throw new LeaseLost(generation);
  }

  /**
   * Advances a generation by a page, in the transaction that writes the page. @returns the number of the write
   * @throws Elsewhere
   * @throws LeaseLost
   */
  async move(page: PageWrite, session: ClientSession): Promise<number> {
    const filter = { ...at(page), plan: { $exists: false } };
    const move = { $set: this.#moved(page), $inc: { write: 1 } };
    const moved = await this.#rows.findOneAndUpdate(filter, move, { session, returnDocument: 'after' });
    if (moved) return Number(moved['write']);
    await this.#writable(page, session);
    throw new Elsewhere(page.generation.name);
  }

  /**
   * Stores the plan of a write before it begins, because after a crash the same page has to be written.
   * @returns the number of the write; that of the unfinished one, if it is the same page
   */
  async plan(page: PageWrite, redoOf?: (write: number) => string): Promise<number> {
    for (;;) {
      const { write: last, plan } = await this.#writable(page);
      if (plan && redoOf) throw new Elsewhere(page.generation.name);
      // An existing plan is written again too, since the epoch may have been raised after it was read.
      const write = plan?.write ?? last + 1;
      const made: Plan = plan ?? { to: page.to, write, ...(redoOf && { redo: redoOf(write) }) };
      const where = plan ? { 'plan.write': write } : { plan: { $exists: false }, write: last };
      const { matchedCount } = await this.#rows.updateOne({ ...at(page), ...where }, { $set: { write, plan: made } });
      if (matchedCount === 1) return write;
    }
  }

  /** Finishes a planned write: stores the position. @throws Elsewhere when another program has finished it */
  async finish(page: PageWrite, write: number): Promise<void> {
    const planned = { ...at(page), 'plan.write': write };
    const finish = { $set: this.#moved(page), $unset: { plan: '' as const } };
    if ((await this.#rows.updateOne(planned, finish)).matchedCount === 1) return;
    await this.guard(page.generation.id, page.epoch);
    throw new Elsewhere(page.generation.name);
  }

  /** Deletes a finished plan, if no other program has done so. */
  async settle(id: number, write: number): Promise<void> {
    await this.#rows.updateOne({ _id: idOf(id), 'plan.write': write }, { $unset: { plan: '' } });
  }

  /** @throws Elsewhere when the generation is at another position, or another page is unfinished */
  async check(page: PageWrite): Promise<void> {
    await this.#writable(page);
  }

  async #writable(page: PageWrite, session?: ClientSession): Promise<Progress> {
    const { generation, from, to, epoch } = page;
    const options = session ? { session } : {};
    const found = (await this.#rows.findOne({ _id: idOf(generation.id) }, options)) as (Stored & Progress) | null;
    if (found && epoch !== undefined && found.epoch > epoch) throw new LeaseLost(generation.id);
    if (found?.position !== from) throw new Elsewhere(generation.name);
    if (found.plan && (found.plan.to !== to || found.plan.redo !== undefined)) throw new Elsewhere(generation.name);
    return found;
  }

  #moved({ to, rate }: PageWrite) {
    return { position: to, updatedAt: this.clock.now(), rate };
  }

  get #rows() {
    return this.connection.collection(PROGRESS);
  }
}

/** Condition: the generation is at the start of the page and has not been taken over. */
const at = ({ generation: { id }, from, epoch }: PageWrite) => ({
  _id: idOf(id),
  position: from,
  ...(epoch !== undefined && { epoch: { $lte: epoch } }),
});
