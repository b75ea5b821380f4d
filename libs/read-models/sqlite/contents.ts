import type { DatabaseSync } from 'node:sqlite';
import { explained, some } from '../../sqlite/sqlite.js';
import type { Content } from '../read-models.js';
import type { Rollup } from '../rollup.js';
import { cellRows, cellsIn } from './cells.js';
import { documentRows, documentsIn } from './documents.js';
import { openFile } from './format.js';
import { haveSameRows } from './same-rows.js';

/** Reads whole generations, each time from one moment, however long the reading takes. */
export class SqliteContents {
  /** Connections on which nothing is being read. Opening one checks all of the write-ahead log. */
  readonly #idle: DatabaseSync[] = [];
  #closed = false;

  constructor(private readonly path: string) {}

  async *of(generation: number, rollups: readonly Rollup[]): AsyncGenerator<readonly Content[]> {
    const db = this.#begin();
    try {
      yield* some(documentsIn(db, generation));
      for (const rollup of rollups) yield* some(cellsIn(db, generation, rollup));
    } catch (error) {
      throw explained(error, db);
    } finally {
      this.#end(db);
    }
  }

  areSame(one: number, other: number, rollups: readonly Rollup[]): boolean {
    const db = this.#begin();
    try {
      return (
        haveSameRows(db, documentRows(one), documentRows(other)) &&
        rollups.every((rollup) => haveSameRows(db, cellRows(one, rollup), cellRows(other, rollup)))
      );
    } catch (error) {
      throw explained(error, db);
    } finally {
      this.#end(db);
    }
  }

  close(): void {
    this.#closed = true;
    for (const db of this.#idle.splice(0)) db.close();
  }

  #begin(): DatabaseSync {
    const db = this.#idle.pop() ?? openFile(this.path, true);
    db.exec('BEGIN');
    return db;
  }

  #end(db: DatabaseSync): void {
    try {
      db.exec('COMMIT');
    } catch {
      db.close();
      return;
    }
    if (this.#closed) db.close();
    else this.#idle.push(db);
  }
}
