import type { DatabaseSync } from 'node:sqlite';
import { SystemClock } from '../clock.js';
import { explained, openSqlite, rollBack, Statements } from '../sqlite/sqlite.js';
import { closeKeepingRoom } from '../sqlite/room.js';
import { WriteLock } from '../sqlite/write-lock.js';
import type { FilterTerms } from './event-filter.js';
import type { Place } from './read-request.js';

const APPLICATION_ID = 0x414e4c47;
const MIGRATIONS = [
  `CREATE TABLE consumer_group (
     source TEXT NOT NULL,
     name TEXT NOT NULL,
     settings TEXT NOT NULL,
     checkpoint INTEGER NOT NULL,
     PRIMARY KEY (source, name)
   ) WITHOUT ROWID;
   CREATE TABLE parked (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     source TEXT NOT NULL,
     name TEXT NOT NULL,
     place INTEGER NOT NULL,
     reason TEXT NOT NULL
   );
   CREATE INDEX parked_group ON parked (source, name, number);`,
];

/** Key of a group: its source (a stream name, or `$all`) and its name. */
export interface GroupKey {
  readonly source: string;
  readonly name: string;
}

export type Strategy = 'RoundRobin' | 'DispatchToSingle' | 'Pinned' | 'PinnedByCorrelation' | 'KeyOrdered';

export interface GroupSettings {
  readonly from: Place;
  readonly filter?: FilterTerms;
  readonly strategy: Strategy;
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  /** Time a consumer has to acknowledge an event, in milliseconds; 0 for no limit. */
  readonly messageTimeout: number;
  readonly maxRetries: number;
  /** Interval of checkpoints in milliseconds; one is skipped when fewer than `minCheckpoint` events are done. */
  readonly checkpointAfter: number;
  readonly minCheckpoint: number;
  /** A checkpoint is written after this many events at the latest. */
  readonly maxCheckpoint: number;
  /** 0 for no limit. */
  readonly maxConsumers: number;
  readonly liveBuffer: number;
  readonly readBatch: number;
  readonly historyBuffer: number;
}

export interface KeptGroup extends GroupKey {
  readonly settings: GroupSettings;
  /** Everything up to this revision or position is done. */
  readonly checkpoint: number;
}

/** A parked event: its number among the parked ones, and its revision or position in the source. */
export interface Parked {
  readonly number: number;
  readonly place: number;
}

/** Delay between attempts, in milliseconds: while another program writes to the file, and while its disk fails. */
const LOCKED_REST = 5;
const FAILED_REST = 1_000;

/** A queued write. With `reject` a caller waits for it and can be refused; without, it is retried until it succeeds. */
interface Waiting {
  readonly work: () => unknown;
  /** When it came, by `performance.now()`. */
  readonly since: number;
  readonly resolve: () => void;
  readonly reject?: (error: unknown) => void;
}

/** Stores consumer groups, their checkpoints and their parked events in a SQLite file beside the log. */
export class SqliteGroups {
  readonly #db: DatabaseSync;
  readonly #statements: Statements;
  readonly #lock: WriteLock;
  #queue: Waiting[] = [];
  #trying: NodeJS.Timeout | undefined;
  #failing = false;

  /** @param told called with the reason when writing fails, with `undefined` on recovery */
  constructor(
    path: string,
    private readonly told: (fault: string | undefined) => void = () => undefined,
    patience?: number,
  ) {
    const mend = 'It holds only where groups of consumers stand: without it they are to be created again.';
    const opening = {
      applicationId: APPLICATION_ID,
      migrations: MIGRATIONS,
      mend,
      readOnly: false,
      busyTimeout: 0,
    };
    this.#db = openSqlite(path, opening);
    this.#statements = new Statements(this.#db);
    this.#lock = new WriteLock(this.#db, { clock: new SystemClock(), patience, told });
  }

  all(): readonly KeptGroup[] {
    return this.#statements
      .all('SELECT source, name, settings, checkpoint FROM consumer_group ORDER BY source, name')
      .map(({ source, name, settings, checkpoint }) => ({
        source: String(source),
        name: String(name),
        settings: JSON.parse(String(settings)) as GroupSettings,
        checkpoint: Number(checkpoint),
      }));
  }

