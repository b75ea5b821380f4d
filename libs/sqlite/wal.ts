import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** Bytes a write-ahead log may keep on the disk, as SQLite checks it whenever it begins the log anew. */
const MOST = 64 * 1024 * 1024;
/** How often a log that is longer is tried to cut, in milliseconds. */
const RETRY = 1_000;

/**
 * Cuts the write-ahead log of a SQLite file. As long as a reader looks at an old moment, the log grows with every commit; when
 * the reader is gone SQLite uses the room again, but never gives it back, and without commits does nothing at all.
 */
export class WalLimit {
  readonly #path: string;
  #trying: NodeJS.Timeout | undefined;

  /** @param db a connection that writes, whose busy timeout is 0 */
  constructor(
    private readonly db: DatabaseSync,
    private readonly most = MOST,
  ) {
    this.#path = `${db.location()}-wal`;
    db.exec(`PRAGMA journal_size_limit = ${most}`);
  }

  /** To be called after commits, outside of a transaction. */
  committed(): void {
    if (this.#trying === undefined && this.#isLong()) this.#tryLater();
  }

  close(): void {
    clearTimeout(this.#trying);
  }

  #tryLater(): void {
    this.#trying = setTimeout(() => {
      this.#trying = undefined;
      // A reader, or a full disk: the next try comes anyway.
      if (!this.#cut() && this.#isLong()) this.#tryLater();
    }, RETRY).unref();
  }

  #cut(): boolean {
    try {
      return this.db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0;
    } catch (error) {
      if ((error as { errcode?: number }).errcode === undefined) throw error;
      return false;
    }
  }

  #isLong(): boolean {
    return (statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) > this.most;
  }
}
