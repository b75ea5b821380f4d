import type { ClientSession } from 'mongodb';
import type { Clock } from '../clock.js';
import { Changes } from './changes.js';
import { cellCollection, MongoCells } from './mongo-cells.js';
import { answered, isDuplicate, MongoConnection } from './mongo-connection.js';
import type { Connecting } from './mongo-connection.js';
import { documentCollection, MongoDocuments } from './mongo-documents.js';
import { OURS, recognise } from './mongo-format.js';
import { MongoGenerations } from './mongo-generations.js';
import { MongoParking, WAITING, waitingOperations } from './mongo-parking.js';
import { someOf, spooled } from './mongo-reading.js';
import { MongoWriting } from './mongo-writing.js';
import type { Projection } from './projection.js';
import { ReadModels } from './read-models.js';
import type {
  Aside,
  CellChanges,
  Checkpoint,
  Consumer,
  Content,
  Filter,
  Find,
  Found,
  Generation,
  GenerationState,
  PageWrite,
  Parked,
  StoredDocument,
  Sum,
  Sums,
} from './read-models.js';
import type { ReadModel, Rollup } from './rollup.js';

const CHECKPOINTS = 'checkpoints';

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
  readonly #generations: MongoGenerations;
  readonly #documents: MongoDocuments;
  readonly #cells: MongoCells;
  readonly #parking: MongoParking;
  readonly #writing: MongoWriting;
  readonly #changes: Changes;

  private constructor(connection: MongoConnection, clock: Clock, readOnly: boolean) {
    super();
    this.#connection = connection;
    this.#readOnly = readOnly;
    this.#generations = new MongoGenerations(connection, clock);
    this.#documents = new MongoDocuments(connection);
    this.#cells = new MongoCells(connection);
    this.#parking = new MongoParking(connection);
    this.#writing = new MongoWriting(connection, this.#generations, this.#parking);
    this.#changes = new Changes(connection.place, () => this.#generations.forget());
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

  get<Document>(projection: Projection<Document>, id: string): Promise<Document | undefined> {
    const get = (generation: number) => this.#documents.get(generation, id) as Promise<Document | undefined>;
    return this.#asked(projection, get, (found) => found === undefined);
  }

  find<Document>(projection: Projection<Document>, find: Find = {}): Promise<Found<Document>> {
    const search = (generation: number) => this.#documents.find<Document>(generation, projection, find);
    return this.#asked(projection, search, ({ items }) => items.length === 0);
  }

  count(projection: Projection, filter?: Filter): Promise<number> {
    const count = (generation: number) => this.#documents.count(generation, projection, filter);
    return this.#asked(projection, count, (found) => found === 0);
  }

  sums(rollup: Rollup, sums: Sums = {}): Promise<readonly Sum[]> {
    const sum = (generation: number) => this.#cells.sums(generation, rollup, sums);
    return this.#asked(rollup.of, sum, (found) => found.length === 0);
  }

  generations(): Promise<readonly Generation[]> {
    return answered(() => this.#generations.all());
  }

  create(readModel: ReadModel, definition: string): Promise<Generation> {
    return this.#written(async () => {
      const generation = await this.#generations.create(readModel, definition);
      const { id } = generation;
      const names = [documentCollection(id), ...readModel.rollups.map(({ name }) => cellCollection(id, name))];
      // Inside a transaction not every server makes them.
      for (const name of names) await this.#connection.make(name);
      return generation;
    });
  }

  transition(
    generation: number,
    from: readonly GenerationState[],
    to: GenerationState,
    because: { readonly error?: string; readonly hash?: string } = {},
  ): Promise<boolean> {
    return this.#written(async () => {
      const moved = await this.#generations.transition(generation, from, to, because);
      if (moved && to === 'dropped') await this.#sweep([generation]);
      return moved;
    });
  }

  activate(generation: Generation): Promise<void> {
    return this.#written(async () => {
      await this.#sweep(await this.#generations.activate(generation));
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

  fill({ id }: Generation, { rollups }: ReadModel, cells: AsyncIterable<CellChanges>): Promise<boolean> {
    return this.#written(async () => {
      const building = async () =>
        (await this.#generations.stored()).some((each) => each.id === id && each.state === 'building');
      if (!(await building())) return false;
      for (const { name } of rollups) await this.#cells.clear(id, name);
      for await (const changes of cells) {
        if (!(await building())) return false;
        for (const rollup of rollups) await this.#cells.fill(id, rollup, changes.get(rollup.name)?.values() ?? []);
      }
      return building();
    });
  }

  write(pages: readonly PageWrite[]): Promise<void> {
    return this.#written(() => this.#writing.write(pages));
  }

  parked(): Promise<readonly Parked[]> {
    return answered(() => this.#parking.all());
  }

  attempt(...attempted: Parameters<MongoParking['attempt']>): Promise<number> {
    return this.#written(() => this.#parking.attempt(...attempted));
  }

  retry(consumer: Consumer, key: string): Promise<boolean> {
    return this.#written(() => this.#parking.retry(consumer, key));
  }

  waiting(consumer: Consumer, key: string): Promise<readonly number[]> {
    return answered(() => this.#parking.waiting(consumer, key));
  }

  unpark(consumer: Consumer, key: string, page?: PageWrite): Promise<void> {
    return this.#written(() => this.#writing.unpark(consumer, key, page));
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

  async checkpoint(process: string): Promise<Checkpoint> {
    const found = await answered(() => this.#connection.collection(CHECKPOINTS).findOne({ _id: process }));
    return { position: Number(found?.['position'] ?? 0), begun: Number(found?.['begun'] ?? 0) };
  }

  /** What is put aside comes first: put aside without the checkpoint it is merely put aside again. */
  keep(process: string, { position, begun }: Checkpoint, aside: readonly Aside[] = []): Promise<void> {
    return answered(async () => {
      this.#writable();
      await this.#connection.write(WAITING, waitingOperations(process, aside));
      const moved = { $set: { position, begun } };
      await this.#connection.collection(CHECKPOINTS).updateOne({ _id: process }, moved, { upsert: true });
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
   * Drops what these generations have left, and what a crash left of others: a collection that nobody owns is of one that is
   * gone, since every generation has its entry before it has a collection.
   */
  async #sweep(dropped: readonly number[]): Promise<void> {
    const collections = await this.#connection.db.listCollections({}, { nameOnly: true }).toArray();
    const known = new Set((await this.#generations.stored()).map(({ id }) => id));
    const ownerless = collections.flatMap(({ name }) => {
      const id = Number(/^(?:document|cell)_(\d+)(?:_|$)/.exec(name)?.[1] ?? Number.NaN);
      return Number.isNaN(id) || known.has(id) ? [] : [{ name, id }];
    });
    await this.#parking.drop([...dropped, ...ownerless.map(({ id }) => id)]);
    for (const { name } of ownerless) await this.#connection.db.dropCollection(name);
  }

  /** Asks what serves. Nothing may be all that is left of a generation that is gone: then the server is asked which one it is. */
  #asked<Answer>(
    { name }: Projection,
    question: (generation: number) => Promise<Answer>,
    isNothing: (answer: Answer) => boolean,
  ): Promise<Answer> {
    return answered(async () => {
      const generation = await this.#generations.active(name);
      const answer = await question(generation);
      if (!isNothing(answer)) return answer;
      const serving = await this.#generations.active(name, 'asked');
      return serving === generation ? answer : question(serving);
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

  #writable(): void {
    if (this.#readOnly) throw new Error('these read models were opened for reading');
  }
}
