import type { ClientSession } from 'mongodb';
import type { Clock } from '../../clock.js';
import { ChangeSignal } from '../change-signal.js';
import { pageOf } from '../merge.js';
import { cellCollection, MongoCells } from './cells.js';
import { answered, isDuplicate, MongoConnection } from './connection.js';
import type { Connecting } from './connection.js';
import { documentCollection, MongoDocuments } from './documents.js';
import { OURS, recognise } from './format.js';
import { MongoFormerProcesses } from './former-processes.js';
import { MongoGenerations } from './generations.js';
import { MongoLeases } from './leases.js';
import { MongoParking } from './parking.js';
import { MongoProgress } from './progress.js';
import { someOf, spooled } from './snapshot-read.js';
import { MongoPageWriter } from './page-writer.js';
import { partitionOf } from '../partitions.js';
import type { FormerProcess } from '../former-processes.js';
import type { Projection } from '../projection.js';
import { cameToNothing } from '../generation.js';
import { ReadModels } from '../read-models.js';
import type { Because, Generation, GenerationState } from '../generation.js';
import type { Lease } from '../lease.js';
import type {
  CellChanges,
  Content,
  Filter,
  Find,
  Found,
  PageWrite,
  Parked,
  StoredDocument,
  Sum,
  Sums,
} from '../read-models.js';
import type { ReadModel, Rollup } from '../rollup.js';

export interface MongoReadModelsOptions extends Connecting {
  readonly clock: Clock;
  readonly readOnly?: boolean;
}

/**
 * The engine for more than one machine: a MongoDB database. Where the server has transactions a page is one; where it has
 * none, pages are planned first and written in an order and under guards that let the same page be run again.
 */
export class MongoReadModels extends ReadModels {
  readonly #connection: MongoConnection;
  readonly #readOnly: boolean;
  readonly #progress: MongoProgress;
  readonly #generations: MongoGenerations;
  readonly #leases: MongoLeases;
  readonly #documents: MongoDocuments;
  readonly #cells: MongoCells;
  readonly #parking: MongoParking;
  readonly #former: MongoFormerProcesses;
  readonly #writing: MongoPageWriter;
  readonly #changes: ChangeSignal;

  private constructor(connection: MongoConnection, clock: Clock, readOnly: boolean) {
    super();
    this.#connection = connection;
    this.#readOnly = readOnly;
    this.#progress = new MongoProgress(connection, clock);
    this.#generations = new MongoGenerations(connection, clock, this.#progress);
    this.#leases = new MongoLeases(connection);
    this.#documents = new MongoDocuments(connection);
    this.#cells = new MongoCells(connection);
    this.#parking = new MongoParking(connection);
    this.#former = new MongoFormerProcesses(connection);
    this.#writing = new MongoPageWriter(connection, this.#progress, this.#parking);
    this.#changes = new ChangeSignal(connection.place, () => this.#generations.forget());
  }

  /** @throws Refusal `read-models-unreachable` · `read-models-forbidden` · `read-models-unsupported` · `data-foreign` … */
  static async open({ clock, readOnly = false, ...connecting }: MongoReadModelsOptions): Promise<MongoReadModels> {
    const connection = await MongoConnection.open(connecting);
    try {
      await recognise(connection, readOnly);
      const readModels = new MongoReadModels(connection, clock, readOnly);
      if (!readOnly) await readModels.#writing.settle();
      return readModels;
    } catch (error) {
      await connection.client.close();
      throw error;
    }
  }

  /** In a transaction the epoch is looked at and what it guards is written at once. */
  get countsAtEnd(): boolean {
    return this.#connection.transactions;
  }

  get<Document>(projection: Projection<Document>, id: string): Promise<Document | undefined> {
    const get = (serving: readonly number[]) =>
      this.#documents.get(serving[partitionOf(id, serving.length)]!, id) as Promise<Document | undefined>;
    return this.#asked(projection, get, (found) => found === undefined);
  }

