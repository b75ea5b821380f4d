import type { Statements } from '../../sqlite/sqlite.js';
import type { Parked } from '../read-models.js';

export const PARKING = `CREATE TABLE parked (
     consumer NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL, attempts INTEGER NOT NULL,
     error TEXT NOT NULL, parked INTEGER NOT NULL, asked INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (consumer, key)
   ) WITHOUT ROWID;
   CREATE TABLE waiting (
     consumer NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (consumer, key, position)
   ) WITHOUT ROWID;`;

const ATTEMPTS = 'CASE WHEN excluded.position > position THEN 1 ELSE attempts + (excluded.position = position) END';

/** What was attempted and put aside, and what waits behind it. */
export class SqliteParking {
  constructor(private readonly statements: Statements) {}

  all(): readonly Parked[] {
    const rows = this.statements.all(
      `SELECT consumer, key, position, attempts, error, asked,
         (SELECT count(*) FROM waiting WHERE waiting.consumer = parked.consumer AND waiting.key = parked.key) AS waiting
       FROM parked WHERE parked = 1 AND typeof(consumer) <> 'text'`,
    );
    return rows.map((row) => ({ ...row, asked: row['asked'] === 1 }) as unknown as Parked);
  }

  attempt(generation: number, key: string, position: number, error: string, limit: number): number {
    const row = this.statements.get(
      `INSERT INTO parked VALUES (?, ?, ?, 1, ?, 1 >= ?, 0)
       ON CONFLICT (consumer, key) DO UPDATE SET
         attempts = ${ATTEMPTS}, position = max(position, excluded.position), error = excluded.error,
         parked = parked OR ${ATTEMPTS} >= ?, asked = 0
       RETURNING attempts, position`,
      generation,
      key,
      position,
      error,
      limit,
      limit,
    );
    return row?.['position'] === position ? Number(row['attempts']) : 0;
  }

  /** @returns whether it is parked */
  ask(generation: number, key: string): boolean {
    const ask = 'UPDATE parked SET asked = 1 WHERE consumer = ? AND key = ? AND parked = 1';
    return this.statements.run(ask, generation, key) === 1;
  }

  /** Puts an event behind a key. */
  put(generation: number, key: string, position: number): void {
    this.statements.run('INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)', generation, key, position);
  }

  waiting(generation: number, key: string): readonly number[] {
    const sql = 'SELECT position FROM waiting WHERE consumer = ? AND key = ? ORDER BY position';
    return this.statements.all(sql, generation, key).map(({ position }) => Number(position));
  }

  /** @param key every key of the generation when absent */
  forget(generation: number, key: string | null = null): void {
    for (const table of ['waiting', 'parked']) {
      const sql = `DELETE FROM ${table} WHERE consumer = ? AND key = coalesce(?, key)`;
      this.statements.run(sql, generation, key);
    }
  }
}
