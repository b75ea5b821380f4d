import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../clock.js';
import { closeKeepingRoom } from '../../sqlite/room.js';
import { explained, openSqlite, rollBack, Statements } from '../../sqlite/sqlite.js';
import { WriteLock } from '../../sqlite/write-lock.js';
import { NONE, Overtaken, ProcessMemory } from './process-memory.js';
import type { Kept } from './process-memory.js';

const APPLICATION_ID = 0x414e504d;
const MIGRATIONS = [
  'CREATE TABLE memory (name TEXT PRIMARY KEY, revision INTEGER NOT NULL, document TEXT NOT NULL) WITHOUT ROWID;',
];
const MEND =
  'It holds where processes stand: put back the copy that belongs to the log. Without it processes go on behind what the log holds.';
/** How long to wait before asking again for the write lock that another program holds, in milliseconds. */
const RETRY = 5;
/** How much of what was written a power cut may take, in milliseconds; what a killed program has written is never lost. */
const UNSYNCED = 1_000;

export interface SqliteProcessMemoryOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly readOnly?: boolean;
  /**
   * How long a write waits while another program holds the write lock of the file, in milliseconds.
   * @defaultValue 5000
   */
  readonly patience?: number;
}

/** The embedded engine: a SQLite file beside that of the log. */
export class SqliteProcessMemory extends ProcessMemory {
  readonly #readOnly: boolean;
  readonly #db: DatabaseSync;
  readonly #lock: WriteLock;
  readonly #statements: Statements;
  #synced = -Infinity;
  #closed = false;

  constructor({ path, clock, readOnly = false, patience }: SqliteProcessMemoryOptions) {
    super();
    this.#readOnly = readOnly;
    const opening = { applicationId: APPLICATION_ID, migrations: MIGRATIONS, mend: MEND, readOnly, busyTimeout: 0 };
    this.#db = openSqlite(path, opening);
    this.#lock = new WriteLock(this.#db, { clock, patience });
    this.#statements = new Statements(this.#db);
  }

  async read(name: string): Promise<Kept | undefined> {
    const row = this.#statements.get('SELECT revision, document FROM memory WHERE name = ?', name);
    if (!row) return undefined;
    const document = this.#statements.reading(() => JSON.parse(String(row['document'])) as unknown);
    return { document, revision: Number(row['revision']) };
  }

  /** @throws Unavailable `storage-full` · `storage-failing` · `storage-locked` */
  async write(name: string, document: object, revision: number): Promise<number> {
    const text = JSON.stringify(document);
    const since = performance.now();
    while (!this.#begin(revision)) {
      const refusal = this.#lock.refusal(since);
      if (refusal) throw refusal;
      await sleep(RETRY);
    }
    try {
      if (this.#put(name, text, revision) === 0) throw new Overtaken(name);
      this.#db.exec('COMMIT');
      if (this.#isDue(revision)) this.#synced = since;
      return revision + 1;
    } catch (error) {
      rollBack(this.#db);
      throw explained(error, this.#db);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    if (this.#readOnly) this.#db.close();
    else closeKeepingRoom(this.#db);
  }

  #put(name: string, text: string, revision: number): number {
    if (revision === NONE) {
      return this.#statements.run('INSERT OR IGNORE INTO memory VALUES (?, 0, ?)', name, text);
    }
    const sql = 'UPDATE memory SET revision = revision + 1, document = ? WHERE name = ? AND revision = ?';
    return this.#statements.run(sql, text, name, revision);
  }

  /** @returns false while another connection writes */
  #begin(revision: number): boolean {
    this.#db.exec(`PRAGMA synchronous = ${this.#isDue(revision) ? 'FULL' : 'NORMAL'}`);
    return this.#statements.reading(() => this.#lock.begin());
  }

  /** The disk is waited for with the first writing of a document, and once a second otherwise; that covers all before. */
  #isDue(revision: number): boolean {
    return revision === NONE || performance.now() - this.#synced >= UNSYNCED;
  }
}