  /** @throws Unavailable `storage-locked` · `storage-full` · `storage-failing` */
  keep({ source, name, settings, checkpoint }: KeptGroup): Promise<void> {
    const sql = 'INSERT OR REPLACE INTO consumer_group VALUES (?, ?, ?, ?)';
    return this.#asked(() => this.#statements.run(sql, source, name, JSON.stringify(settings), checkpoint));
  }

  /** @throws Unavailable `storage-locked` · `storage-full` · `storage-failing` */
  remove({ source, name }: GroupKey): Promise<void> {
    return this.#asked(() => {
      this.#statements.run('DELETE FROM parked WHERE source = ? AND name = ?', source, name);
      this.#statements.run('DELETE FROM consumer_group WHERE source = ? AND name = ?', source, name);
    });
  }

  /** Queues a checkpoint behind earlier writes, like parking. Events come again after a crash before it is written. */
  checkpoint({ source, name }: GroupKey, at: number): void {
    const sql = 'UPDATE consumer_group SET checkpoint = ? WHERE source = ? AND name = ?';
    void this.#surely(() => this.#statements.run(sql, at, source, name));
  }

  park({ source, name }: GroupKey, place: number, reason: string): void {
    const sql = 'INSERT INTO parked (source, name, place, reason) VALUES (?, ?, ?, ?)';
    void this.#surely(() => this.#statements.run(sql, source, name, place, reason));
  }

  /** Resolves when the event has been removed from the parked ones. */
  unpark(number: number): Promise<void> {
    return this.#surely(() => this.#statements.run('DELETE FROM parked WHERE number = ?', number));
  }

  parked({ source, name }: GroupKey): readonly Parked[] {
    const sql = 'SELECT number, place FROM parked WHERE source = ? AND name = ? ORDER BY number';
    return this.#statements.all(sql, source, name) as unknown as Parked[];
  }

  /**
   * Writes the queue, if that is possible at once, and closes the file.
   * @param why the error for callers whose change is not written
   */
  close(why?: Error): void {
    this.#flush();
    clearTimeout(this.#trying);
    const left = this.#queue;
    this.#queue = [];
    for (const { reject } of left) reject?.(why);
    this.#statements.clear();
    closeKeepingRoom(this.#db);
  }

  #asked(work: () => unknown): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#add({ work, since: performance.now(), resolve, reject });
    return promise;
  }

  #surely(work: () => unknown): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#add({ work, since: performance.now(), resolve });
    return promise;
  }

  /** Writes at once unless another program holds the file; always in order. */
  #add(waiting: Waiting): void {
    this.#queue.push(waiting);
    if (!this.#trying) this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#trying);
    this.#trying = undefined;
    while (this.#queue.length > 0) {
      const [first] = this.#queue as [Waiting];
      try {
        if (!this.#lock.begin()) return this.#wait(LOCKED_REST);
        first.work();
        this.#db.exec('COMMIT');
      } catch (error) {
        rollBack(this.#db);
        this.#failed(explained(error, this.#db) as Error);
        return this.#wait(FAILED_REST);
      }
      this.#fails(undefined);
      this.#queue.shift();
      first.resolve();
    }
  }

  /** Schedules the next attempt and refuses callers that have waited too long. */
  #wait(rest: number): void {
    this.#queue = this.#queue.filter(({ since, reject }) => {
      const refusal = reject && this.#lock.refusal(since);
      if (refusal) reject(refusal);
      return !refusal;
    });
    if (this.#queue.length > 0) this.#trying = setTimeout(() => this.#flush(), rest).unref();
  }

  /** Refuses all waiting callers; writes without a caller stay in the queue. */
  #failed(why: Error): void {
    this.#queue = this.#queue.filter(({ reject }) => {
      reject?.(why);
      return !reject;
    });
    this.#fails(why.message);
  }

  /** Reports a fault once, not at every attempt. */
  #fails(fault: string | undefined): void {
    if (this.#failing === (fault !== undefined)) return;
    this.#failing = fault !== undefined;
    this.told(fault);
  }
}
