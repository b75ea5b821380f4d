import { BSON } from 'mongodb';
import type { ClientSession } from 'mongodb';
import { isChange, touchedCells } from '../cells.js';
import { cellCollection, cellOperations } from './cells.js';
import type { MongoConnection, Operation } from './connection.js';
import { documentCollection, documentOperations } from './documents.js';
import { WAITING, waitingOperations } from './parking.js';
import type { Incarnations, MongoParking } from './parking.js';
import type { MongoProgress, Plan } from './progress.js';
import type { CellChange, PageWrite } from '../read-models.js';

/** Operations on a collection. */
type Step = readonly [collection: string, operations: readonly Operation[]];

/** The write of an unparked key, stored until it is finished. */
interface Redo {
  readonly key: string;
  readonly steps: readonly Step[];
}

/** Serialises with the type of each number, since a long that is read back as a number would be stored as a fraction. */
const textOf = (redo: Redo): string => BSON.EJSON.stringify(redo, { relaxed: false });
const redoIn = (text: string): Redo => BSON.EJSON.parse(text, { relaxed: false }) as Redo;

/**
 * Writes pages exactly once. Each document and cell stores the number of its last write, with and without transactions, so
 * that a database can move between servers with and without them.
 */
export class MongoPageWriter {
  constructor(
    private readonly connection: MongoConnection,
    private readonly progress: MongoProgress,
    private readonly parking: MongoParking,
  ) {}

  async write(pages: readonly PageWrite[]): Promise<void> {
    const begun = pages.some(({ generation }) => generation.pending !== undefined);
    if (!this.connection.transactions || begun) return this.#inOrder(pages);
    await this.connection.transaction(async (session) => {
      for (const page of pages) await this.#together(page, session);
    });
  }

  async unpark(generation: number, key: string, page?: PageWrite, epoch?: number): Promise<void> {
    if (!page) {
      await this.progress.guard(generation, epoch);
      return this.parking.forget(generation, key, { epoch });
    }
    if (this.connection.transactions) {
      await this.connection.transaction(async (session) => {
        await this.#together(page, session);
        await this.parking.forget(generation, key, { session });
      });
      return;
    }
    // The plan holds the complete write, because it cannot be folded again: the waiting events are deleted with it.
    const redoOf = (write: number): Redo => ({ key, steps: stepsOf(page, write, 'touched') });
    const write = await this.progress.plan(page, (number) => textOf(redoOf(number)));
    await this.#redo(page.generation.id, { to: page.to, write }, redoOf(write));
  }

  /** Finishes interrupted unparking of an earlier program. @param which generations; all when absent */
  async settle(which?: readonly number[]): Promise<void> {
    for (const [id, { plan }] of await this.progress.all()) {
      if (plan?.redo === undefined || (which && !which.includes(id))) continue;
      await this.#redo(id, plan, redoIn(plan.redo));
    }
  }

  async #together(page: PageWrite, session: ClientSession): Promise<void> {
    const write = await this.progress.move(page, session);
    for (const [collection, operations] of stepsOf(page, write, 'changed'))
      await this.connection.write(collection, operations, session);
    await this.#putAside(page, await this.#incarnations(page, session), session);
  }

  /**
   * Writes without transactions, in this order: plan, cells, documents, position. After a crash the same page is folded
   * again. If the crash came among the cells, the documents are unchanged, and guards skip the cells that are done. If it
   * came among the documents, all cells are done, and writing a document twice changes nothing. Readers may see a
   * half-written page.
   *
   * This also holds when the former holder of the lease is only slow, and continues in the middle of the page after another
   * program has taken over. Both write the same page under the same number, and the guard of each cell and document skips
   * the second write, even many pages later. No document is written before all cells. Plan and position check the epoch and
   * refuse the former holder.
   */
  async #inOrder(pages: readonly PageWrite[]): Promise<void> {
    for (const page of pages) await this.progress.check(page);
    for (const page of pages) {
      const incarnations = await this.#incarnations(page);
      const write = await this.progress.plan(page);
      await this.#putAside(page, incarnations);
      for (const [collection, operations] of stepsOf(page, write, 'touched'))
        await this.connection.writeOnce(collection, operations);
      await this.progress.finish(page, write);
    }
  }

  #incarnations({ generation, parked }: PageWrite, session?: ClientSession): Promise<Incarnations> {
    return this.parking.incarnations(generation.id, parked, session);
  }

  async #putAside({ generation, parked }: PageWrite, as: Incarnations, session?: ClientSession): Promise<void> {
    await this.connection.write(WAITING, waitingOperations(generation.id, parked, as), session);
  }

  /**
   * Finishes an interrupted unpark. Another program may have finished it already: guards skip what is done, and keys that
   * were parked since have positions behind `to` and stay.
   */
  async #redo(generation: number, { to, write }: Pick<Plan, 'to' | 'write'>, { key, steps }: Redo): Promise<void> {
    for (const [collection, operations] of steps) await this.connection.writeOnce(collection, operations);
    await this.parking.forget(generation, key, { upTo: to });
    await this.progress.settle(generation, write);
  }
}

/**
 * The operations of a page, cells before documents, since changes of cells follow from the former documents.
 * @param which `touched` marks all cells that a document leaves or enters, also unchanged ones; needed without transactions
 */
function stepsOf(
  { generation: { id }, readModel: { projection, rollups }, documents, cells }: PageWrite,
  write: number,
  which: 'touched' | 'changed',
): Step[] {
  const counted = rollups.map((rollup): Step => {
    const all: ReadonlyMap<string, CellChange> = cells.get(rollup.name) ?? new Map();
    const own = which === 'touched' ? touchedCells(all, rollup) : [...all.values()].filter(isChange);
    return [cellCollection(id, rollup.name), cellOperations(own, rollup, write)];
  });
  return [...counted, [documentCollection(id), documentOperations(projection, documents, write)]];
}