  find<Document>(projection: Projection<Document>, find: Find = {}): Promise<Found<Document>> {
    const search = async (serving: readonly number[]) => {
      const found = serving.map((each) => this.#documents.find<Document>(each, projection, find));
      return pageOf(projection, await Promise.all(found), find);
    };
    return this.#asked(projection, search, ({ items }) => items.length === 0);
  }

  count(projection: Projection, filter?: Filter): Promise<number> {
    const count = async (serving: readonly number[]) => {
      const counts = await Promise.all(serving.map((each) => this.#documents.count(each, projection, filter)));
      return counts.reduce((sum, found) => sum + found, 0);
    };
    return this.#asked(projection, count, (found) => found === 0);
  }

  sums(rollup: Rollup, sums: Sums = {}): Promise<readonly Sum[]> {
    const sum = async (serving: readonly number[]) => {
      await this.#generations.holds(rollup);
      return this.#cells.sums(serving, rollup, sums);
    };
    return this.#asked(rollup.of, sum, (found) => found.length === 0);
  }

  generations(): Promise<readonly Generation[]> {
    return answered(() => this.#generations.all());
  }

  create(readModel: ReadModel, definition: string, partitions = 1): Promise<Generation> {
    return this.#written(async () => {
      const generations = await this.#generations.create(readModel, definition, partitions);
      for (const { id } of generations) {
        const names = [documentCollection(id), ...readModel.rollups.map(({ name }) => cellCollection(id, name))];
        // Inside a transaction not every server makes them.
        for (const name of names) await this.#connection.make(name);
      }
      return generations[0]!;
    });
  }

  transition(
    generation: number,
    from: readonly GenerationState[],
    to: GenerationState,
    because: Because = {},
  ): Promise<boolean> {
    return this.#written(async () => {
      const changed = await this.#generations.transition(generation, from, to, because);
      if (changed.length > 0 && to === 'dropped') await this.#sweep(changed);
      return changed.length > 0;
    });
  }

