import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.js';
import { Unavailable } from '../errors.js';
import { isBusy } from './sqlite.js';

/** How long a caller waits for the lock unless told otherwise, in milliseconds. */
const PATIENCE = 5_000;
/** Tries that lie further apart say nothing about the time between them, in milliseconds. */
const GAP = 10_000;
/** Byte of the `-shm` file that stands for the write lock in WAL mode: a fixed part of SQLite's file format. */
const WRITE_LOCK_BYTE = 120;

export interface WriteLockOptions {
  readonly clock: Clock;
  /**
   * How long a caller waits while another program holds the lock, in milliseconds; a fifth of it passes before that is said.
   * @defaultValue 5000
   */
  readonly patience?: number | undefined;
  /** Called with a sentence when another program has held the lock for a while, with `undefined` when it is free again. */
  readonly told?: (fault: string | undefined) => void;
}

/**
 * The write lock of a SQLite file that other programs may hold. A try never waits, so the thread goes on with other work
 * between tries; how long the lock has been held, and by which process, is kept for the refusal.
 */
export class WriteLock {
  /** Says that another program holds the lock, and since when; absent while it is free or held for an instant. */
  fault: string | undefined;
  readonly #path: string;
  readonly #patience: number;
  #held: { readonly at: number; readonly since: string } | undefined;
  #tried = 0;

  /** @param db its own busy timeout is 0 */
  constructor(
    private readonly db: DatabaseSync,
    private readonly options: WriteLockOptions,
  ) {
    this.#path = String(db.location());
    this.#patience = options.patience ?? PATIENCE;
  }

  /** Begins a transaction that writes. @returns false while another connection does */
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
   * The refusal of a caller that has waited long enough.
   * @param since when it began to wait, by `performance.now()`
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
    // Another thread of this program writes: it comes to an end.
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

/** The process that holds the write lock of a file in WAL mode, where the system tells: Linux lists all locks. */
function lockHolderOf(path: string): { readonly pid: number; readonly program: string } | undefined {
  try {
    const { ino } = statSync(`${path}-shm`);
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      // Number, kind, nature, access, process, device and inode, first and last byte.
      const [, , , access, pid, place, first, last] = line.trim().split(/\s+/);
      const isOurs = access === 'WRITE' && place?.split(':')[2] === String(ino);
      if (!isOurs || Number(first) > WRITE_LOCK_BYTE || Number(last) < WRITE_LOCK_BYTE || Number(pid) <= 0) continue;
      const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return { pid: Number(pid), program: basename(program) };
    }
  } catch (error) {
    // Another system, or a process that has ended meanwhile: the message does without the name.
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  }
  return undefined;
}
