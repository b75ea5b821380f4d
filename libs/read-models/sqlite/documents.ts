import type { DatabaseSync } from 'node:sqlite';
import type { Statements } from '../../sqlite/sqlite.js';
import { indexedPaths, listAt, safePath, valueAt } from '../paths.js';
import type { Projection } from '../projection.js';
import type { Content, DocumentChange, StoredDocument } from '../read-models.js';
import type { Rows } from './same-rows.js';

export const documentTable = (generation: number): string => `document_${generation}`;
export const listTable = (generation: number): string => `list_${generation}`;

/** Name of the column of an indexed path: unlike that of any other column. */
export const columnOf = (path: string): string => `"$.${safePath(path)}"`;

/** The index that gives an order, and the one that finds few. */
export const orderIndex = (generation: number, index: number): string => `${documentTable(generation)}_${index}`;
export const filterIndex = (generation: number, path: string): string =>
  `"${documentTable(generation)}_by_${safePath(path)}"`;

/** Every document that has not been removed. */
export const documentRows = (generation: number): Rows => ({
  sql: `SELECT id, body FROM ${documentTable(generation)} WHERE body IS NOT NULL`,
  columns: ['id', 'body'],
});

export function* documentsIn(db: DatabaseSync, generation: number): Generator<Content> {
  const documents = db.prepare(documentRows(generation).sql);
  documents.setReturnArrays(true);
  for (const [id, body] of documents.iterate() as unknown as Iterable<[string, string]>) yield [id, body];
}

/** The documents of a generation: JSON bodies, a column for each indexed path, and a row for each text of a list. */
export class SqliteDocuments {
  constructor(
    private readonly db: DatabaseSync,
    private readonly statements: Statements,
  ) {}

  create(generation: number, projection: Projection): void {
    // Without a type: a value is kept and compared as what it is in the document.
    const columns = indexedPaths(projection).map((path) => `, ${columnOf(path)}`);
    this.drop(generation);
    this.db.exec(`CREATE TABLE ${documentTable(generation)} (
        id TEXT PRIMARY KEY, position INTEGER NOT NULL${columns.join('')}, body TEXT);
      CREATE TABLE ${listTable(generation)} (
        path TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (path, value, id)) WITHOUT ROWID`);
  }

  index(generation: number, { indexes, filters, lists }: Projection): void {
    const table = documentTable(generation);
    const create = (name: string, columns: readonly string[]) =>
      this.db.exec(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} (${columns.join(', ')})`);
    for (const [index, paths] of indexes.entries()) {
      const passing = filters.filter((path) => !paths.includes(path));
      create(orderIndex(generation, index), [...paths.map(columnOf), 'id', ...passing.map(columnOf)]);
    }
    for (const path of filters) create(filterIndex(generation, path), [columnOf(path), 'id']);
    if (lists.length === 0) return;
    const list = listTable(generation);
    this.db.exec(`CREATE INDEX IF NOT EXISTS ${list}_of ON ${list} (id, path, value)`);
  }

  drop(generation: number): void {
    this.db.exec(`DROP TABLE IF EXISTS ${documentTable(generation)}; DROP TABLE IF EXISTS ${listTable(generation)}`);
  }

  read(generation: number, ids: readonly string[]): Map<string, StoredDocument> {
    const found = new Map<string, StoredDocument>();
    if (!this.statements.get(`SELECT 1 FROM ${documentTable(generation)} LIMIT 1`)) return found;
    const statement = this.statements.prepare(`SELECT body, position FROM ${documentTable(generation)} WHERE id = ?`);
    for (const id of ids) {
      const row = statement.get(id) as { body: string | null; position: number } | undefined;
      if (row) found.set(id, { document: row.body === null ? null : JSON.parse(row.body), position: row.position });
    }
    return found;
  }

  write(generation: number, projection: Projection, changes: ReadonlyMap<string, DocumentChange>): void {
    const paths = indexedPaths(projection);
    const upsert = this.statements.prepare(upsertOf(generation, paths));
    for (const [id, { document, before, position }] of changes) {
      const body = document === null ? null : JSON.stringify(document);
      upsert.run(id, position, ...paths.map((path) => columnValue(valueAt(document, path))), body);
      for (const path of projection.lists)
        this.#writeList(generation, path, id, listAt(before, path), listAt(document, path));
    }
  }

  #writeList(
    generation: number,
    path: string,
    id: string,
    before: ReadonlySet<string>,
    after: ReadonlySet<string>,
  ): void {
    const table = listTable(generation);
    for (const value of before.difference(after)) {
      this.statements.run(`DELETE FROM ${table} WHERE path = ? AND value = ? AND id = ?`, path, value, id);
    }
    for (const value of after.difference(before)) {
      this.statements.run(`INSERT INTO ${table} (path, value, id) VALUES (?, ?, ?)`, path, value, id);
    }
  }
}

function upsertOf(generation: number, paths: readonly string[]): string {
  const columns = ['position', ...paths.map(columnOf), 'body'];
  return `INSERT INTO ${documentTable(generation)} (id, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})
    ON CONFLICT (id) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`;
}

/** A value as SQL compares it; the same as `json_extract` finds for a path without a column. */
function columnValue(value: unknown): string | number | null {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (value === undefined || value === null) return null;
  return typeof value === 'boolean' ? Number(value) : JSON.stringify(value);
}
