import { BroadcastChannel } from 'node:worker_threads';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../clock.js';
import { Unavailable } from '../errors.js';
import { openSqlite } from '../sqlite.js';
import { plainJson } from './codec.js';
import type { EventCodec } from './codec.js';
import { EventStore, WrongExpectedRevision } from './event-store.js';
import type {
  Appended,
  ExpectedRevision,
  LogPage,
  LogRange,
  NewEvent,
  RecordedEvent,
  StreamPage,
  StreamRange,
} from './event-store.js';
import { WriterLock } from './sqlite-lock.js';
import type { Holder } from './sqlite-lock.js';
import { StoredEvent } from './stored-event.js';
import type { EventRow } from './stored-event.js';
import { Upcasting } from './upcasting.js';

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
];

const COLUMNS = 'position, stream, revision, id, type, schema_version, occurred_at, recorded_at, data, metadata';
const GROUP_APPENDS = 256;
const GROUP_BYTES = 4 * 1024 * 1024;
const QUEUE = 1024;
const PAGE_EVENTS = 2_000;
const PAGE_BYTES = 8 * 1024 * 1024;
/** How many positions one look at a filtered log spans at most; it starts small and widens while little matches. */
const WIDEST_SPAN = 200_000;
const HEARTBEAT = 1_000;
/** How often a reader of a log that another process writes asks whether it grew, in milliseconds. */
const POLL = 25;

interface Waiting {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly rows: readonly { readonly event: NewEvent; readonly data: string; readonly metadata: string }[];
  readonly bytes: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
}

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
}

/** The embedded engine: a SQLite file, one writing process, any number of readers. */
export class SqliteEventStore extends EventStore {
  readonly exclusive: boolean;
  readonly #db: DatabaseSync;
  readonly #read: DatabaseSync;
  readonly #lock: WriterLock | undefined;
  readonly #clock: Clock;
  readonly #codec: EventCodec;
  readonly #upcasting: Upcasting;
  readonly #channel: BroadcastChannel;
  readonly #statements = new Map<string, StatementSync>();
  readonly #known = new Set<string>();
  readonly #wakers = new Set<() => void>();
  #queue: Waiting[] = [];
  #flushing: NodeJS.Immediate | undefined;
  #head = 0;
  #lastRecordedAt = '';
  #closed = false;

  constructor({ path, clock, writer, codec, upcasting, durability = 'full' }: SqliteEventStoreOptions) {
    super();
    this.exclusive = writer !== undefined;
    this.#clock = clock;
    this.#codec = codec ?? plainJson;
    this.#upcasting = upcasting ?? new Upcasting();
    const opening = { applicationId: APPLICATION_ID, migrations: MIGRATIONS, busyTimeout: 5_000 };
    if (writer) {
      openSqlite(path, { ...opening, readOnly: false }).close();
      this.#lock = new WriterLock(path, writer);
    }
    this.#db = openSqlite(path, { ...opening, readOnly: !writer });
    this.#db.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}; PRAGMA cache_size = -65536`);
    this.#read = openSqlite(path, { ...opening, readOnly: true });
    this.#read.exec('PRAGMA mmap_size = 1073741824');
    const last = this.#db.prepare('SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1').get();
    this.#head = Number(last?.['position'] ?? 0);
    this.#lastRecordedAt = String(last?.['recorded_at'] ?? '');
    this.#channel = new BroadcastChannel(`annals-log:${path}`);
    this.#channel.onmessage = () => this.#wake();
    this.#channel.unref();
  }

