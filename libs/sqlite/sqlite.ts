import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { Refusal, Unavailable } from '../errors.js';
import { makeFolder } from '../folders.js';
import { cutShort } from './header.js';
import { checkUnchanged, openUnchanging } from './unwritable.js';

export interface Opening {
  /** Written into the file's header, to detect files of another kind. */
  readonly applicationId: number;
  /** Each entry migrates a file from the version of its index to the next; existing entries never change. */
  readonly migrations: readonly (string | ((db: DatabaseSync) => void))[];
  readonly readOnly: boolean;
  /** Advice for a damaged file, as a sentence. */
  readonly mend: string;
  /** How long a statement waits for another writer of the same file, in milliseconds. */
  readonly busyTimeout: number;
  /** Called after the file has been recognised, before anything is written to it. */
  readonly claim?: () => void;
}

/** How long opening waits for another program that opens the same file, in milliseconds. */
const PATIENCE = 5_000;
/** Size of the statement cache; above it the cache is cleared, since the number of possible filters is unlimited. */
const MOST_STATEMENTS = 1_000;

/** Advice for a damaged file, by connection. */
const mends = new WeakMap<DatabaseSync, string>();

/**
 * Opens a SQLite file in WAL mode, or creates it.
 * @throws Refusal `data-unreadable` · `data-foreign` · `data-newer-than-program` · `data-older-than-program` · `data-missing` ·
 *   `data-unwritable`
 */
export function openSqlite(path: string, opening: Opening): DatabaseSync {
  const { readOnly, busyTimeout, claim, mend } = opening;
  if (!readOnly) checkWhole(path, mend);
  let db = connect(path, readOnly);
  try {
    try {
      recognise(db, path, opening);
    } catch (error) {
      if (!readOnly || !UNSHARED.has(codeOf(error))) throw error;
      db.close();
      db = openUnchanging(path, error);
      recognise(db, path, opening);
    }
    mends.set(db, mend);
    if (!readOnly) {
      claim?.();
      db.exec('PRAGMA journal_mode = WAL');
      migrate(db, opening);
    }
    db.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
    return db;
  } catch (error) {
    if (db.isOpen) db.close();
    if (error instanceof Refusal) throw error;
    const { message } = error as Error;
    // Reading needs disk space too, for the `-shm` file.
    if (FAILING.has(codeOf(error)) || codeOf(error) === FULL || 'syscall' in (error as object)) {
      throw new Refusal(
        'data-unwritable',
        `${path} cannot be written: ${message}. Is there room on its disk, and permission to write?`,
        { path },
      );
    }
    throw unreadable(path, error, mend);
  }
}

/**
 * Refuses a truncated file before it is opened for writing: when a writing connection is closed, SQLite copies the write-ahead
 * log into the file, which hides that pages are missing. Files that cannot be read are left to the opening itself.
 * @throws Refusal `data-unreadable`
 */
function checkWhole(path: string, mend: string): void {
  if (!existsSync(path)) return;
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: PATIENCE });
    db.exec('BEGIN');
    refuseCut(db, path, mend);
  } catch (error) {
    if (error instanceof Refusal || (error as { errcode?: number }).errcode === undefined) throw error;
    if (DAMAGED.has(codeOf(error))) throw unreadable(path, error, mend);
  } finally {
    db?.close();
  }
}

/** @throws Refusal `data-unreadable` */
function refuseCut(db: DatabaseSync, path: string, mend: string): void {
  const cut = cutShort(db);
  if (!cut) return;
  const { pages, pageSize, bytes } = cut;
  const message = `${path} is cut: its header counts ${pages} pages of ${pageSize} bytes, the file has ${bytes} bytes. ${mend}`;
  throw new Refusal('data-unreadable', message, { path }, 500);
}

const unreadable = (path: string, error: unknown, mend: string): Refusal =>
  new Refusal(
    'data-unreadable',
    `${path} cannot be read as a database: ${(error as Error).message}. ${mend}`,
    { path },
    500,
  );

function connect(path: string, readOnly: boolean): DatabaseSync {
  try {
    if (!readOnly) makeFolder(dirname(path));
    return new DatabaseSync(path, { readOnly, timeout: PATIENCE });
  } catch (error) {
    const { message } = error as Error;
    if (readOnly) throw new Refusal('data-missing', `${path} cannot be opened: ${message}.`, { path });
    throw new Refusal('data-unwritable', `${path} cannot be written: ${message}.`, { path });
  }
}

