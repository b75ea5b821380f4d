import { BroadcastChannel } from 'node:worker_threads';
import type { Clock } from '../../clock.js';
import { openSqlite } from '../../sqlite/sqlite.js';
import { Wakers } from '../../wakers.js';
import { plain } from '../codec.js';
import type { EventCodec } from '../codec.js';
import { checkWrites, EventStore } from '../event-store.js';
import type {
  Appended,
  Check,
  LogPage,
  LogRange,
  RecordedEvent,
  StreamPage,
  StreamRange,
  Write,
} from '../event-store.js';
import { unavailable } from '../unavailable.js';
import { SqliteAppends } from './appends.js';
import { WriterLock } from './lock.js';
import type { Holder } from './lock.js';
import { SqliteReads } from './reads.js';
import { Upcasting } from '../upcasting.js';

const APPLICATION_ID = 0x414e4c53;
const MIGRATIONS = [
  `CREATE TABLE event (
     position INTEGER PRIMARY KEY,
     stream TEXT NOT NULL,
     revision INTEGER NOT NULL,
     id TEXT NOT NULL,
     type TEXT NOT NULL,
     schema_version INTEGER NOT NULL,
     occurred_at TEXT NOT NULL,
     recorded_at TEXT NOT NULL,
     data TEXT NOT NULL,
     metadata TEXT NOT NULL,
     category TEXT GENERATED ALWAYS AS (substr(stream, 1, instr(stream, '-') - 1)) VIRTUAL
   );
   CREATE UNIQUE INDEX event_stream ON event (stream, revision);
   CREATE UNIQUE INDEX event_id ON event (id);
   CREATE INDEX event_type ON event (type, position);
   CREATE INDEX event_category ON event (category, position);
   CREATE TABLE stored_version (type TEXT NOT NULL, schema_version INTEGER NOT NULL, PRIMARY KEY (type, schema_version)) WITHOUT ROWID;`,
  // Content type of the bodies of other programs, which are stored as bytes.
  'ALTER TABLE event ADD COLUMN content_type TEXT',
  // Other programs choose their own ids and may use one in several streams.
  'DROP INDEX event_id; CREATE UNIQUE INDEX event_id ON event (id, stream)',
];
const TUNING = 'PRAGMA cache_size = -16384';
const MEND = 'What happened is nowhere else: put back a copy of it.';
/** Interval in which readers check for new events of another process, in milliseconds. */
const POLL = 25;

export interface SqliteEventStoreOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Absent for a reader. A second writer is refused with `data-held`. */
  readonly writer?: Holder;
  readonly codec?: EventCodec;
  readonly upcasting?: Upcasting;
  /**
   * `full` waits for the disk at every group commit. `normal` may lose the last commits on a power cut, never on a crash of
   * the process.
   * @defaultValue full
   */
  readonly durability?: 'full' | 'normal';
  /** Called with the reason on outage of writes, with `undefined` on recovery. */
  readonly report?: (fault: string | undefined) => void;
  /**
   * How long an append waits while another program holds the write lock of the file, in milliseconds.
   * @defaultValue 5000
   */
  readonly patience?: number;
}

/** The embedded engine: a SQLite file, one writing process, any number of readers. */
export class SqliteEventStore extends EventStore {
  readonly exclusive: boolean;
  readonly atomic: boolean = true;
  override readonly gapless: boolean = true;
  readonly #lock: WriterLock | undefined;
  readonly #appends: SqliteAppends | undefined;
  readonly #openReads: SqliteReads;
  readonly #channel: BroadcastChannel;
  readonly #wakers = new Wakers();
  #closed = false;

  constructor(options: SqliteEventStoreOptions) {
    super();
    const { path, clock, writer, codec, upcasting, durability = 'full', report = () => undefined, patience } = options;
    this.exclusive = writer !== undefined;
    const opening = { applicationId: APPLICATION_ID, migrations: MIGRATIONS, mend: MEND };
    if (writer) {
      let lock: WriterLock | undefined;
      const told = (fault: string | undefined) => {
        if (fault === undefined) lock?.remind();
        report(fault);
      };
      try {
        const db = openSqlite(path, {
          ...opening,
          readOnly: false,
          // SQLite must not block the thread, which answers requests; appends wait for other programs asynchronously.
          busyTimeout: 0,
          claim: () => (lock = new WriterLock(path, writer)),
        });
        db.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}; ${TUNING}`);
        this.#appends = new SqliteAppends(db, clock, codec ?? plain, () => this.#announce(), told, patience);
      } catch (error) {
        lock?.release();
        throw error;
      }
      this.#lock = lock;
    }
    const db = openSqlite(path, { ...opening, readOnly: true, busyTimeout: 5_000 });
    this.#openReads = new SqliteReads(db, codec ?? plain, upcasting ?? new Upcasting());
    this.#channel = new BroadcastChannel(`annals-log:${path}`);
    this.#channel.onmessage = () => this.#wakers.wake();
    this.#channel.unref();
  }

  get recorded(): number {
    return this.#appends?.recorded ?? 0;
  }

  override get fault(): string | undefined {
    return this.#appends?.fault;
  }

  /** Stores the address of the writing process's HTTP API. */
  announce(url: string): void {
    this.#lock?.announce(url);
  }

  async appendAll(writes: readonly Write[], checks: readonly Check[] = []): Promise<readonly Appended[]> {
    if (this.#closed) throw unavailable('the store is closed');
    if (!this.#appends) throw new Error('this store was opened for reading');
    checkWrites(writes);
    return this.#appends.append(writes, checks);
  }

  async readStream(stream: string, range: StreamRange = {}): Promise<StreamPage> {
    return this.#reads.stream(stream, range);
  }

  async readLog(range: LogRange): Promise<LogPage> {
    return this.#reads.log(range);
  }

  async at(position: number): Promise<readonly RecordedEvent[]> {
    return this.#reads.log({ after: position - 1, to: position }).events;
  }

  async find(stream: string, eventId: string): Promise<RecordedEvent | undefined> {
    return this.#reads.find(stream, eventId);
  }

  async head(): Promise<number> {
    return this.#reads.head();
  }

  async storedVersions(): Promise<readonly { type: string; schemaVersion: number }[]> {
    return this.#reads.storedVersions();
  }

  moved(position: number, signal?: AbortSignal): Promise<void> {
    const isPast = () => this.#closed || this.#openReads.head() > position;
    return this.#wakers.wait(isPast, { signal, poll: this.#lock ? undefined : POLL });
  }

  /** Writes the queue, then closes the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#openReads.close();
    // Closed last, because the last writing connection cleans up the file.
    await this.#appends?.close();
    this.#wakers.wake();
    this.#channel.close();
    this.#lock?.release();
  }

  get #reads(): SqliteReads {
    if (this.#closed) throw unavailable('the store is closed');
    return this.#openReads;
  }

  #announce(): void {
    this.#wakers.wake();
    this.#channel.postMessage(null);
  }
}
