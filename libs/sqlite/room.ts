import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** Smallest size of a `-shm` file (shared memory of connections in WAL mode) in bytes: part of SQLite's file format. */
const SHARED = 32_768;

/**
 * Closes a writing connection and keeps the disk space that the next one needs to open the file. SQLite deletes the `-shm`
 * file with the last connection, and without space for a new one not even reading is possible. The content does not matter,
 * since the next connection clears it.
 */
export function closeKeepingRoom(db: DatabaseSync): void {
  const path = db.location();
  db.close();
  if (path === null) return;
  const shared = `${path}-shm`;
  // Other connections use it, or the write-ahead log could not be copied into the file.
  if (existsSync(shared)) return;
  const made = `${shared}.new`;
  try {
    // Random bytes, because file systems could compress zeros.
    writeFileSync(made, randomBytes(SHARED));
    // A hard link never replaces the file of a connection that was opened meanwhile.
    linkSync(made, shared);
  } catch (error) {
    // The folder is gone or full, or its file system has no hard links: then no space is kept.
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  } finally {
    rmSync(made, { force: true });
  }
}
