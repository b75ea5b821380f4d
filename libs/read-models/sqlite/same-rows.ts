import type { DatabaseSync } from 'node:sqlite';

/** A query whose rows are all different, and its columns. */
export interface Rows {
  readonly sql: string;
  readonly columns: readonly string[];
}

/** Whether two queries have the same rows: as many, and each of one in the other. Compared by SQLite, where they lie. */
export function haveSameRows(db: DatabaseSync, one: Rows, other: Rows): boolean {
  const equal = one.columns.map((column) => `b.${column} = a.${column}`).join(' AND ');
  const missing = `SELECT 1 FROM (${one.sql}) AS a WHERE NOT EXISTS (SELECT 1 FROM (${other.sql}) AS b WHERE ${equal})`;
  const counts = [one, other].map(({ sql }) => `(SELECT count(*) FROM (${sql}))`);
  return db.prepare(`SELECT ${counts.join(' = ')} AND NOT EXISTS (${missing}) AS same`).get()?.['same'] === 1;
}
