import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** Bytes of the smallest `-shm` file, in which connections agree in WAL mode: a fixed part of SQLite's file format. */
const SHARED = 32_768;

/**
 * Closes a connection that writes and keeps the room on the disk that the next one needs to open the file. SQLite deletes the
 * `-shm` file with the last connection, and without room for a new one even reading is not possible. What lies in the file
 * says nothing: the first connection clears it.
 */
export function closeKeepingRoom(db: DatabaseSync): void {
  const path = db.location();
  db.close();
  if (path === null) return;
  const shared = `${path}-shm`;
  // Other connections use it, or the log beside it could not be brought home.
  if (existsSync(shared)) return;
  const made = `${shared}.new`;
  try {
    // Bytes that no file system stores in less.
    writeFileSync(made, randomBytes(SHARED));
    // Never replaces the file of a connection that was opened meanwhile.
    linkSync(made, shared);
  } catch (error) {
    // The folder is gone or full, or its file system knows no links: the next opening takes new room.
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  } finally {
    rmSync(made, { force: true });
  }
}
