import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { Refusal } from './errors.js';

export interface Opening {
  /** Written into the file's header, so that a file of another kind is recognised. */
  readonly applicationId: number;
  /** Each entry brings a file from the version of its index to the next; what is there is never edited. */
  readonly migrations: readonly string[];
  readonly readOnly: boolean;
  /** How long a statement waits for another writer of the same file, in milliseconds. */
  readonly busyTimeout: number;
  /** Called when the file has proved to be ours, before anything is written to it. */
  readonly claim?: () => void;
}

/** Opening waits at most this long for whoever opens the same file at the same time, in milliseconds. */
const PATIENCE = 5_000;
/** Beyond it all are compiled again: filters come in endless shapes. */
const MOST_STATEMENTS = 1_000;

/**
 * Opens a SQLite file in WAL mode, or creates it.
 * @throws Refusal `data-unreadable` · `data-foreign` · `data-newer-than-program` · `data-missing` · `data-unwritable`
 */
export function openSqlite(path: string, opening: Opening): DatabaseSync {
  const { readOnly, busyTimeout, claim } = opening;
  const db = connect(path, readOnly);
  try {
    recognise(db, path, opening);
    if (!readOnly) {
      claim?.();
      db.exec('PRAGMA journal_mode = WAL');
      migrate(db, opening);
    }
    db.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
    return db;
  } catch (error) {
    db.close();
    if (error instanceof Refusal) throw error;
    const { message } = error as Error;
    if (/readonly|permission|unable to open|full/i.test(message)) {
      throw new Refusal('data-unwritable', `${path} cannot be written: ${message}.`, { path });
    }
    throw new Refusal('data-unreadable', `${path} cannot be read as a database: ${message}.`, { path });
  }
}

function connect(path: string, readOnly: boolean): DatabaseSync {
  try {
    if (!readOnly) mkdirSync(dirname(path), { recursive: true });
    return new DatabaseSync(path, { readOnly, timeout: PATIENCE });
  } catch (error) {
    const { message } = error as Error;
    if (readOnly) throw new Refusal('data-missing', `${path} cannot be opened: ${message}.`, { path });
    throw new Refusal('data-unwritable', `${path} cannot be written: ${message}.`, { path });
  }
}

function recognise(db: DatabaseSync, path: string, { applicationId, migrations, readOnly }: Opening): void {
  // In one transaction: another connection may be creating the tables at this moment.
  db.exec('BEGIN');
  const found = numberOf(db, 'PRAGMA application_id');
  const version = numberOf(db, 'PRAGMA user_version');
  const empty = numberOf(db, 'SELECT count(*) FROM sqlite_schema') === 0;
  db.exec('COMMIT');
  if (!empty && found !== applicationId) {
    throw new Refusal('data-foreign', `${path} is a database of another program.`, { path });
  }
  if (version > migrations.length) {
    throw new Refusal(
      'data-newer-than-program',
      `${path} has format ${version}, this program knows ${migrations.length}.`,
      {
        path,
      },
    );
  }
  if (readOnly && version < migrations.length) {
    throw new Refusal('data-missing', `${path} holds no data yet.`, { path });
  }
}

function migrate(db: DatabaseSync, { applicationId, migrations }: Opening): void {
  if (numberOf(db, 'PRAGMA user_version') === migrations.length) return;
  db.exec('BEGIN IMMEDIATE');
  // Asked again: another connection may have been faster.
  for (const step of migrations.slice(numberOf(db, 'PRAGMA user_version'))) db.exec(step);
  db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}; COMMIT`);
}

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0);
}

/** Whether the error is another connection holding a lock. */
export const isBusy = (error: unknown): boolean => ((error as { errcode?: number }).errcode ?? 0) % 256 === 5;

/** Ends a transaction that failed. Where even that fails, the next one to begin says so. */
export function rollBack(db: DatabaseSync): void {
  try {
    if (db.isTransaction) db.exec('ROLLBACK');
  } catch {
    // What made the transaction fail is being reported.
  }
}

/** Statements of one connection, each compiled once. */
export class Statements {
  readonly #prepared = new Map<string, StatementSync>();

  constructor(private readonly db: DatabaseSync) {}

  get(sql: string, ...values: SQLInputValue[]): Record<string, SQLInputValue> | undefined {
    return this.prepare(sql).get(...values) as Record<string, SQLInputValue> | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): Record<string, SQLInputValue>[] {
    return this.prepare(sql).all(...values) as Record<string, SQLInputValue>[];
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.prepare(sql).run(...values).changes);
  }

  prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (!statement) {
      if (this.#prepared.size >= MOST_STATEMENTS) this.#prepared.clear();
      statement = this.db.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  /** Forgets all of them: before the connection is closed, or a table goes that they name. */
  clear(): void {
    this.#prepared.clear();
  }
}
