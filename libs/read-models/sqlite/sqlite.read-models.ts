import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../clock.js';
import { explained, rollBack, Statements } from '../../sqlite/sqlite.js';
import { closeKeepingRoom } from '../../sqlite/room.js';
import { WalLimit } from '../../sqlite/wal.js';
import { WriteLock } from '../../sqlite/write-lock.js';
import { ChangeSignal } from '../change-signal.js';
import type { FormerProcess } from '../former-processes.js';
import type { Projection } from '../projection.js';
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
import { SqliteAnswers } from './answers.js';
import { SqliteCells } from './cells.js';
import { SqliteContents } from './contents.js';
import { SqliteDocuments } from './documents.js';
import { openFile } from './format.js';
import { SqliteFormerProcesses } from './former-processes.js';
import { SqliteGenerations } from './generations.js';
import { SqliteLeases } from './leases.js';
import { SqliteParking } from './parking.js';

/** Number of pages in the write-ahead log at which SQLite checkpoints. */
const WAL_PAGES = 16_384;
/** Delay between attempts at the write lock, in milliseconds. */
const RETRY = 5;

export interface SqliteReadModelsOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Readers never wait for a writer, and never write. */
  readonly readOnly?: boolean;
  /**
   * How long a write waits while another program holds the write lock of the file, in milliseconds.
   * @defaultValue 5000
   */
  readonly patience?: number;
}

/** The embedded engine: a SQLite file. The projector's thread writes it; other threads read it and store requests. */
export class SqliteReadModels extends ReadModels {
  readonly #readOnly: boolean;
  readonly #db: DatabaseSync;
  readonly #lock: WriteLock;
  readonly #wal: WalLimit;
  readonly #statements: Statements;
  readonly #generations: SqliteGenerations;
  readonly #documents: SqliteDocuments;
  readonly #cells: SqliteCells;
  readonly #contents: SqliteContents;
  readonly #answers: SqliteAnswers;
  readonly #parking: SqliteParking;
  readonly #leases: SqliteLeases;
  readonly #former: SqliteFormerProcesses;
  readonly countsAtEnd = true;
  /** Few, since counting them is cheap here: most of what is made of them is garbage before the collector copies it. */
  override readonly gatheredPage = 1_000;
  readonly #changes: ChangeSignal;
  #closed = false;

  constructor({ path, clock, readOnly = false, patience }: SqliteReadModelsOptions) {
    super();
    this.#readOnly = readOnly;
    this.#db = openFile(path, readOnly);
    // A power cut may lose the last transactions with their checkpoint; they are projected again from the log.
    this.#db.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384');
    this.#lock = new WriteLock(this.#db, { clock, patience });
    this.#wal = new WalLimit(this.#db, { pages: WAL_PAGES });
    this.#statements = new Statements(this.#db);
    this.#generations = new SqliteGenerations(this.#statements, clock);
    this.#documents = new SqliteDocuments(this.#db, this.#statements);
    this.#cells = new SqliteCells(this.#db, this.#statements);
    this.#contents = new SqliteContents(path);
    this.#answers = new SqliteAnswers(this.#statements, this.#generations, this.#cells);
    this.#parking = new SqliteParking(this.#statements);
    this.#leases = new SqliteLeases(this.#statements);
    this.#former = new SqliteFormerProcesses(this.#statements);
    this.#changes = new ChangeSignal(path);
  }

  async get<Document>(projection: Projection<Document>, id: string): Promise<Document | undefined> {
    return this.#answers.get(projection, id);
  }

  async find<Document>(projection: Projection<Document>, find: Find = {}): Promise<Found<Document>> {
    return this.#answers.find(projection, find);
  }

  async count(projection: Projection, filter?: Filter): Promise<number> {
    return this.#answers.count(projection, filter);
  }

  async sums(rollup: Rollup, sums: Sums = {}): Promise<readonly Sum[]> {
    return this.#answers.sums(rollup, sums);
  }

  async generations(): Promise<readonly Generation[]> {
    return this.#generations.all();
  }