  activate(generation: Generation): Promise<boolean> {
    return this.#written(async () => {
      const dropped = await this.#generations.activate(generation);
      if (dropped) await this.#sweep(dropped);
      return dropped !== undefined;
    });
  }

  clear(generations: readonly Generation[]): Promise<void> {
    return this.#written(async () => {
      await this.#parking.drop(generations.map(({ id }) => id));
      await this.#sweep([]);
    });
  }

  index({ id }: Generation, { projection, rollups }: ReadModel): Promise<void> {
    return this.#written(async () => {
      await this.#documents.index(id, projection);
      await this.#cells.index(id, rollups);
    });
  }

  documents(generation: Generation, ids: readonly string[]): Promise<Map<string, StoredDocument>> {
    return answered(() => this.#documents.read(generation.id, ids));
  }

  async *contents({ id }: Generation, { rollups }: ReadModel): AsyncGenerator<readonly Content[]> {
    if (!this.#connection.transactions) {
      // A server that stands alone has no moment to read as of: it is read again until nothing was written meanwhile.
      const stamp = async () => (await this.#generations.stored()).find((each) => each.id === id);
      yield* spooled(() => someOf(this.#everything(id, rollups)), stamp);
      return;
    }
    const session = this.#connection.client.startSession({ snapshot: true });
    try {
      yield* someOf(this.#everything(id, rollups, session));
    } finally {
      await session.endSession();
    }
  }

  fill(
    { id }: Generation,
    { rollups }: ReadModel,
    cells: AsyncIterable<CellChanges>,
    epoch?: number,
  ): Promise<boolean> {
    const building = async () =>
      (await this.#generations.stored()).some((each) => each.id === id && each.state === 'building');
    const step = async (work: (rollup: Rollup, session?: ClientSession) => Promise<void>) => {
      if (!(await building())) return false;
      const all = async (session?: ClientSession) => {
        await this.#progress.guard(id, epoch, session);
        for (const rollup of rollups) await work(rollup, session);
      };
      await (this.countsAtEnd && epoch !== undefined ? this.#connection.transaction(all) : all());
      return true;
    };
    return this.#written(async () => {
      let filled = await step((rollup, session) => this.#cells.clear(id, rollup.name, session));
      for await (const changes of cells) {
        filled &&= await step((rollup, session) =>
          this.#cells.fill(id, rollup, changes.get(rollup.name)?.values() ?? [], session),
        );
        if (!filled) return false;
      }
      return filled && building();
    });
  }

  write(pages: readonly PageWrite[]): Promise<void> {
    return this.#written(async () => {
      await this.#writing.write(pages);
      for (const { generation } of pages) if (generation.error !== null) await this.#generations.mend(generation);
    });
  }

  parked(): Promise<readonly Parked[]> {
    return answered(() => this.#parking.all());
  }

  attempt(
    generation: number,
    key: string,
    position: number,
    error: string,
    limit: number,
    epoch?: number,
  ): Promise<number> {
    return this.#written(async () => {
      await this.#progress.guard(generation, epoch);
      return this.#parking.attempt(generation, key, position, error, limit, epoch);
    });
  }

  retry(generation: number, key: string): Promise<boolean> {
    return this.#written(() => this.#parking.retry(generation, key));
  }

  waiting(generation: number, key: string): Promise<readonly number[]> {
    return answered(() => this.#parking.waiting(generation, key));
  }

  unpark(generation: number, key: string, page?: PageWrite, epoch?: number): Promise<void> {
    return this.#written(() => this.#writing.unpark(generation, key, page, epoch));
  }

  madeFrom(log?: string): Promise<string | undefined> {
    return answered(async () => {
      const marks = this.#connection.collection(OURS);
      const named = async () => (await marks.findOne({ _id: 'log' }))?.['name'] as string | undefined;
      const known = await named();
      if (known !== undefined || log === undefined) return known;
      this.#writable();
      await marks.insertOne({ _id: 'log', name: log }).catch((error: unknown) => {
        if (!isDuplicate(error)) throw error;
      });
      return named();
    });
  }

  formerProcess(name: string): Promise<FormerProcess | undefined> {
    return answered(() => this.#former.of(name));
  }

  forgetFormerProcess(name: string): Promise<void> {
    return this.#led(() => this.#former.forget(name));
  }

  leases(): Promise<readonly Lease[]> {
    return answered(() => this.#leases.all());
  }

  lease(share: string, holder: string, seen?: Lease): Promise<Lease | undefined> {
    return this.#led(() => this.#leases.take(share, holder, seen));
  }

  beat(holder: string, shares: readonly string[]): Promise<readonly string[]> {
    return this.#led(() => this.#leases.beat(holder, shares));
  }

  release(holder: string, shares: readonly string[]): Promise<void> {
    return this.#led(() => this.#leases.release(holder, shares));
  }

  fence(generations: readonly number[], epoch: number): Promise<void> {
    return this.#led(async () => {
      for (const generation of generations) {
        await this.#progress.fence(generation, epoch);
        await this.#parking.fence(generation, epoch);
        await this.#generations.fence(generation);
      }
      await this.#writing.settle(generations);
    });
  }

  changed(signal?: AbortSignal): Promise<void> {
    return this.#changes.next(signal);
  }

  async close(): Promise<void> {
    this.#changes.close();
    await this.#connection.client.close();
  }

  async *#everything(id: number, rollups: readonly Rollup[], session?: ClientSession): AsyncGenerator<Content> {
    yield* this.#documents.contents(id, session);
    for (const rollup of rollups) yield* this.#cells.contents(id, rollup, session);
  }

  /**
   * Drops the collections of these generations, and those that a crash has left over: a collection without a generation is
   * left over, since every generation has its entry before its collections.
   */
  async #sweep(dropped: readonly number[]): Promise<void> {
    const collections = await this.#connection.db.listCollections({}, { nameOnly: true }).toArray();
    const stored = await this.#generations.stored();
    const known = new Set(stored.map(({ id }) => id));
    const holding = new Set(stored.flatMap(({ id, state }) => (cameToNothing.has(state) ? [] : [id])));
    const ownerless = collections.flatMap(({ name }) => {
      const id = Number(/^(?:document|cell)_(\d+)(?:_|$)/.exec(name)?.[1] ?? Number.NaN);
      return Number.isNaN(id) || holding.has(id) ? [] : [{ name, id }];
    });
    const gone = [...new Set([...dropped, ...ownerless.map(({ id }) => id)])].filter((id) => !known.has(id));
    await this.#progress.end(gone);
    await this.#parking.drop(gone);
    for (const { name } of ownerless) await this.#connection.db.dropCollection(name);
  }

  /**
   * Asks what serves. Nothing may be all that is left of a generation that is gone: then the server is asked which one it
   * is.
   */
  #asked<Answer>(
    { name }: Projection,
    question: (serving: readonly number[]) => Promise<Answer>,
    isNothing: (answer: Answer) => boolean,
  ): Promise<Answer> {
    return answered(async () => {
      const known = await this.#generations.active(name);
      const answer = await question(known);
      if (!isNothing(answer)) return answer;
      const serving = await this.#generations.active(name, 'asked');
      return serving.join() === known.join() ? answer : question(serving);
    });
  }

  async #written<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = await answered(async () => {
      this.#writable();
      return work();
    });
    this.#generations.forget();
    this.#changes.announce();
    return result;
  }

  /** A sign of life is nothing that readers wait for. */
  #led<Result>(work: () => Promise<Result>): Promise<Result> {
    return answered(async () => {
      this.#writable();
      return work();
    });
  }

  #writable(): void {
    if (this.#readOnly) throw new Error('these read models were opened for reading');
  }
}
