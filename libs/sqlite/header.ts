import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** Bytes of the header of a write-ahead log, and of each frame in it: parts of SQLite's file format. */
const WAL_HEADER = 32;
const FRAME_HEADER = 24;

export interface CutShort {
  /** Number of pages according to the header. */
  readonly pages: number;
  readonly pageSize: number;
  /** Actual size in bytes. */
  readonly bytes: number;
}

/**
 * Detects a truncated database by comparing its size with the number of pages in its header. SQLite does not notice when
 * less than a page is missing, and reads the rest as zeros. Pages that are still in the write-ahead log are not missing.
 *
 * The header is read through the connection. Opening the file itself would release the locks that other connections of this
 * process hold on it, as POSIX has it when any descriptor of a file is closed; another program would then take itself for the
 * last one and delete the write-ahead log, and with it what is committed afterwards.
 * @param db in a transaction, so that no page leaves the write-ahead log meanwhile
 * @returns nothing for a complete file
 */
export function cutShort(db: DatabaseSync): CutShort | undefined {
  const path = db.location();
  if (path === null) return undefined;
  const pages = pragma(db, 'page_count');
  const pageSize = pragma(db, 'page_size');
  const size = () => statSync(path).size;
  if (size() >= pages * pageSize) return undefined;
  const logged = pagesIn(`${path}-wal`, pageSize);
  // Read last, since a checkpoint may have moved pages from the log into the file meanwhile.
  const bytes = size();
  for (let page = Math.floor(bytes / pageSize) + 1; page <= pages; page += 1) {
    if (!logged.has(page)) return { pages, pageSize, bytes };
  }
  return undefined;
}

const pragma = (db: DatabaseSync, name: 'page_count' | 'page_size'): number =>
  Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);

/** Numbers of the pages in a write-ahead log. Nothing locks that file, so it may be opened. */
function pagesIn(path: string, pageSize: number): ReadonlySet<number> {
  const pages = new Set<number>();
  withFile(path, (file, size) => {
    const salts = bytesOf(file, 16, 8);
    const end = size();
    for (let at = WAL_HEADER; at + FRAME_HEADER + pageSize <= end; at += FRAME_HEADER + pageSize) {
      const frame = bytesOf(file, at, FRAME_HEADER);
      // A frame from before the log was restarted.
      if (frame.length < FRAME_HEADER || !frame.subarray(8, 16).equals(salts)) break;
      pages.add(frame.readUInt32BE(0));
    }
  });
  return pages;
}

function withFile<Result>(path: string, work: (file: number, size: () => number) => Result): Result | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    // A file that cannot be opened is refused later, when the database is opened.
    if ((error as NodeJS.ErrnoException).syscall === 'open') return undefined;
    throw error;
  }
  try {
    return fstatSync(file).isFile() ? work(file, () => fstatSync(file).size) : undefined;
  } finally {
    closeSync(file);
  }
}

function bytesOf(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, at));
}
