import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Refusal, Unavailable } from '../errors.js';

/** State of a file when it was opened as immutable. */
interface Unchanging {
  readonly path: string;
  readonly stamp: string;
}

const unchanging = new WeakMap<DatabaseSync, Unchanging>();

/**
 * Opens a database as immutable. In WAL mode SQLite needs a `-shm` file; when that does not exist and cannot be created,
 * this is the only way to read. {@link checkUnchanged} detects changes of the file by other programs.
 * @param why error of the normal opening; thrown again if it has another cause
 * @throws Refusal `data-unwritable` when part of the data is still in a write-ahead log, which cannot be read this way
 */
export function openUnchanging(path: string, why: unknown): DatabaseSync {
  const logged = sizeOf(`${path}-wal`);
  // Without a write-ahead log no connection is open, and the `-shm` file only keeps disk space.
  if ((logged !== undefined && sizeOf(`${path}-shm`) !== undefined) || sizeOf(path) === undefined) throw why;
  if ((logged ?? 0) > 0) {
    throw new Refusal(
      'data-unwritable',
      `Part of ${path} lies in ${path}-wal, which can only be read where a file can be made beside it: copy both to a folder that can be written.`,
      { path },
    );
  }
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  const stamp = stampOf(path);
  const db = new DatabaseSync(url, { readOnly: true });
  unchanging.set(db, { path, stamp });
  return db;
}

/**
 * Checks after a read that no other program has written to the file.
 * @throws Unavailable `data-changing`
 */
export function checkUnchanged(db: DatabaseSync): void {
  const opened = unchanging.get(db);
  if (opened === undefined || stampOf(opened.path) === opened.stamp) return;
  throw new Unavailable(
    'data-changing',
    `${opened.path} has been written to by another program since it was opened: ask again.`,
    1,
  );
}

function stampOf(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return [size, mtimeMs, sizeOf(`${path}-wal`) ?? 0].join(' ');
}

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;
