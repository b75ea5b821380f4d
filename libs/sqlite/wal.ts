import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/** Bytes a write-ahead log may keep on the disk, as SQLite checks it whenever it begins the log anew. */
const MOST = 64 * 1024 * 1024;
/** Bytes it may keep whatever room there is: with less, every few commits would be brought home by themselves. */
const LEAST = 1024 * 1024;
/** It takes at most one part in so many of the room that there would be without it: two logs may share a disk, and both files grow. */
const SHARE = 8;
/** How often a log that is longer is tried to cut, in milliseconds. */
const RETRY = 1_000;

export interface WalLimits {
  /** Pages in the log from which SQLite brings them home, where there is room for as many. */
  readonly pages?: number;
  /** Most bytes of the log. @defaultValue 64 MB */
  readonly most?: number;
  /** Bytes that are free on the disk; `undefined` where that is not known. */
  readonly free?: () => number | undefined;
}

/**
 * Cuts the write-ahead log of a SQLite file, to a constant or to what the disk has room for. As long as a reader looks at an
 * old moment, the log grows with every commit; when the reader is gone SQLite uses the room again, but never gives it back,
 * and without commits does nothing at all.
 */
export class WalLimit {
  readonly #path: string;
  readonly #pages: number;
  readonly #most: number;
  readonly #free: () => number | undefined;
  readonly #pageSize: number;
  #bound = 0;
  #trying: NodeJS.Timeout | undefined;

  /** @param db a connection that writes, whose busy timeout is 0 */
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

  /** To be called after commits and after failures, outside of a transaction. */
  check(): void {
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
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    const free = this.#free();
    this.#keepWithin(free === undefined ? this.#most : (free + size) / SHARE);
    return size > this.#bound;
  }

  /** In powers of two, so that settings do not change with every commit. */
  #keepWithin(room: number): void {
    const bound =
      room >= this.#most ? this.#most : Math.min(this.#most, Math.max(LEAST, 2 ** Math.floor(Math.log2(room))));
    if (bound === this.#bound) return;
    this.#bound = bound;
    const pages = Math.min(this.#pages, Math.floor(bound / 2 / this.#pageSize));
    this.db.exec(`PRAGMA journal_size_limit = ${bound}; PRAGMA wal_autocheckpoint = ${Math.max(1, pages)}`);
  }
}

/** Bytes there must be left on a disk: with hardly any, small writes succeed and larger ones fail, in turns. */
export const ROOM = 1024 * 1024;

/** Bytes that a program may still write to the disk of a file; unknown where the disk does not say. */
export function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return undefined;
  }
}
