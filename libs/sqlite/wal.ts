import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/** Maximum size of a write-ahead log in bytes; SQLite applies it whenever it restarts the log. */
const MOST = 64 * 1024 * 1024;
/** Minimum limit in bytes, however full the disk is: with less, SQLite would checkpoint after every few commits. */
const LEAST = 1024 * 1024;
/** The log may take this fraction (one eighth) of the free disk space, since two logs may share a disk and both files grow. */
const SHARE = 8;
/** Interval of attempts to cut a log that is too long, in milliseconds. */
const RETRY = 1_000;

export interface WalLimits {
  /** Number of pages in the log at which SQLite checkpoints, if the disk has space for them. */
  readonly pages?: number;
  /** Maximum bytes of the log. @defaultValue 64 MB */
  readonly most?: number;
  /** Free bytes on the disk; `undefined` when unknown. */
  readonly free?: () => number | undefined;
}

/**
 * Limits the size of the write-ahead log of a SQLite file, to a constant or to the space on the disk. While a reader holds
 * an old snapshot, the log grows with every commit. Afterwards SQLite reuses the space, but never truncates the log.
 */
export class WalLimit {
  readonly #path: string;
  readonly #pages: number;
  readonly #most: number;
  readonly #free: () => number | undefined;
  readonly #pageSize: number;
  #bound = 0;
  #trying: NodeJS.Timeout | undefined;

  /** @param db a writing connection with a busy timeout of 0 */
  constructor(
    private readonly db: DatabaseSync,
    { pages = 1_000, most = MOST, free }: WalLimits = {},
  ) {
    const path = String(db.location());
    this.#path = `${path}-wal`;
    this.#pages = pages;
    this.#most = most;
    this.#free = free ?? (() => freeBytes(path));
    this.#pageSize = Number(db.prepare('PRAGMA page_size').get()?.['page_size']);
    this.#isLong();
  }

  /** Has to be called after commits and after failures, outside of a transaction. */
  check(): void {
    if (this.#trying === undefined && this.#isLong()) this.#tryLater();
  }

  close(): void {
    clearTimeout(this.#trying);
  }

  #tryLater(): void {
    this.#trying = setTimeout(() => {
      this.#trying = undefined;
      // A reader or a full disk prevents the cut; it is tried again later.
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
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    const free = this.#free();
    this.#keepWithin(free === undefined ? this.#most : (free + size) / SHARE);
    return size > this.#bound;
  }

  /** Rounds to powers of two, so that settings do not change with every commit. */
  #keepWithin(room: number): void {
    const bound =
      room >= this.#most ? this.#most : Math.min(this.#most, Math.max(LEAST, 2 ** Math.floor(Math.log2(room))));
    if (bound === this.#bound) return;
    this.#bound = bound;
    const pages = Math.min(this.#pages, Math.floor(bound / 2 / this.#pageSize));
    this.db.exec(`PRAGMA journal_size_limit = ${bound}; PRAGMA wal_autocheckpoint = ${Math.max(1, pages)}`);
  }
}

/** Free bytes that a disk must have. With almost none, small writes succeed and larger ones fail in turns. */
export const ROOM = 1024 * 1024;

/** Free bytes on the disk of a file; `undefined` when the file system does not say. */
export function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return undefined;
  }
}
