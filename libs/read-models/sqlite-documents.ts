import type { DatabaseSync } from 'node:sqlite';
import type { Statements } from '../sqlite.js';
import type { Projection } from './projection.js';
import type { DocumentChange, StoredDocument } from './read-models.js';

const PATH = /^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*$/;

/** A path into a document, safe to stand in SQL. */
export function safePath(path: string): string {
  if (!PATH.test(path)) throw new Error(`not a document path: ${path}`);
  return path;
}

export const documentTable = (generation: number): string => `document_${generation}`;
export const listTable = (generation: number): string => `list_${generation}`;

/** Name of the generated column of an indexed path: unlike that of any other column. */
export const columnOf = (path: string): string => `"$.${safePath(path)}"`;

/** Paths that have a generated column. */
export const indexedPaths = ({ indexes }: Projection): string[] => [...new Set(indexes.flat())];

/** The documents of a generation: JSON bodies, a generated column for each indexed path, and a row for each text of a list. */
export class SqliteDocuments {
  constructor(
    private readonly db: DatabaseSync,
    private readonly statements: Statements,
  ) {}

  create(generation: number, projection: Projection): void {
    const columns = indexedPaths(projection).map(
      (path) => `, ${columnOf(path)} GENERATED ALWAYS AS (json_extract(body, '$.${path}')) VIRTUAL`,
    );
    this.db.exec(`CREATE TABLE ${documentTable(generation)} (
        id TEXT PRIMARY KEY, body TEXT, position INTEGER NOT NULL${columns.join('')});
      CREATE TABLE ${listTable(generation)} (
        path TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (path, value, id)) WITHOUT ROWID`);
  }

  index(generation: number, { indexes }: Projection): void {
    const table = documentTable(generation);
    for (const [index, paths] of indexes.entries()) {
      const columns = [...paths.map(columnOf), 'id'].join(', ');
      this.db.exec(`CREATE INDEX IF NOT EXISTS ${table}_${index} ON ${table} (${columns})`);
    }
  }

  drop(generation: number): void {
    this.db.exec(`DROP TABLE IF EXISTS ${documentTable(generation)}; DROP TABLE IF EXISTS ${listTable(generation)}`);
  }

  read(generation: number, ids: readonly string[]): Map<string, StoredDocument> {
    const found = new Map<string, StoredDocument>();
    const statement = this.statements.prepare(`SELECT body, position FROM ${documentTable(generation)} WHERE id = ?`);
    for (const id of ids) {
      const row = statement.get(id) as { body: string | null; position: number } | undefined;
      if (row) found.set(id, { document: row.body === null ? null : JSON.parse(row.body), position: row.position });
    }
    return found;
  }

  write(generation: number, { lists }: Projection, changes: ReadonlyMap<string, DocumentChange>): void {
    const upsert = this.statements.prepare(
      `INSERT INTO ${documentTable(generation)} (id, body, position) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET body = excluded.body, position = excluded.position`,
    );
    for (const [id, { document, before, position }] of changes) {
      upsert.run(id, document === null ? null : JSON.stringify(document), position);
      for (const path of lists) this.#writeList(generation, path, id, listAt(before, path), listAt(document, path));
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

function listAt(document: unknown, path: string): ReadonlySet<string> {
  let value: unknown = document;
  for (const step of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[step];
  return new Set(Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
}