function recognise(db: DatabaseSync, path: string, { applicationId, migrations, readOnly, mend }: Opening): void {
  // In one transaction: another connection may be creating the tables at this moment.
  db.exec('BEGIN');
  const found = numberOf(db, 'PRAGMA application_id');
  const version = numberOf(db, 'PRAGMA user_version');
  const empty = numberOf(db, 'SELECT count(*) FROM sqlite_schema') === 0;
  refuseCut(db, path, mend);
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
  if (!readOnly || version === migrations.length) return;
  if (version === 0) throw new Refusal('data-missing', `${path} holds no data yet.`, { path });
  throw new Refusal(
    'data-older-than-program',
    `${path} has format ${version}, this program needs ${migrations.length}: the next \`annals start\` brings it there.`,
    { path },
  );
}

function migrate(db: DatabaseSync, { applicationId, migrations }: Opening): void {
  if (numberOf(db, 'PRAGMA user_version') === migrations.length) return;
  db.exec('BEGIN IMMEDIATE');
  // Reads the version again, since another connection may have migrated the file meanwhile.
  for (const step of migrations.slice(numberOf(db, 'PRAGMA user_version'))) {
    if (typeof step === 'string') db.exec(step);
    else step(db);
  }
  db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}; COMMIT`);
}

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0);
}

/** Primary error code of SQLite; 0 for other errors. */
const codeOf = (error: unknown): number => ((error as { errcode?: number }).errcode ?? 0) % 256;

/** Whether the error is another connection holding a lock. */
export const isBusy = (error: unknown): boolean => codeOf(error) === 5;

const FULL = 13;
/** Error codes of a disk that may recover: no permission, read-only, I/O error, cannot open. */
const FAILING: ReadonlySet<number> = new Set([3, 8, 10, 14]);
/** Error codes for a `-shm` file that does not exist and cannot be created: read-only, cannot open. */
const UNSHARED: ReadonlySet<number> = new Set([8, 14]);
/** Error codes for a damaged file: malformed, or no database. */
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);

/**
 * Translates an error of SQLite for callers: `storage-full` and `storage-failing` for errors of the disk, `data-unreadable`
 * for a damaged file. Returns other errors unchanged.
 */
export function explained(error: unknown, db: DatabaseSync): unknown {
  if (codeOf(error) === FULL) {
    return new Unavailable(
      'storage-full',
      `The disk of ${db.location()} is full. Nothing was changed: make room and try again. Read models that were built before answer meanwhile.`,
      5,
      { fault: `The disk of ${db.location()} is full.` },
    );
  }
  const { message } = error as Error;
  if (FAILING.has(codeOf(error))) {
    return new Unavailable(
      'storage-failing',
      `${db.location()} cannot be used: ${message}. Nothing was changed: look at its disk and try again.`,
      5,
      { fault: `${db.location()} cannot be used: ${message}.` },
    );
  }
  // Invalid JSON means that the file is damaged; the message does not quote it, as it may be personal.
  if (!DAMAGED.has(codeOf(error)) && !(error instanceof SyntaxError)) return error;
  const what = error instanceof SyntaxError ? 'what lies in it is no JSON' : message;
  return new Refusal('data-unreadable', `${db.location()} is damaged: ${what}. ${mends.get(db)}`, {}, 500);
}

/** Rolls back a failed transaction. If that fails too, the next transaction reports it. */
export function rollBack(db: DatabaseSync): void {
  try {
    if (db.isTransaction) db.exec('ROLLBACK');
  } catch {
    // The error of the transaction itself is reported by the caller.
  }
}

/** Rows per batch when all rows are read. */
const SOME = 500;

/** Yields rows in batches, since awaiting each single row would take longer than reading it. */
export function* some<Row>(rows: Iterable<Row>): Generator<readonly Row[]> {
  let found: Row[] = [];
  for (const row of rows) {
    found.push(row);
    if (found.length < SOME) continue;
    yield found;
    found = [];
  }
  yield found;
}

/** Statements of one connection, each compiled once. */
export class Statements {
  readonly #prepared = new Map<string, StatementSync>();

  constructor(private readonly db: DatabaseSync) {}

  /**
   * Runs a read and translates its errors, also those of parsing JSON.
   * @throws Refusal `data-unreadable` · Unavailable `data-changing`
   */
  reading<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw explained(error, this.db);
    } finally {
      checkUnchanged(this.db);
    }
  }

  get(sql: string, ...values: SQLInputValue[]): Record<string, SQLInputValue> | undefined {
    return this.reading(() => this.prepare(sql).get(...values)) as Record<string, SQLInputValue> | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): Record<string, SQLInputValue>[] {
    return this.reading(() => this.prepare(sql).all(...values)) as Record<string, SQLInputValue>[];
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

  /** Clears the cache, before the connection is closed or a table is dropped. */
  clear(): void {
    this.#prepared.clear();
  }
}
