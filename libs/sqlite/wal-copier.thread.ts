import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** Copies the write-ahead log of a file into it whenever it is told to, through a connection of its own, until it is told to end. */
const db = new DatabaseSync(workerData as string, { timeout: 0 });
const copy = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');

parentPort!.on('message', (end: boolean) => {
  if (end) {
    db.close();
    parentPort!.close();
    return;
  }
  try {
    copy.get();
  } catch {
    // Of a disk that fails, the connection that writes hears by itself.
  }
  parentPort!.postMessage(null);
});