  async create(readModel: ReadModel, definition: string, partitions = 1): Promise<Generation> {
    const created = await this.#transaction(() => {
      const generations = this.#generations.create(readModel, definition, partitions);
      for (const { id } of generations) {
        this.#documents.create(id, readModel.projection);
        for (const rollup of readModel.rollups) this.#cells.create(id, rollup);
      }
      return generations[0]!;
    });
    this.#changes.announce();
    return created;
  }

  async transition(
    generation: number,
    from: readonly GenerationState[],
    to: GenerationState,
    because: Because = {},
  ): Promise<boolean> {
    const moved = await this.#transaction(() => {
      this.#leases.guard(generation, because.epoch);
      const changed = this.#generations.transition(generation, from, to, because);
      if (to === 'dropped') for (const each of changed) this.#drop(each);
      return changed.length > 0;
    });
    if (moved) this.#changes.announce();
    return moved;
  }

  async activate(generation: Generation): Promise<boolean> {
    const serves = await this.#transaction(() => {
      const dropped = this.#generations.activate(generation);
      for (const each of dropped ?? []) this.#drop(each);
      return dropped !== undefined;
    });
    if (serves) this.#changes.announce();
    return serves;
  }

  async clear(generations: readonly Generation[]): Promise<void> {
    await this.#transaction(() => {
      for (const { id } of generations) this.#drop(id);
    });
  }

  async index(generation: Generation, { projection }: ReadModel): Promise<void> {
    await this.#transaction(() => this.#documents.index(generation.id, projection));
  }

  async documents(generation: Generation, ids: readonly string[]): Promise<Map<string, StoredDocument>> {
    return this.#statements.reading(() => this.#documents.read(generation.id, ids));
  }

  contents({ id }: Generation, { rollups }: ReadModel): AsyncIterable<readonly Content[]> {
    return this.#contents.of(id, rollups);
  }

  override async areSame(one: Generation, other: Generation, { rollups }: ReadModel): Promise<boolean> {
    return this.#contents.areSame(one.id, other.id, rollups);
  }

  async fill(
    { id }: Generation,
    { rollups }: ReadModel,
    cells: AsyncIterable<CellChanges>,
    epoch?: number,
  ): Promise<boolean> {
    const step = (work: (rollup: Rollup) => void) =>
      this.#transaction(() => {
        this.#leases.guard(id, epoch);
        if (!this.#generations.isBuilding(id)) return false;
        for (const rollup of rollups) work(rollup);
        return true;
      });
    let building = await step((rollup) => this.#cells.clear(id, rollup));
    for await (const changes of cells) {
      building = await step((rollup) => this.#cells.write(id, rollup, changes.get(rollup.name)?.values() ?? []));
      if (!building) break;
    }
    return building;
  }

  async write(pages: readonly PageWrite[]): Promise<void> {
    try {
      await this.#transaction(() => {
        for (const page of pages) this.#writePage(page);
      });
    } finally {
      // By those alone that project: cutting takes a while. A shorter log may be all the room that is needed.
      if (!this.#closed) this.#wal.check();
    }
    this.#changes.announce();
  }

  async parked(): Promise<readonly Parked[]> {
    return this.#parking.all();
  }

  attempt(
    generation: number,
    key: string,
    position: number,
    error: string,
    limit: number,
    epoch?: number,
  ): Promise<number> {
    return this.#transaction(() => {
      this.#leases.guard(generation, epoch);
      return this.#parking.attempt(generation, key, position, error, limit);
    });
  }

  async retry(generation: number, key: string): Promise<boolean> {
    const isParked = await this.#transaction(() => this.#parking.ask(generation, key));
    this.#changes.announce();
    return isParked;
  }

  async waiting(generation: number, key: string): Promise<readonly number[]> {
    return this.#parking.waiting(generation, key);
  }

  async unpark(generation: number, key: string, change?: PageWrite, epoch?: number): Promise<void> {
    await this.#transaction(() => {
      this.#leases.guard(generation, epoch);
      if (change) this.#writePage(change);
      this.#parking.forget(generation, key);
    });
    this.#changes.announce();
  }

  async madeFrom(log?: string): Promise<string | undefined> {
    const named = () => this.#statements.get('SELECT name FROM log')?.['name'] as string | undefined;
    const known = named();
    if (known !== undefined || log === undefined) return known;
    await this.#transaction(() => this.#statements.run('INSERT OR IGNORE INTO log VALUES (1, ?)', log));
    return named();
  }

  async formerProcess(name: string): Promise<FormerProcess | undefined> {
    return this.#former.of(name);
  }

  forgetFormerProcess(name: string): Promise<void> {
    return this.#transaction(() => this.#former.forget(name));
  }

  async leases(): Promise<readonly Lease[]> {
    return this.#leases.all();
  }

  lease(share: string, holder: string, seen?: Lease): Promise<Lease | undefined> {
    return this.#transaction(() => this.#leases.take(share, holder, seen));
  }

  beat(holder: string, shares: readonly string[]): Promise<readonly string[]> {
    return this.#transaction(() => this.#leases.beat(holder, shares));
  }

  release(holder: string, shares: readonly string[]): Promise<void> {
    return this.#transaction(() => this.#leases.release(holder, shares));
  }

  fence(generations: readonly number[], epoch: number): Promise<void> {
    return this.#transaction(() => {
      for (const generation of generations) this.#leases.fence(generation, epoch);
    });
  }

  changed(signal?: AbortSignal): Promise<void> {
    return this.#changes.next(signal);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#changes.close();
    this.#wal.close();
    this.#contents.close();
    this.#statements.clear();
    if (this.#readOnly) this.#db.close();
    else closeKeepingRoom(this.#db);
  }

  #writePage(page: PageWrite): void {
    const { generation, readModel, documents, cells, parked, epoch } = page;
    this.#leases.guard(generation.id, epoch);
    this.#generations.advance(page);
    this.#documents.write(generation.id, readModel.projection, documents);
    for (const rollup of readModel.rollups) {
      this.#cells.write(generation.id, rollup, cells.get(rollup.name)?.values() ?? []);
    }
    for (const { key, position } of parked) this.#parking.put(generation.id, key, position);
  }

  #drop(generation: number): void {
    const rollups = this.#generations.rollups(generation);
    this.#statements.clear();
    this.#documents.drop(generation);
    for (const rollup of rollups) this.#cells.drop(generation, rollup);
    this.#parking.forget(generation);
    this.#leases.forget(generation);
  }

  /**
   * Waits for the write lock without holding up the thread: requests and pages come from different threads.
   * @throws Unavailable `storage-full` · `storage-failing` · `storage-locked`
   */
  async #transaction<Result>(work: () => Result): Promise<Result> {
    const since = performance.now();
    while (!this.#statements.reading(() => this.#lock.begin())) {
      const refusal = this.#lock.refusal(since);
      if (refusal) throw refusal;
      await sleep(RETRY);
    }
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      rollBack(this.#db);
      throw explained(error, this.#db);
    }
  }
}
