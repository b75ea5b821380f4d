import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.js';
import { Refusal } from '../errors.js';
import { isBusy, openSqlite, rollBack, Statements } from '../sqlite.js';
import { Changes } from './changes.js';
import type { Projection } from './projection.js';
import { mayServe, ReadModels } from './read-models.js';
import type {
  CellChanges,
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
import { cellsIn, SqliteCells } from './sqlite-cells.js';
import { documentsIn, documentTable, SqliteDocuments } from './sqlite-documents.js';
import { cursorAfter, QueryCompiler } from './sqlite-query.js';
import type { Sql } from './sqlite-query.js';

const APPLICATION_ID = 0x414e524d;
const MIGRATIONS = [
  `CREATE TABLE generation (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL,
     definition TEXT NOT NULL,
     state TEXT NOT NULL,
     position INTEGER NOT NULL DEFAULT 0,
     started_at TEXT NOT NULL,
     updated_at TEXT NOT NULL,
     rate REAL NOT NULL DEFAULT 0,
     error TEXT,
     hash TEXT,
     rollups TEXT NOT NULL
   );
   CREATE UNIQUE INDEX generation_active ON generation (name) WHERE state = 'active';
   CREATE TABLE parked (
     generation INTEGER NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL, attempts INTEGER NOT NULL,
     error TEXT NOT NULL, parked INTEGER NOT NULL, asked INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (generation, key)
   ) WITHOUT ROWID;
   CREATE TABLE waiting (
     generation INTEGER NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (generation, key, position)
   ) WITHOUT ROWID;
   CREATE TABLE checkpoint (process TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;`,
  // Documents and cells lie in other columns from here on: they are computed again, in tables that take the place of these.
  `DELETE FROM generation; DELETE FROM parked; DELETE FROM waiting; DELETE FROM sqlite_sequence;`,
];
const GENERATION = `id, name, definition, state, position, started_at AS startedAt, updated_at AS updatedAt, rate, error, hash`;
/** How long to wait before asking again for the write lock that another thread holds, in milliseconds. */
const RETRY = 5;
/** Documents or cells handed out at a time when all of them are. */
const SOME = 500;

export interface SqliteReadModelsOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Readers never wait for a writer, and never write. */
  readonly readOnly?: boolean;
}

/** The embedded engine: a SQLite file. The projecting thread writes it; everybody else reads and leaves requests. */
export class SqliteReadModels extends ReadModels {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #db: DatabaseSync;
  readonly #statements: Statements;
  readonly #documents: SqliteDocuments;
  readonly #cells: SqliteCells;
  readonly #changes: Changes;
  #closed = false;

  constructor({ path, clock, readOnly = false }: SqliteReadModelsOptions) {
    super();
    this.#path = path;
    this.#clock = clock;
    this.#db = open(path, readOnly);
    // The log is the truth: what a power cut takes from here is projected again from the checkpoint it takes with it.
    this.#db.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 16384');
    this.#statements = new Statements(this.#db);
    this.#documents = new SqliteDocuments(this.#db, this.#statements);
    this.#cells = new SqliteCells(this.#db, this.#statements);
    this.#changes = new Changes(path);
  }

