import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of the header of a database, of its write-ahead log, and of each frame in that: parts of SQLite's file format. */
const HEADER = 100;
const WAL_HEADER = 32;
const FRAME_HEADER = 24;
const MAGIC = 'SQLite format 3\u0000';

export interface CutShort {
  /** Pages that the file should have, by its header. */
  readonly pages: number;
  readonly pageSize: number;
  /** Bytes that it has. */
  readonly bytes: number;
}

/**
 * Compares the size of a database with the number of pages in its header. SQLite itself does not notice when less than a page
 * is missing, and reads the rest of the page as zeros. Pages that a write-ahead log still holds are not missing.
 * @returns nothing where the file is whole, or is no database
 */
export function cutShort(path: string): CutShort | undefined {
  return withFile(path, (file, size) => {
    const header = bytesOf(file, 0, HEADER);
    if (header.length < HEADER || header.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
    // 1 stands for 65,536, which does not fit.
    const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    const pages = header.readUInt32BE(28);
    // Written by a program so old that it left the count alone.
    if (header.readUInt32BE(24) !== header.readUInt32BE(92)) return undefined;
    if (size() >= pages * pageSize) return undefined;
    const logged = pagesIn(`${path}-wal`, pageSize);
    // Asked last: what was moved from the log into the file meanwhile is in the file.
    const bytes = size();
    for (let page = Math.floor(bytes / pageSize) + 1; page <= pages; page += 1) {
      if (!logged.has(page)) return { pages, pageSize, bytes };
    }
    return undefined;
  });
}

/** Numbers of the pages that lie in a write-ahead log. */
function pagesIn(path: string, pageSize: number): ReadonlySet<number> {
  const pages = new Set<number>();
  withFile(path, (file, size) => {
    const salts = bytesOf(file, 16, 8);
    const end = size();
    for (let at = WAL_HEADER; at + FRAME_HEADER + pageSize <= end; at += FRAME_HEADER + pageSize) {
      const frame = bytesOf(file, at, FRAME_HEADER);
      // Left from before the log was begun anew.
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
    // What cannot be opened is refused, with its reason, where the database is.
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
