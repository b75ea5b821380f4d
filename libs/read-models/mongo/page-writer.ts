import { BSON } from 'mongodb';
import type { ClientSession } from 'mongodb';
import { isChange, touchedCells } from '../cells.js';
import { cellCollection, cellOperations } from './cells.js';
import type { MongoConnection, Operation } from './connection.js';
import { documentCollection, documentOperations } from './documents.js';
import { WAITING, waitingOperations } from './parking.js';
import type { Incarnations, MongoParking } from './parking.js';
import type { MongoProgress, Plan } from './progress.js';
import type { CellChange, Consumer, PageWrite } from '../read-models.js';

/** What is written to a collection. */
type Step = readonly [collection: string, operations: readonly Operation[]];

/** What was parked and is folded now, as it is kept until it is written. */
interface Redo {
  readonly key: string;
  readonly steps: readonly Step[];
}

/** As text that says of every number what it is: a long that came back as a number would be stored, and added up, as a fraction. */
const textOf = (redo: Redo): string => BSON.EJSON.stringify(redo, { relaxed: false });
const redoIn = (text: string): Redo => BSON.EJSON.parse(text, { relaxed: false }) as Redo;

/**
 * Writes a page exactly once. Every document and cell bears the number of the write that was the last to change it, with and
 * without transactions, so that a database may move from a server without them to one that has them, and back.
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

  async unpark(consumer: Consumer, key: string, page?: PageWrite, epoch?: number): Promise<void> {
    if (!page) {
      await this.progress.guard(consumer, epoch);
      return this.parking.forget(consumer, key, { epoch });
    }
    if (this.connection.transactions) {
      await this.connection.transaction(async (session) => {
        await this.#together(page, session);
        await this.parking.forget(consumer, key, { session });
      });
      return;
    }
    // It could not be folded again: what waits is read from what is about to be forgotten. So all of it stands in the plan.
    const redoOf = (write: number): Redo => ({ key, steps: stepsOf(page, write, 'touched') });
    const write = await this.progress.plan(page, (number) => textOf(redoOf(number)));
    await this.#redo(page.generation.id, { to: page.to, write }, redoOf(write));
  }

  /** Finishes what a program before left half unparked. @param which generations; all when absent */
  async settle(which?: readonly Consumer[]): Promise<void> {
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
   * The plan, then cells, then documents, the position last. After a crash the same page is folded again: where it ended among
   * the cells, documents are as they were, and the guards pass over the cells that are done; where it ended among the
   * documents, all cells are done, and those written already make no difference. Readers may meet a page half written.
   *
   * The same holds where the one before is not dead but slow, and goes on in the middle of the page after somebody else has
   * taken over: both write the same page under the same number. Whoever comes second to a cell or a document is passed over
   * by its guard, also when the other is many pages further by then; and no document is written before all cells are. Only
   * the plan and the position are left to refuse, and they do by the epoch.
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
   * Somebody else may have made all of it good and moved on meanwhile: the guards pass over what is done, and what was parked
   * since stands behind `to` and is not forgotten.
   */
  async #redo(generation: number, { to, write }: Pick<Plan, 'to' | 'write'>, { key, steps }: Redo): Promise<void> {
    for (const [collection, operations] of steps) await this.connection.writeOnce(collection, operations);
    await this.parking.forget(generation, key, { upTo: to });
    await this.progress.settle(generation, write);
  }
}

/**
 * What a page does, cells before documents: what is to be added to cells is told by the documents as they were.
 * @param which cells: without a transaction all that a document leaves or enters are marked, also those that stay the same
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
