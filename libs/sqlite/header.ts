import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of the header of a database, of its write-ahead log, and of each frame in that: parts of SQLite's file format. */
const HEADER = 100;
const WAL_HEADER = 32;
const FRAME_HEADER = 24;
const MAGIC = 'SQLite format 3\u0000';

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
 * @returns nothing for a complete file, or one that is no database
 */
export function cutShort(path: string): CutShort | undefined {
  return withFile(path, (file, size) => {
    const header = bytesOf(file, 0, HEADER);
    if (header.length < HEADER || header.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
    // 1 stands for 65,536, which does not fit.
    const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    const pages = header.readUInt32BE(28);
    // A very old SQLite version did not update the count.
    if (header.readUInt32BE(24) !== header.readUInt32BE(92)) return undefined;
    if (size() >= pages * pageSize) return undefined;
    const logged = pagesIn(`${path}-wal`, pageSize);
    // Read last, since a checkpoint may have moved pages from the log into the file meanwhile.
    const bytes = size();
    for (let page = Math.floor(bytes / pageSize) + 1; page <= pages; page += 1) {
      if (!logged.has(page)) return { pages, pageSize, bytes };
    }
    return undefined;
  });
}

/** Numbers of the pages in a write-ahead log. */
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
