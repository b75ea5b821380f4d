import { BroadcastChannel } from 'node:worker_threads';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Clock } from '../clock.js';
import { Refusal } from '../errors.js';
import { isBusy, openSqlite } from '../sqlite.js';
import { periodRanges } from './fold.js';
import { Histogram } from './histogram.js';
import type { Projection } from './projection.js';
import { ReadModels } from './read-models.js';
import type {
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
import { columnOf, encode, indexedPaths, QueryCompiler } from './sqlite-query.js';

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
     generation INTEGER NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL,
     attempts INTEGER NOT NULL, error TEXT NOT NULL, parked INTEGER NOT NULL, PRIMARY KEY (generation, key)
   ) WITHOUT ROWID;
   CREATE TABLE waiting (
     generation INTEGER NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (generation, key, position)
   ) WITHOUT ROWID;
   CREATE TABLE checkpoint (process TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;`,
];
const GENERATION = `id, name, definition, state, position, started_at AS startedAt, updated_at AS updatedAt, rate, error, hash`;
const HEARTBEAT = 1_000;
/** How long to wait before asking again for the write lock that another thread holds, in milliseconds. */
const RETRY = 5;

export interface SqliteReadModelsOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Readers never wait for a writer, and never write. */
  readonly readOnly?: boolean;
}

/** The embedded engine: a SQLite file. The projecting thread writes it; everybody else reads and leaves requests. */
export class SqliteReadModels extends ReadModels {
  readonly #db: DatabaseSync;
  readonly #clock: Clock;
  readonly #channel: BroadcastChannel;
  readonly #statements = new Map<string, StatementSync>();
  readonly #wakers = new Set<() => void>();
  #closed = false;

  constructor({ path, clock, readOnly = false }: SqliteReadModelsOptions) {
    super();
    this.#clock = clock;
    this.#db = openSqlite(path, { applicationId: APPLICATION_ID, migrations: MIGRATIONS, readOnly, busyTimeout: 0 });
    // The log is the truth: what a power cut takes from here is projected again from the checkpoint it takes with it.
    this.#db.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824');
    this.#channel = new BroadcastChannel(`annals-read-models:${path}`);
    this.#channel.onmessage = () => this.#wake();
    this.#channel.unref();
  }

  get<Document>(projection: Projection<Document>, id: string): Promise<Document | undefined> {
    const row = this.#get(`SELECT body FROM document_${this.#active(projection.name)} WHERE id = ?`, id);
    const body = row?.['body'];
    return Promise.resolve(typeof body === 'string' ? (JSON.parse(body) as Document) : undefined);
  }

  find<Document>(projection: Projection<Document>, find: Find = {}): Promise<Found<Document>> {
    const { text, values } = new QueryCompiler(this.#active(projection.name), projection).page(find);
    const rows = this.#all(text, ...values);
    const limit = find.limit ?? 50;
    const items = rows.slice(0, limit).map(({ body }) => JSON.parse(String(body)) as Document);
    if (rows.length <= limit) return Promise.resolve({ items });
    const { id, body: _, ...keys } = rows[limit - 1]!;
    return Promise.resolve({ items, next: encode([...Object.values(keys), id]) });
  }

  count(projection: Projection, filter?: Filter): Promise<number> {
    const generation = this.#active(projection.name);
    const { text, values } = new QueryCompiler(generation, projection).filter(filter);
    const row = this.#get(`SELECT count(*) AS count FROM document_${generation} WHERE ${text}`, ...values);
    return Promise.resolve(Number(row?.['count']));
  }

  sums(rollup: Rollup, { from, to, by = [], where = {} }: Sums = {}): Promise<readonly Sum[]> {
    const generation = this.#active(rollup.of.name);
    const column = (dimension: string) => {
      if (dimension === 'month') return 'substr(period, 2, 7)';
      if (dimension === 'day') return 'substr(period, 2)';
      const index = rollup.dimensions.indexOf(dimension);
      if (index < 0) throw new Error(`${rollup.name} has no dimension ${dimension}`);
      return `d${index}`;
    };
    const keys = by.map(column);
    const filters: string[] = [];
    const values: string[] = [];
    for (const [dimension, wanted] of Object.entries(where)) {
      filters.push(` AND ${column(dimension)} IN (SELECT value FROM json_each(?))`);
      values.push(JSON.stringify(wanted.map((value) => value ?? '')));
    }
    const measures = rollup.measures.map((_, index) => `sum(m${index})`);
    const selected = [...keys, 'duration', 'bucket', ...measures, 'sum(n)', 'sum(total)'].join(', ');
    const ranges = by.includes('day') ? [[`d${from ?? ''}`, to === undefined ? 'e' : `d${to}`]] : periodRanges(from, to);
    const sums = new Map<string, Sum>();
    for (const [first, end] of ranges) {
      const statement = this.#statement(
        `SELECT ${selected} FROM ${cellTable(generation, rollup)} WHERE period >= ? AND period < ?${filters.join('')}
         GROUP BY ${[...keys, 'duration', 'bucket'].join(', ')}`,
      );
      statement.setReturnArrays(true);
      for (const row of statement.all(first!, end!, ...values) as unknown as (string | number)[][]) {
        addRow(sums, rollup, by, row);
      }
    }
    return Promise.resolve([...sums.values()].filter(holdsSomething));
  }

  generations(): Promise<readonly Generation[]> {
    const rows = this.#all(`SELECT ${GENERATION} FROM generation WHERE state <> 'dropped' ORDER BY id`);
    return Promise.resolve(rows as unknown as Generation[]);
  }

  async create(readModel: ReadModel, definition: string): Promise<Generation> {
    const now = this.#clock.now();
    const { name } = readModel.projection;
    const tables = readModel.rollups.map((rollup) => rollup.name);
    const generation = await this.#transaction(() => {
      const row = this.#get(
        `INSERT INTO generation (name, definition, state, started_at, updated_at, rollups) VALUES (?, ?, 'building', ?, ?, ?)
         RETURNING ${GENERATION}`,
        ...[name, definition, now, now, JSON.stringify(tables)],
      ) as unknown as Generation;
      const columns = indexedPaths(readModel.projection).map(
        (path) => `, ${columnOf(path)} GENERATED ALWAYS AS (json_extract(body, '$.${path}')) VIRTUAL`,
      );
      this.#db.exec(`CREATE TABLE document_${row.id} (id TEXT PRIMARY KEY, body TEXT, position INTEGER NOT NULL${columns.join('')});
        CREATE TABLE list_${row.id} (path TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (path, value, id)) WITHOUT ROWID`);
      for (const rollup of readModel.rollups) this.#db.exec(cellTableSql(row.id, rollup));
      return row;
    });
    this.#announce();
    return generation;
  }

  async transition(
    generation: number,
    from: readonly GenerationState[],
    to: GenerationState,
    because: { readonly error?: string; readonly hash?: string } = {},
  ): Promise<boolean> {
    const moved = await this.#transaction(() => {
      const { changes } = this.#run(
        `UPDATE generation SET state = ?, updated_at = ?, error = coalesce(?, error), hash = coalesce(?, hash)
         WHERE id = ? AND state IN (SELECT value FROM json_each(?))`,
        ...[to, this.#clock.now(), because.error ?? null, because.hash ?? null, generation, JSON.stringify(from)],
      );
      if (changes === 1 && to === 'dropped') this.#dropTables(generation);
      return changes === 1;
    });
    if (moved) this.#announce();
    return moved;
  }

  async activate({ id, name }: Generation): Promise<void> {
    await this.#transaction(() => {
      const retained = this.#all(`SELECT id FROM generation WHERE name = ? AND state = 'retained' AND id <> ?`, name, id);
      const now = this.#clock.now();
      for (const { id: old } of retained) {
        this.#run(`UPDATE generation SET state = 'dropped', updated_at = ? WHERE id = ?`, now, old!);
        this.#dropTables(Number(old));
      }
      this.#run(`UPDATE generation SET state = 'retained', updated_at = ? WHERE name = ? AND state = 'active'`, now, name);
      this.#run(`UPDATE generation SET state = 'active', updated_at = ? WHERE id = ?`, now, id);
    });
    this.#announce();
  }

  async index(generation: Generation, { projection }: ReadModel): Promise<void> {
    await this.#transaction(() => {
      projection.indexes.forEach((paths, index) => {
        const columns = [...paths.map(columnOf), 'id'].join(', ');
        this.#db.exec(
          `CREATE INDEX IF NOT EXISTS document_${generation.id}_${index} ON document_${generation.id} (${columns})`,
        );
      });
      this.#db.exec(`CREATE INDEX IF NOT EXISTS list_${generation.id}_id ON list_${generation.id} (id)`);
    });
  }

  documents(generation: Generation, ids: readonly string[]): Promise<Map<string, StoredDocument>> {
    const found = new Map<string, StoredDocument>();
    const statement = this.#statement(`SELECT body, position FROM document_${generation.id} WHERE id = ?`);
    for (const id of ids) {
      const row = statement.get(id) as { body: string | null; position: number } | undefined;
      if (row) found.set(id, { document: row.body === null ? null : JSON.parse(row.body), position: row.position });
    }
    return Promise.resolve(found);
  }

  async *contents(generation: Generation, { rollups }: ReadModel): AsyncGenerator<readonly string[]> {
    const documents = this.#db.prepare(`SELECT id, body FROM document_${generation.id} WHERE body IS NOT NULL`);
    for (const row of documents.iterate()) yield [String(row['id']), String(row['body'])];
    for (const rollup of rollups) {
      const cells = this.#db.prepare(`SELECT * FROM ${cellTable(generation.id, rollup)}`);
      cells.setReturnArrays(true);
      const keys = rollup.dimensions.length + 3;
      for (const row of cells.iterate() as unknown as Iterable<(string | number)[]>) {
        if (row.slice(keys).some((value) => value !== 0)) yield [rollup.name, JSON.stringify(row)];
      }
    }
  }

  async write(pages: readonly PageWrite[]): Promise<void> {
    await this.#transaction(() => {
      for (const page of pages) this.#writePage(page);
    });
    this.#announce();
  }

  #writePage({ generation, readModel, from, to, rate, documents, cells, parked }: PageWrite): void {
    const { changes } = this.#run(
      'UPDATE generation SET position = ?, updated_at = ?, rate = ? WHERE id = ? AND position = ?',
      ...[to, this.#clock.now(), rate, generation.id, from],
    );
    if (changes !== 1) throw new Error(`${generation.name} is being projected by somebody else`);
    this.#writeDocuments(generation, readModel, documents);
    for (const rollup of readModel.rollups) this.#writeCells(generation, rollup, cells.get(rollup.name) ?? new Map());
    for (const { key, position } of parked) {
      this.#run('INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)', generation.id, key, position);
    }
  }

  #writeDocuments({ id: generation }: Generation, { projection }: ReadModel, documents: PageWrite['documents']): void {
    const upsert = this.#statement(
      `INSERT INTO document_${generation} (id, body, position) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET body = excluded.body, position = excluded.position`,
    );
    for (const [id, { document, before, position }] of documents) {
      upsert.run(id, document === null ? null : JSON.stringify(document), position);
      if (projection.lists.length > 0) this.#writeLists(generation, projection, id, document, before);
    }
  }

  #writeLists(generation: number, { lists }: Projection, id: string, document: unknown, before: unknown): void {
    for (const path of lists) {
      const old = listAt(before, path);
      const now = listAt(document, path);
      if (old.join('\u0001') === now.join('\u0001')) continue;
      if (old.length > 0) this.#run(`DELETE FROM list_${generation} WHERE path = ? AND id = ?`, path, id);
      for (const value of new Set(now)) {
        this.#run(`INSERT INTO list_${generation} (path, value, id) VALUES (?, ?, ?)`, path, value, id);
      }
    }
  }

  #writeCells({ id: generation }: Generation, rollup: Rollup, changes: ReadonlyMap<string, PageWriteCell>): void {
    const keys = ['period', ...rollup.dimensions.map((_, index) => `d${index}`), 'duration', 'bucket'];
    const sums = [...rollup.measures.map((_, index) => `m${index}`), 'n', 'total'];
    const upsert = this.#statement(
      `INSERT INTO ${cellTable(generation, rollup)} VALUES (${[...keys, ...sums].map(() => '?').join(', ')})
       ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${sums.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(', ')}`,
    );
    const none = rollup.measures.map(() => 0);
    for (const { period, key, measures, durations } of changes.values()) {
      if (measures.some((value) => value !== 0)) upsert.run(period, ...key, '', 0, ...measures, 0, 0);
      for (const [place, { count, sum }] of durations) {
        if (count === 0 && sum === 0) continue;
        const [duration, bucket] = place.split('\u0001') as [string, string];
        upsert.run(period, ...key, duration, Number(bucket), ...none, count, sum);
      }
    }
  }

  parked(): Promise<readonly Parked[]> {
    const rows = this.#all(
      `SELECT generation, key, position, attempts, error,
         (SELECT count(*) FROM waiting WHERE waiting.generation = parked.generation AND waiting.key = parked.key) AS waiting
       FROM parked WHERE parked = 1`,
    );
    return Promise.resolve(rows as unknown as Parked[]);
  }

  async attempt(generation: number, key: string, position: number, error: string, limit: number): Promise<void> {
    await this.#transaction(() =>
      this.#run(
        `INSERT INTO parked VALUES (?, ?, ?, 1, ?, 0)
         ON CONFLICT (generation, key) DO UPDATE SET attempts = attempts + 1, error = excluded.error, parked = attempts + 1 >= ?`,
        ...[generation, key, position, error, limit],
      ),
    );
  }

  waiting(generation: number, key: string): Promise<readonly number[]> {
    const rows = this.#all('SELECT position FROM waiting WHERE generation = ? AND key = ? ORDER BY position', generation, key);
    return Promise.resolve(rows.map(({ position }) => Number(position)));
  }

  async unpark(generation: number, key: string, change: PageWrite): Promise<void> {
    await this.#transaction(() => {
      this.#writePage(change);
      this.#run('DELETE FROM waiting WHERE generation = ? AND key = ?', generation, key);
      this.#run('DELETE FROM parked WHERE generation = ? AND key = ?', generation, key);
    });
    this.#announce();
  }

  checkpoint(process: string): Promise<number> {
    return Promise.resolve(Number(this.#get('SELECT position FROM checkpoint WHERE process = ?', process)?.['position'] ?? 0));
  }

  async keep(process: string, position: number): Promise<void> {
    await this.#transaction(() =>
      this.#run(
        'INSERT INTO checkpoint VALUES (?, ?) ON CONFLICT (process) DO UPDATE SET position = excluded.position',
        ...[process, position],
      ),
    );
  }

  changed(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed || signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(heartbeat);
        this.#wakers.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const heartbeat = setTimeout(done, HEARTBEAT);
      this.#wakers.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    this.#wake();
    this.#channel.close();
    this.#statements.clear();
    this.#db.close();
    return Promise.resolve();
  }

  #dropTables(generation: number): void {
    const { rollups } = this.#get('SELECT rollups FROM generation WHERE id = ?', generation) as { rollups: string };
    this.#statements.clear();
    this.#db.exec(`DROP TABLE IF EXISTS document_${generation}; DROP TABLE IF EXISTS list_${generation}`);
    for (const name of JSON.parse(rollups) as string[]) this.#db.exec(`DROP TABLE IF EXISTS "cell_${generation}_${name}"`);
    this.#run('DELETE FROM parked WHERE generation = ?', generation);
    this.#run('DELETE FROM waiting WHERE generation = ?', generation);
  }

  /** The pointer readers go through. @throws Refusal `read-model-building` while a first generation is being built */
  #active(name: string): number {
    const row = this.#get(`SELECT id FROM generation WHERE name = ? AND state = 'active'`, name);
    if (!row) throw new Refusal('read-model-building', `The read model ${name} is being built.`, { name }, 503);
    return Number(row['id']);
  }

  #announce(): void {
    this.#wake();
    this.#channel.postMessage(null);
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
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
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #get(sql: string, ...values: SQLInputValue[]) {
    return this.#statement(sql).get(...values);
  }

  #all(sql: string, ...values: SQLInputValue[]) {
    return this.#statement(sql).all(...values);
  }

  #run(sql: string, ...values: SQLInputValue[]) {
    return this.#statement(sql).run(...values);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

type PageWriteCell = PageWrite['cells'] extends ReadonlyMap<string, ReadonlyMap<string, infer Change>> ? Change : never;

const cellTable = (generation: number, rollup: Rollup): string => `"cell_${generation}_${rollup.name}"`;

/** A row per key, and one more per key, duration and histogram bucket; period first, because a window is asked for. */
function cellTableSql(generation: number, rollup: Rollup): string {
  const dimensions = rollup.dimensions.map((_, index) => `d${index}`);
  const keys = ['period', ...dimensions, 'duration', 'bucket'];
  const sums = [...rollup.measures.map((_, index) => `m${index}`), 'n', 'total'];
  return `CREATE TABLE ${cellTable(generation, rollup)} (
    period TEXT NOT NULL, ${dimensions.map((column) => `${column} TEXT NOT NULL, `).join('')}
    duration TEXT NOT NULL, bucket INTEGER NOT NULL, ${sums.map((column) => `${column} INTEGER NOT NULL`).join(', ')},
    PRIMARY KEY (${keys.join(', ')})) WITHOUT ROWID`;
}

function addRow(sums: Map<string, Sum>, rollup: Rollup, by: readonly string[], row: readonly (string | number)[]): void {
  const place = row.slice(0, by.length).join('\u0001');
  let sum = sums.get(place);
  if (!sum) {
    sum = {
      key: Object.fromEntries(by.map((dimension, index) => [dimension, String(row[index]) || null])),
      measures: Object.fromEntries(rollup.measures.map((measure) => [measure, 0])),
      durations: Object.fromEntries(rollup.durations.map((duration) => [duration, new Histogram()])),
    };
    sums.set(place, sum);
  }
  const [duration, bucket] = row.slice(by.length, by.length + 2) as [string, number];
  if (duration === '') {
    const measures = sum.measures as Record<string, number>;
    rollup.measures.forEach((measure, index) => (measures[measure]! += Number(row[by.length + 2 + index])));
  } else {
    const [count, total] = row.slice(-2) as [number, number];
    sum.durations[duration]!.add(bucket, count, total);
  }
}

const holdsSomething = ({ measures, durations }: Sum): boolean =>
  Object.values(measures).some((value) => value !== 0) || Object.values(durations).some(({ count }) => count !== 0);

function listAt(document: unknown, path: string): readonly string[] {
  let value: unknown = document;
  for (const step of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[step];
  return Array.isArray(value) ? (value as string[]) : [];
}

