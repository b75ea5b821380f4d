import { existsSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Refusal } from '../../errors.js';
import { isBusy } from '../../sqlite/sqlite.js';

/** Who writes to a log, for the message to the second who wants to. */
export interface Holder {
  readonly pid: number;
  /** What it is: `annals start`, `annals import`. */
  readonly program: string;
  readonly since: string;
  /** Where its HTTP API listens, when it has one. */
  readonly url?: string;
}

/** How long the lock is waited for, in milliseconds: whoever asks about it holds it for an instant. */
const PATIENCE = 250;

/** No room on the disk, or for the user. */
const NO_ROOM: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Names that this process has written beside its locks. However it ends, unless it is killed, it takes them with it. */
const names = new Set<string>();
process.once('exit', () => {
  for (const name of names) rmSync(name, { force: true });
});

/**
 * One process writes. The lock is an open transaction on a file of its own, so the operating system frees it when the
 * process dies, however it dies; who holds it stands in a file beside it.
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
      // Nothing is ever written to the file, and a journal beside it would take room on the disk.
      this.#db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      names.add(nameOf(path));
      this.#write();
    } catch (error) {
      this.#db.close();
      throw isBusy(error) ? heldBy(path, namedHolder(path)) : error;
    }
  }

  /** Says where the holder can be reached, once it can. */
  announce(url: string): void {
    this.#holder = { ...this.#holder, url };
    this.#write();
  }

  release(): void {
    names.delete(nameOf(this.#path));
    rmSync(nameOf(this.#path), { force: true });
    this.#db.close();
  }

  /** Writes again what a full disk did not take. */
  remind(): void {
    if (this.#isUnnamed) this.#write();
  }

  /** On a full disk the lock holds all the same; only the refusal of a second program does without the name. */
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

/** The lock lies beside the file itself, also for a program that is given a symbolic link to it. */
const realPath = (path: string): string => (existsSync(path) ? realpathSync(path) : path);

/** SQLite keeps the write-ahead log beside the name it is given, so two names of one file are two write-ahead logs. */
function checkOnlyName(path: string): void {
  if (!existsSync(path) || statSync(path).nlink < 2) return;
  throw new Refusal(
    'data-linked',
    `${path} has a second name, a hard link: what is written under one of them is lost under the other. Remove one, or copy the file.`,
    { path },
  );
}

const nameOf = (path: string): string => `${path}.holder.json`;

/** Who writes to this log. What a process that was killed has left behind does not count: the lock is asked. */
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