  /** Says where the writing process can be reached. */
  announce(url: string): void {
    this.#lock?.announce(url);
  }

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    if (events.length === 0) throw new Error('an append needs an event');
    if (this.#closed) return Promise.reject(unavailable('the store is closed'));
    if (!this.#lock) throw new Error('this store was opened for reading');
    if (this.#queue.length >= QUEUE) {
      return Promise.reject(new Unavailable('store-busy', 'Too many writes are waiting.', 1));
    }
    let bytes = 0;
    const rows = events.map((event) => {
      const row = { event, data: this.#codec.encode(event, stream), metadata: JSON.stringify(event.metadata) };
      bytes += row.data.length + row.metadata.length;
      return row;
    });
    return new Promise((resolve, reject) => {
      this.#queue.push({ stream, expected, rows, bytes, resolve, reject });
      this.#flushing ??= setImmediate(() => this.#flush());
    });
  }

  /** Group commit: everything that arrived within one turn of the event loop shares one transaction and one disk wait. */
  #flush(): void {
    this.#flushing = undefined;
    const group = this.#takeGroup();
    if (group.length === 0) return;
    const before = { head: this.#head, recordedAt: this.#lastRecordedAt };
    let outcomes: (Appended | Error)[];
    try {
      this.#exec('BEGIN IMMEDIATE');
      outcomes = group.map((waiting) => this.#insert(waiting));
      this.#exec('COMMIT');
    } catch (error) {
      this.#head = before.head;
      this.#lastRecordedAt = before.recordedAt;
      this.#known.clear();
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      outcomes = group.map(() => unavailable((error as Error).message));
    }
    if (this.#head !== before.head) {
      this.#wake();
      this.#channel.postMessage(this.#head);
    }
    group.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index]!;
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    });
    if (this.#queue.length > 0) this.#flushing ??= setImmediate(() => this.#flush());
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let size = 0;
    while (size < this.#queue.length && size < GROUP_APPENDS && bytes < GROUP_BYTES) {
      bytes += this.#queue[size]!.bytes;
      size += 1;
    }
    const group = this.#queue.slice(0, size);
    this.#queue = this.#queue.slice(size);
    return group;
  }

  /** One append in a savepoint of its own: a conflict of one caller never fails the others. */
  #insert({ stream, expected, rows }: Waiting): Appended | Error {
    const current = this.#revisionOf(stream);
    if (!holds(expected, current)) {
      return this.#alreadyThere(stream, expected, rows) ?? new WrongExpectedRevision(stream, expected, current);
    }
    const head = this.#head;
    this.#exec('SAVEPOINT append');
    try {
      const insert = this.#statement(this.#db, `INSERT INTO event (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
      let revision = current;
      const recordedAt = this.#now();
      for (const { event, data, metadata } of rows) {
        this.#head += 1;
        revision += 1;
        insert.run(
          this.#head,
          stream,
          revision,
          event.id,
          event.type,
          event.schemaVersion,
          event.occurredAt,
          recordedAt,
          data,
          metadata,
        );
        this.#remember(event);
      }
      this.#exec('RELEASE append');
      return { revision, position: this.#head };
    } catch (error) {
      this.#head = head;
      this.#exec('ROLLBACK TO append');
      this.#exec('RELEASE append');
      if ((error as { errcode?: number }).errcode !== 2067) throw error;
      return this.#alreadyThere(stream, expected, rows) ?? new WrongExpectedRevision(stream, expected, current);
    }
  }

  /** EventStoreDB's rule: the same ids at the expected place, or anywhere in the stream when the place was left open. */
  #alreadyThere(stream: string, expected: ExpectedRevision, rows: Waiting['rows']): Appended | undefined {
    const find = this.#statement(this.#db, 'SELECT revision, position FROM event WHERE id = ? AND stream = ?');
    const found = rows.map(({ event }) => find.get(event.id, stream) as { revision: number; position: number } | undefined);
    const first = found[0];
    const last = found.at(-1);
    if (!first || !last || found.some((row, index) => row?.revision !== first.revision + index)) return undefined;
    if (expected === 'no-stream' && first.revision !== 0) return undefined;
    if (typeof expected === 'number' && first.revision !== expected + 1) return undefined;
    return { revision: last.revision, position: last.position };
  }

  #remember({ type, schemaVersion }: NewEvent): void {
    const key = `${type}@${schemaVersion}`;
    if (this.#known.has(key)) return;
    this.#statement(this.#db, 'INSERT OR IGNORE INTO stored_version VALUES (?, ?)').run(type, schemaVersion);
    this.#known.add(key);
  }

