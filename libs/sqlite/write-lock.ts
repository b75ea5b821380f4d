import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.js';
import { Unavailable } from '../errors.js';
import { isBusy } from './sqlite.js';

/** Default wait of callers for the lock, in milliseconds. */
const PATIENCE = 5_000;
/** Attempts further apart than this do not prove that the lock was held in between, in milliseconds. */
const GAP = 10_000;
/** Byte of the `-shm` file that represents the write lock in WAL mode: part of SQLite's file format. */
const WRITE_LOCK_BYTE = 120;

export interface WriteLockOptions {
  readonly clock: Clock;
  /**
   * How long a caller waits while another program holds the lock, in milliseconds; the fault is reported after a fifth of it.
   * @defaultValue 5000
   */
  readonly patience?: number | undefined;
  /** Called with a message when another program has held the lock for a while, with `undefined` when it is free again. */
  readonly told?: (fault: string | undefined) => void;
}

/**
 * The write lock of a SQLite file that other programs may hold. An attempt never blocks the thread. Tracks how long the lock
 * has been held, and by which process, for the refusal of callers.
 */
export class WriteLock {
  /** Message with the holder of the lock and the start; absent while the lock is free or has been held only briefly. */
  fault: string | undefined;
  readonly #path: string;
  readonly #patience: number;
  #held: { readonly at: number; readonly since: string } | undefined;
  #tried = 0;

  /** @param db a connection with a busy timeout of 0 */
  constructor(
    private readonly db: DatabaseSync,
    private readonly options: WriteLockOptions,
  ) {
    this.#path = String(db.location());
    this.#patience = options.patience ?? PATIENCE;
  }

  /** Begins a write transaction. @returns false while another connection holds the lock */
  begin(): boolean {
    try {
      this.db.exec('BEGIN IMMEDIATE');
    } catch (error) {
      if (!isBusy(error)) throw error;
      this.#isHeld();
      return false;
    }
    this.#isFree();
    return true;
  }

  /**
   * The refusal for a caller that has waited too long.
   * @param since start of its wait, by `performance.now()`
   */
  refusal(since: number): Unavailable | undefined {
    if (this.fault === undefined || performance.now() - since < this.#patience) return undefined;
    return new Unavailable('storage-locked', `${this.fault}. Nothing was changed: end that program and try again.`, 5, {
      fault: `${this.fault}.`,
    });
  }

  #isHeld(): void {
    const now = performance.now();
    if (now - this.#tried > GAP) this.#isFree();
    this.#tried = now;
    this.#held ??= { at: now, since: this.options.clock.now() };
    if (this.fault !== undefined || now - this.#held.at < this.#patience / 5) return;
    const holder = lockHolderOf(this.#path);
    // Another thread of this program writes, which ends soon.
    if (holder?.pid === process.pid) return;
    const named = holder ? `${holder.program} (process ${holder.pid})` : 'another program';
    this.fault = `${this.#path} is locked by ${named} since ${this.#held.since}`;
    this.options.told?.(this.fault);
  }

  #isFree(): void {
    this.#held = undefined;
    if (this.fault === undefined) return;
    this.fault = undefined;
    this.options.told?.(undefined);
  }
}

/** The process that holds the write lock of a file in WAL mode. Only Linux lists all locks. */
function lockHolderOf(path: string): { readonly pid: number; readonly program: string } | undefined {
  try {
    const { ino } = statSync(`${path}-shm`);
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      // Fields: number, kind, nature, access, process, device and inode, first and last byte.
      const [, , , access, pid, place, first, last] = line.trim().split(/\s+/);
      const isOurs = access === 'WRITE' && place?.split(':')[2] === String(ino);
      if (!isOurs || Number(first) > WRITE_LOCK_BYTE || Number(last) < WRITE_LOCK_BYTE || Number(pid) <= 0) continue;
      const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return { pid: Number(pid), program: basename(program) };
    }
  } catch (error) {
    // Another operating system, or a process that has ended meanwhile: the message lacks the name.
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  }
  return undefined;
}
