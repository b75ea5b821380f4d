import { existsSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Refusal } from '../../errors.js';
import { isBusy } from '../../sqlite/sqlite.js';

/** The process that writes to a log, as a second writer is told. */
export interface Holder {
  readonly pid: number;
  /** Command, such as `annals start` or `annals import`. */
  readonly program: string;
  readonly since: string;
  /** Address of its HTTP API, if it has one. */
  readonly url?: string;
}

/** Wait for the lock, in milliseconds: a process that only checks the lock holds it for an instant. */
const PATIENCE = 250;

/** Error codes for a full disk or an exceeded quota. */
const NO_ROOM: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Holder files of this process; deleted at its exit. */
const names = new Set<string>();
process.once('exit', () => {
  for (const name of names) rmSync(name, { force: true });
});

/**
 * Lock for the only writing process. It is an open transaction on a file of its own, so the operating system frees it when the
 * process dies. The holder's name is stored in a file beside it.
 */
export class WriterLock {
  readonly #db: DatabaseSync;
  readonly #path: string;
  #holder: Holder;
  #isUnnamed = false;

  /** @throws Refusal `data-held`, naming the holder · `data-linked` */
  constructor(given: string, holder: Holder) {
    const path = realPath(given);
    checkOnlyName(path);
    this.#path = path;
    this.#holder = holder;
    this.#db = new DatabaseSync(`${path}.lock`, { timeout: PATIENCE });
    try {
      // The file is never written to; a journal file would only take disk space.
      this.#db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      names.add(nameOf(path));
      this.#write();
    } catch (error) {
      this.#db.close();
      throw isBusy(error) ? heldBy(path, namedHolder(path)) : error;
    }
  }

  /** Stores the address of the holder's HTTP API. */
  announce(url: string): void {
    this.#holder = { ...this.#holder, url };
    this.#write();
  }

  release(): void {
    names.delete(nameOf(this.#path));
    rmSync(nameOf(this.#path), { force: true });
    this.#db.close();
  }

  /** Writes the holder file again, if a full disk prevented that before. */
  remind(): void {
    if (this.#isUnnamed) this.#write();
  }

  /** Writes the holder file. On a full disk the lock still holds, and only the refusal of a second writer lacks the name. */
  #write(): void {
    try {
      writeFileSync(nameOf(this.#path), JSON.stringify(this.#holder));
      this.#isUnnamed = false;
    } catch (error) {
      if (!NO_ROOM.has((error as NodeJS.ErrnoException).code)) throw error;
      this.#isUnnamed = true;
    }
  }
}

/** Resolves symbolic links, so that the lock is always beside the file itself. */
const realPath = (path: string): string => (existsSync(path) ? realpathSync(path) : path);

/** Refuses files with several names (hard links), since SQLite would use a separate write-ahead log for each name. */
function checkOnlyName(path: string): void {
  if (!existsSync(path) || statSync(path).nlink < 2) return;
  throw new Refusal(
    'data-linked',
    `${path} has a second name, a hard link: what is written under one of them is lost under the other. Remove one, or copy the file.`,
    { path },
  );
}

const nameOf = (path: string): string => `${path}.holder.json`;

/** The process that writes to this log. Checks the lock, so the file of a killed process does not count. */
export const holderOf = (given: string): Holder | undefined => {
  const path = realPath(given);
  return isHeld(path) ? namedHolder(path) : undefined;
};

function isHeld(path: string): boolean {
  if (!existsSync(`${path}.lock`)) return false;
  const db = new DatabaseSync(`${path}.lock`, { readOnly: true, timeout: 0 });
  try {
    db.exec('SELECT 1 FROM sqlite_schema');
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    db.close();
  }
}

function namedHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(nameOf(path), 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function heldBy(path: string, holder: Holder | undefined): Refusal {
  if (!holder) return new Refusal('data-held', `${path} is held by another process.`, { path });
  const { program, pid, since, url } = holder;
  const where = url ? `; it can be reached at ${url}` : '';
  return new Refusal('data-held', `${path} is held by ${program} (process ${pid}, since ${since})${where}.`, {
    path,
    holder,
  });
}
