import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Refusal, Unavailable } from '../errors.js';

/** What a file was like when it was opened as one that does not change. */
interface Unchanging {
  readonly path: string;
  readonly stamp: string;
}

const unchanging = new WeakMap<DatabaseSync, Unchanging>();

/**
 * Opens a database as one that does not change. In WAL mode readers agree with writers in a file beside it; where that is not
 * there and cannot be made, SQLite reads nothing otherwise. Whether it changed nevertheless is seen by {@link checkUnchanged}.
 * @param why what was wrong with opening it otherwise: thrown where that has another cause
 * @throws Refusal `data-unwritable` when part of the data still lies in a write-ahead log, which cannot be read so
 */
export function openUnchanging(path: string, why: unknown): DatabaseSync {
  const logged = sizeOf(`${path}-wal`);
  // Without a write-ahead log no connection is open, and the other file only keeps room.
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
 * To be called after reading. A program elsewhere may be able to write where this one is not.
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
