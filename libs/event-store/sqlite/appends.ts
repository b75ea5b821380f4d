import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../clock.js';
import { Refusal, Unavailable } from '../../errors.js';
import { explained, rollBack, Statements } from '../../sqlite/sqlite.js';
import { closeKeepingRoom } from '../../sqlite/room.js';
import { WalCopier } from '../../sqlite/wal-copier.js';
import { WalLimit } from '../../sqlite/wal.js';
import { WriteLock } from '../../sqlite/write-lock.js';
import type { WriteLockOptions } from '../../sqlite/write-lock.js';
import type { EventCodec } from '../codec.js';
import type { Appended, Check, Write } from '../event-store.js';
import { unavailable } from '../unavailable.js';
import { encoded, SqliteInserts } from './inserts.js';
import type { Last, Rows } from './inserts.js';
import { Outage } from './outage.js';

const GROUP_APPENDS = 256;
const GROUP_BYTES = 4 * 1024 * 1024;
const QUEUE = 1024;
/** Delay between attempts while another program writes to the file, in milliseconds; longer when no caller waits. */
const REST = 5;
const IDLE_REST = 250;
/**
 * Length of the write-ahead log at which a commit copies it, since the thread that copies has not kept up. Index pages change with every
 * group, so a long log copies each of them to the file less often.
 */
const LOG_PAGES = 8_192;

interface Waiting {
  readonly writes: readonly Rows[];
  readonly checks: readonly Check[];
  readonly bytes: number;
  /** Arrival, by `performance.now()`. */
  readonly since: number;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Write side of the embedded engine. Group commit: all appends of one turn of the event loop share a transaction and one
 * wait for the disk, and are answered after it.
 */
export class SqliteAppends {
  readonly #statements: Statements;
  readonly #inserts: SqliteInserts;
  readonly #outage: Outage;
  readonly #lock: WriteLock;
  readonly #wal: WalLimit;
  readonly #copier: WalCopier;
  /** Number of written events. */
  recorded = 0;
  #queue: Waiting[] = [];
  #flushing: NodeJS.Immediate | undefined;
  /** Timer of the next attempt, while another program writes to the file. */
  #trying: NodeJS.Timeout | undefined;
  /** End of the log; unknown after a failure. */
  #last: Last | undefined;

  constructor(
    private readonly db: DatabaseSync,
    clock: Clock,
    private readonly codec: EventCodec,
    private readonly committed: () => void,
    told: (fault: string | undefined) => void,
    patience?: WriteLockOptions['patience'],
  ) {
    this.#statements = new Statements(db);
    this.#inserts = new SqliteInserts(db, this.#statements, clock);
    this.#lock = new WriteLock(db, { clock, patience, told });
    this.#wal = new WalLimit(db, { pages: LOG_PAGES });
    this.#copier = new WalCopier(String(db.location()));
    this.#outage = new Outage(String(db.location()), () => this.#writeNothing(), told);
  }

  /** Reason of an outage of writes. */
  get fault(): string | undefined {
    return this.#lock.fault ?? this.#outage.fault;
  }

  append(writes: readonly Write[], checks: readonly Check[]): Promise<readonly Appended[]> {
    if (this.#queue.length >= QUEUE) throw new Unavailable('store-busy', 'Too many writes are waiting.', 1);
    const rows = writes.map((write) => encoded(write, this.codec));
    const bytes = rows.reduce((sum, each) => sum + each.bytes, 0);
    return new Promise((resolve, reject) => {
      this.#queue.push({ writes: rows, checks, bytes, since: performance.now(), resolve, reject });
      this.#next();
    });
  }

  /** Writes the queue, then closes the file. */
  async close(): Promise<void> {
    while (this.#queue.length > 0) {
      this.#flush();
      if (this.#trying) await sleep(REST);
    }
    clearTimeout(this.#trying);
    this.#outage.close();
    this.#wal.close();
    await this.#copier.close();
    this.#statements.clear();
    closeKeepingRoom(this.db);
  }

  #next(): void {
    if (!this.#trying) this.#flushing ??= setImmediate(() => this.#flush());
  }

  #flush(): void {
    clearImmediate(this.#flushing);
    clearTimeout(this.#trying);
    this.#flushing = this.#trying = undefined;
    const group = this.#takeGroup();
    let outcomes: readonly (readonly Appended[] | Error)[];
    let written = 0;
    try {
      if (!this.#lock.begin()) return this.#wait(group);
      const last = (this.#last ??= this.#inserts.findLast());
      const { position } = last;
      outcomes = group.map((waiting) => this.#inserts.insert(waiting, last));
      this.#statements.run('COMMIT');
      written = last.position - position;
      this.recorded += written;
    } catch (error) {
      rollBack(this.db);
      this.#last = undefined;
      this.#inserts.forget();
      const told = explained(error, this.db);
      const why = told instanceof Refusal ? told : unavailable((error as Error).message);
      this.#outage.failed(why);
      // Cutting the write-ahead log may free enough disk space.
      this.#wal.check();
      outcomes = group.map(() => why);
    }
    if (written > 0) {
      this.#wal.check();
      this.#copier.wrote(written);
      this.committed();
    }
    group.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index]!;
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    });
    if (this.#queue.length > 0) this.#next();
  }

  /**
   * Waits while another program writes to the file: callers wait for a limited time. Attempts continue without callers too, so
   * that the fault ends; a server that is not ready gets no requests.
   */
  #wait(group: readonly Waiting[]): void {
    this.#last = undefined;
    const waiting = [...group, ...this.#queue];
    this.#queue = [];
    for (const each of waiting) {
      const refusal = this.#lock.refusal(each.since);
      if (refusal) each.reject(refusal);
      else this.#queue.push(each);
    }
    const awaited = this.#queue.length > 0;
    if (awaited) this.#trying = setTimeout(() => this.#flush(), REST);
    else if (this.#lock.fault !== undefined) this.#trying = setTimeout(() => this.#flush(), IDLE_REST).unref();
  }

  /** Test write that changes nothing, and needs disk space as any commit does. */
  #writeNothing(): void {
    const version = Number(this.#statements.get('PRAGMA user_version')?.['user_version']);
    this.db.exec(`PRAGMA user_version = ${version}`);
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let size = 0;
    while (size < this.#queue.length && size < GROUP_APPENDS && bytes < GROUP_BYTES) {
      bytes += this.#queue[size]!.bytes;
      size += 1;
    }
    return this.#queue.splice(0, size);
  }
}