  #revisionOf(stream: string): number {
    const row = this.#statement(this.#db, 'SELECT max(revision) AS revision FROM event WHERE stream = ?').get(stream);
    return (row?.['revision'] as number | null) ?? -1;
  }

  /** Recording times never go back, even when the clock of the machine does: then position order is time order. */
  #now(): string {
    const now = this.#clock.now();
    if (now > this.#lastRecordedAt) this.#lastRecordedAt = now;
    return this.#lastRecordedAt;
  }

  readStream(stream: string, range: StreamRange = {}): Promise<StreamPage> {
    const { from, to, until, backwards = false, limit = PAGE_EVENTS } = range;
    const conditions = ['stream = ?'];
    const values: (string | number)[] = [stream];
    const bound = (condition: string, value: string | number | undefined) => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    bound(backwards ? 'revision <= ?' : 'revision >= ?', from);
    bound(backwards ? 'revision >= ?' : 'revision <= ?', to);
    bound(until?.axis === 'recorded' ? 'recorded_at <= ?' : 'occurred_at <= ?', until?.time);
    const order = backwards ? 'DESC' : 'ASC';
    const { events, cut } = this.#page(
      `SELECT ${COLUMNS} FROM event WHERE ${conditions.join(' AND ')} ORDER BY revision ${order} LIMIT ?`,
      [...values, limit],
    );
    return Promise.resolve({ events, end: !cut && events.length < limit });
  }

  readLog({ after, to, until, limit = PAGE_EVENTS, types, streams }: LogRange): Promise<LogPage> {
    const head = this.#logHead();
    const last = Math.min(to ?? head, head, this.#lastBy(until) ?? head);
    const conditions = ['position > ?', 'position <= ?'];
    const values: (string | number)[] = [];
    if (until?.axis === 'occurred') {
      conditions.push('occurred_at <= ?');
      values.push(until.time);
    }
    if (types) {
      conditions.push('type IN (SELECT value FROM json_each(?))');
      values.push(JSON.stringify(this.#upcasting.sources(types)));
    }
    if (streams) {
      conditions.push(`(${streams.map(() => '(stream >= ? AND stream < ?)').join(' OR ')})`);
      for (const prefix of streams) values.push(prefix, textAfter(prefix));
    }
    const sql = (index: string) =>
      `SELECT ${COLUMNS} FROM event ${index} WHERE ${conditions.join(' AND ')} ORDER BY position LIMIT ?`;
    // Where a filter matches often, walking the log is fastest; where it matches seldom, its index over a wide span is.
    const index = types ? 'INDEXED BY event_type' : 'NOT INDEXED';
    const events: RecordedEvent[] = [];
    let scanned = after;
    let full = false;
    for (let span = limit; scanned < last && !full; span = Math.min(WIDEST_SPAN, span * 8)) {
      const upTo = Math.min(last, scanned + span);
      const room = limit - events.length;
      const page = this.#page(sql(scanned === after ? 'NOT INDEXED' : index), [scanned, upTo, ...values, room]);
      for (const event of page.events) if (!types || types.includes(event.type)) events.push(event);
      scanned = page.cut || page.rows === room ? page.lastPosition : upTo;
      full = page.cut || events.length * 8 >= limit;
    }
    return Promise.resolve({ events, scanned: Math.max(scanned, after), head, end: scanned >= last });
  }

  find(stream: string, eventId: string): Promise<RecordedEvent | undefined> {
    const { events } = this.#page(`SELECT ${COLUMNS} FROM event WHERE id = ? AND stream = ?`, [eventId, stream]);
    return Promise.resolve(events[0]);
  }

  head(): Promise<number> {
    return Promise.resolve(this.#logHead());
  }

  storedVersions(): Promise<readonly { type: string; schemaVersion: number }[]> {
    const rows = this.#read.prepare('SELECT type, schema_version AS schemaVersion FROM stored_version').all();
    return Promise.resolve(rows as unknown as { type: string; schemaVersion: number }[]);
  }

  moved(position: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed || signal?.aborted || this.#logHead() > position) return resolve();
      const done = () => {
        clearTimeout(heartbeat);
        clearInterval(poll);
        this.#wakers.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const heartbeat = setTimeout(done, HEARTBEAT);
      const poll = this.#lock ? undefined : setInterval(() => this.#logHead() > position && done(), POLL);
      this.#wakers.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  /** Writes what is waiting, then lets go of the file. */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    while (this.#queue.length > 0) this.#flush();
    clearImmediate(this.#flushing);
    this.#closed = true;
    this.#wake();
    this.#channel.close();
    this.#statements.clear();
    this.#read.close();
    this.#db.close();
    this.#lock?.release();
    return Promise.resolve();
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
  }

  #logHead(): number {
    if (this.#lock) return this.#head;
    const row = this.#statement(this.#read, 'SELECT max(position) AS head FROM event').get();
    return Number(row?.['head'] ?? 0);
  }

  /** Last position that was recorded by then: recording times ascend with positions, so a binary search finds it. */
  #lastBy(until: LogRange['until']): number | undefined {
    if (until?.axis !== 'recorded') return undefined;
    const at = this.#statement(this.#read, 'SELECT recorded_at AS at FROM event WHERE position = ?');
    let low = 0;
    let high = this.#logHead();
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (String(at.get(middle)?.['at']) <= until.time) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #page(sql: string, values: (string | number)[]) {
    const statement = this.#statement(this.#read, sql);
    statement.setReturnArrays(true);
    const events: RecordedEvent[] = [];
    let bytes = 0;
    let rows = 0;
    let lastPosition = 0;
    let cut = false;
    for (const row of statement.iterate(...values) as unknown as Iterable<EventRow>) {
      rows += 1;
      lastPosition = row[0];
      bytes += row[8].length + row[9].length;
      const event = new StoredEvent(row, this.#codec);
      if (this.#upcasting.current(event.type, event.schemaVersion)) events.push(event);
      else for (const shape of this.#upcasting.up(event)) events.push(event.as(shape));
      if (bytes >= PAGE_BYTES) {
        cut = true;
        break;
      }
    }
    return { events, rows, lastPosition, cut };
  }

  #exec(sql: string): void {
    this.#statement(this.#db, sql).run();
  }

  #statement(db: DatabaseSync, sql: string): StatementSync {
    const key = db === this.#db ? `w:${sql}` : `r:${sql}`;
    let statement = this.#statements.get(key);
    if (!statement) {
      statement = db.prepare(sql);
      this.#statements.set(key, statement);
    }
    return statement;
  }
}

function holds(expected: ExpectedRevision, current: number): boolean {
  if (expected === 'any') return true;
  if (expected === 'no-stream') return current === -1;
  if (expected === 'stream-exists') return current >= 0;
  return current === expected;
}

/** The first text that sorts after everything with this prefix. */
function textAfter(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

const unavailable = (why: string): Unavailable =>
  new Unavailable('store-unavailable', `Nothing can be written at the moment: ${why}.`, 5);