  async get<Document>(projection: Projection<Document>, id: string): Promise<Document | undefined> {
    const table = documentTable(this.#active(projection.name));
    const body = this.#statements.get(`SELECT body FROM ${table} WHERE id = ?`, id)?.['body'];
    return typeof body === 'string' ? (JSON.parse(body) as Document) : undefined;
  }

  async find<Document>(projection: Projection<Document>, find: Find = {}): Promise<Found<Document>> {
    const count = ({ text, values }: Sql) => Number(this.#statements.get(text, ...values)?.['count']);
    const { text, values } = new QueryCompiler(this.#active(projection.name), projection).page(find, count);
    const rows = this.#statements.all(text, ...values);
    const limit = find.limit ?? 50;
    const items = rows.slice(0, limit).map(({ body }) => JSON.parse(String(body)) as Document);
    return rows.length > limit ? { items, next: cursorAfter(rows[limit - 1]!) } : { items };
  }

  async count(projection: Projection, filter?: Filter): Promise<number> {
    const generation = this.#active(projection.name);
    const { text, values } = new QueryCompiler(generation, projection).filter(filter);
    const sql = `SELECT count(*) AS count FROM ${documentTable(generation)} WHERE ${text}`;
    return Number(this.#statements.get(sql, ...values)?.['count']);
  }

  async sums(rollup: Rollup, sums: Sums = {}): Promise<readonly Sum[]> {
    return this.#cells.sums(this.#active(rollup.of.name), rollup, sums);
  }

  async generations(): Promise<readonly Generation[]> {
    const rows = this.#statements.all(`SELECT ${GENERATION} FROM generation WHERE state <> 'dropped' ORDER BY id`);
    return rows as unknown as Generation[];
  }

  async create({ projection, rollups }: ReadModel, definition: string): Promise<Generation> {
    const now = this.#clock.now();
    const generation = await this.#transaction(() => {
      const row = this.#statements.get(
        `INSERT INTO generation (name, definition, state, started_at, updated_at, rollups) VALUES (?, ?, 'building', ?, ?, ?)
         RETURNING ${GENERATION}`,
        projection.name,
        definition,
        now,
        now,
        JSON.stringify(rollups.map(({ name }) => name)),
      ) as unknown as Generation;
      this.#documents.create(row.id, projection);
      for (const rollup of rollups) this.#cells.create(row.id, rollup);
      return row;
    });
    this.#changes.announce();
    return generation;
  }

  async transition(
    generation: number,
    from: readonly GenerationState[],
    to: GenerationState,
    because: { readonly error?: string; readonly hash?: string } = {},
  ): Promise<boolean> {
    const moved = await this.#transaction(() => {
      const changes = this.#statements.run(
        `UPDATE generation SET state = ?, updated_at = ?, error = coalesce(?, error), hash = coalesce(?, hash)
         WHERE id = ? AND state IN (SELECT value FROM json_each(?))`,
        to,
        this.#clock.now(),
        because.error ?? null,
        because.hash ?? null,
        generation,
        JSON.stringify(from),
      );
      if (changes === 1 && to === 'dropped') this.#dropTables(generation);
      return changes === 1;
    });
    if (moved) this.#changes.announce();
    return moved;
  }

  async activate({ id, name }: Generation): Promise<void> {
    await this.#transaction(() => {
      const found = this.#statements.get('SELECT state FROM generation WHERE id = ?', id);
      const state = String(found?.['state']) as GenerationState;
      if (state === 'active') return;
      if (!mayServe.has(state)) throw new Error(`generation ${id} of ${name} cannot serve: it is ${state}`);
      const now = this.#clock.now();
      const move = 'UPDATE generation SET state = ?, updated_at = ?';
      const before = this.#statements.all(
        `${move} WHERE name = ? AND state = 'retained' AND id <> ? RETURNING id`,
        'dropped',
        now,
        name,
        id,
      );
      for (const { id: dropped } of before) this.#dropTables(Number(dropped));
      this.#statements.run(`${move} WHERE name = ? AND state = 'active'`, 'retained', now, name);
      this.#statements.run(`${move} WHERE id = ?`, 'active', now, id);
    });
    this.#changes.announce();
  }

  async index(generation: Generation, { projection }: ReadModel): Promise<void> {
    await this.#transaction(() => this.#documents.index(generation.id, projection));
  }

  async documents(generation: Generation, ids: readonly string[]): Promise<Map<string, StoredDocument>> {
    return this.#documents.read(generation.id, ids);
  }

  /** From a connection of its own: one moment of the generation, however long the reading takes. */
  async *contents(generation: Generation, { rollups }: ReadModel): AsyncGenerator<readonly Content[]> {
    const db = open(this.#path, true);
    try {
      db.exec('BEGIN');
      yield* some(documentsIn(db, generation.id));
      for (const rollup of rollups) yield* some(cellsIn(db, generation.id, rollup));
    } finally {
      db.close();
    }
  }

  async fill({ id }: Generation, { rollups }: ReadModel, cells: AsyncIterable<CellChanges>): Promise<boolean> {
    const step = (work: (rollup: Rollup) => void) =>
      this.#transaction(() => {
        if (!this.#statements.get(`SELECT 1 FROM generation WHERE id = ? AND state = 'building'`, id)) return false;
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
    await this.#transaction(() => {
      for (const page of pages) this.#writePage(page);
    });
    this.#changes.announce();
  }

  async parked(): Promise<readonly Parked[]> {
    const rows = this.#statements.all(
      `SELECT generation, key, position, attempts, error, asked,
         (SELECT count(*) FROM waiting WHERE waiting.generation = parked.generation AND waiting.key = parked.key) AS waiting
       FROM parked WHERE parked = 1`,
    );
    return rows.map((row) => ({ ...row, asked: row['asked'] === 1 }) as unknown as Parked);
  }

  attempt(generation: number, key: string, position: number, error: string, limit: number): Promise<number> {
    return this.#transaction(() => {
      const attempts =
        'CASE WHEN excluded.position > position THEN 1 ELSE attempts + (excluded.position = position) END';
      const row = this.#statements.get(
        `INSERT INTO parked VALUES (?, ?, ?, 1, ?, 1 >= ?, 0)
         ON CONFLICT (generation, key) DO UPDATE SET
           attempts = ${attempts}, position = max(position, excluded.position), error = excluded.error,
           parked = parked OR ${attempts} >= ?, asked = 0
         RETURNING attempts, position`,
        generation,
        key,
        position,
        error,
        limit,
        limit,
      );
      return row?.['position'] === position ? Number(row['attempts']) : 0;
    });
  }

  async retry(generation: number, key: string): Promise<boolean> {
    const asked = await this.#transaction(() =>
      this.#statements.run(
        'UPDATE parked SET asked = 1 WHERE generation = ? AND key = ? AND parked = 1',
        generation,
        key,
      ),
    );
    this.#changes.announce();
    return asked === 1;
  }

  async waiting(generation: number, key: string): Promise<readonly number[]> {
    const sql = 'SELECT position FROM waiting WHERE generation = ? AND key = ? ORDER BY position';
    return this.#statements.all(sql, generation, key).map(({ position }) => Number(position));
  }

  async unpark(generation: number, key: string, change: PageWrite): Promise<void> {
    await this.#transaction(() => {
      this.#writePage(change);
      this.#statements.run('DELETE FROM waiting WHERE generation = ? AND key = ?', generation, key);
      this.#statements.run('DELETE FROM parked WHERE generation = ? AND key = ?', generation, key);
    });
    this.#changes.announce();
  }

  async checkpoint(process: string): Promise<number> {
    return Number(
      this.#statements.get('SELECT position FROM checkpoint WHERE process = ?', process)?.['position'] ?? 0,
    );
  }

  async keep(process: string, position: number): Promise<void> {
    await this.#transaction(() =>
      this.#statements.run(
        'INSERT INTO checkpoint VALUES (?, ?) ON CONFLICT (process) DO UPDATE SET position = excluded.position',
        process,
        position,
      ),
    );
  }

  changed(signal?: AbortSignal): Promise<void> {
    return this.#changes.next(signal);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#changes.close();
    this.#statements.clear();
    this.#db.close();
  }

  #writePage({ generation, readModel, from, to, rate, documents, cells, parked }: PageWrite): void {
    const changes = this.#statements.run(
      `UPDATE generation SET position = ?, updated_at = ?, rate = ?, error = NULL
       WHERE id = ? AND position = ? AND state <> 'dropped'`,
      to,
      this.#clock.now(),
      rate,
      generation.id,
      from,
    );
    if (changes !== 1) throw new Error(`${generation.name} is being projected by somebody else`);
    this.#documents.write(generation.id, readModel.projection, documents);
    for (const rollup of readModel.rollups) {
      this.#cells.write(generation.id, rollup, cells.get(rollup.name)?.values() ?? []);
    }
    for (const { key, position } of parked) {
      this.#statements.run('INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)', generation.id, key, position);
    }
  }

  #dropTables(generation: number): void {
    const { rollups } = this.#statements.get('SELECT rollups FROM generation WHERE id = ?', generation) as {
      rollups: string;
    };
    this.#statements.clear();
    this.#documents.drop(generation);
    for (const rollup of JSON.parse(rollups) as string[]) this.#cells.drop(generation, rollup);
    this.#statements.run('DELETE FROM parked WHERE generation = ?', generation);
    this.#statements.run('DELETE FROM waiting WHERE generation = ?', generation);
  }

  /** The pointer readers go through. @throws Refusal `read-model-building` while a first generation is being built */
  #active(name: string): number {
    const row = this.#statements.get(`SELECT id FROM generation WHERE name = ? AND state = 'active'`, name);
    if (!row) throw new Refusal('read-model-building', `The read model ${name} is being built.`, { name }, 503);
    return Number(row['id']);
  }

  /** Waits for the write lock without holding up the thread: requests and pages come from different threads. */
  async #transaction<Result>(work: () => Result): Promise<Result> {
    for (;;) {
      try {
        this.#db.exec('BEGIN IMMEDIATE');
        break;
      } catch (error) {
        if (!isBusy(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      rollBack(this.#db);
      throw error;
    }
  }
}

/** Rows of a statement, so many at a time. */
function* some(rows: Iterable<Content>): Generator<readonly Content[]> {
  let found: Content[] = [];
  for (const row of rows) {
    found.push(row);
    if (found.length < SOME) continue;
    yield found;
    found = [];
  }
  yield found;
}

const open = (path: string, readOnly: boolean): DatabaseSync =>
  openSqlite(path, { applicationId: APPLICATION_ID, migrations: MIGRATIONS, readOnly, busyTimeout: 0 });
