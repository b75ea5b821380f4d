import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import { Refusal, Unavailable } from '../errors.js';
import { explained, rollBack, Statements } from '../sqlite.js';
import { WalLimit } from '../sqlite-wal.js';
import { WriteLock } from '../sqlite-write-lock.js';
import type { WriteLockOptions } from '../sqlite-write-lock.js';
import type { EventCodec } from './codec.js';
import { EventIdTaken, holds, WrongExpectedRevision } from './event-store.js';
import type { Appended, Check, ExpectedRevision, ForeignBodies, ForeignEvent, NewEvent, Write } from './event-store.js';
import { FOREIGN_VERSION } from './foreign.js';
import { Outage } from './sqlite-outage.js';

const GROUP_APPENDS = 256;
const GROUP_BYTES = 4 * 1024 * 1024;
const QUEUE = 1024;
/** Rest between two tries while another program writes to the file, in milliseconds: longer when no caller waits. */
const REST = 5;
const IDLE_REST = 250;
/** Codes of SQLite: some constraint is violated, and which. */
const CONSTRAINT = 19;
const UNIQUE = 2067;

/** An event as it will lie in the table, but for its place. */
interface Row {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** When it is recorded, for who does not say. */
  readonly occurredAt: string | null;
  /** Now, for who does not say. */
  readonly recordedAt: string | null;
  readonly data: string | Uint8Array;
  readonly metadata: string | Uint8Array;
  readonly contentType: ForeignBodies['contentType'] | null;
}

/** A write as it will lie in the table. */
interface Rows {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly rows: readonly Row[];
}

interface Waiting {
  readonly writes: readonly Rows[];
  readonly checks: readonly Check[];
  readonly bytes: number;
  /** When it came, by `performance.now()`. */
  readonly since: number;
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (error: Error) => void;
}

/** A write, where its stream stands, and where its events lie if they are there already. */
interface Found {
  readonly write: Rows;
  readonly current: number;
  readonly there: Appended | undefined;
}

/** The end of the log. */
interface Last {
  position: number;
  recordedAt: string;
}

/**
 * The writing half of the embedded log. Group commit: everything that arrives within one turn of the event loop shares one
 * transaction and one wait for the disk, and is answered after it.
 */
export class SqliteAppends {
  readonly #statements: Statements;
  readonly #outage: Outage;
  readonly #lock: WriteLock;
  readonly #wal: WalLimit;
  /** Types and versions that are listed in `stored_version`. */
  readonly #listed = new Set<string>();
  /** Events that have been written. */
  recorded = 0;
  #queue: Waiting[] = [];
  #flushing: NodeJS.Immediate | undefined;
  /** The next try, while another program writes to the file. */
  #trying: NodeJS.Timeout | undefined;
  /** End of the log; unknown after a failure. */
  #last: Last | undefined;

  constructor(
    private readonly db: DatabaseSync,
    private readonly clock: Clock,
    private readonly codec: EventCodec,
    private readonly committed: () => void,
    told: (fault: string | undefined) => void,
    patience?: WriteLockOptions['patience'],
  ) {
    this.#statements = new Statements(db);
    this.#lock = new WriteLock(db, { clock, patience, told });
    this.#wal = new WalLimit(db);
    this.#outage = new Outage(String(db.location()), () => this.#writeNothing(), told);
  }

  /** Why nothing can be written at the moment. */
  get fault(): string | undefined {
    return this.#lock.fault ?? this.#outage.fault;
  }

  append(writes: readonly Write[], checks: readonly Check[]): Promise<readonly Appended[]> {
    if (this.#queue.length >= QUEUE) throw new Unavailable('store-busy', 'Too many writes are waiting.', 1);
    let bytes = 0;
    const encoded = writes.map(({ stream, expected, events }) => ({
      stream,
      expected,
      rows: events.map((event) => {
        const row = 'foreign' in event ? foreignRow(event) : this.#ownRow(event, stream);
        bytes += row.data.length + row.metadata.length;
        return row;
      }),
    }));
    return new Promise((resolve, reject) => {
      this.#queue.push({ writes: encoded, checks, bytes, since: performance.now(), resolve, reject });
      this.#next();
    });
  }

  /** Writes what is waiting, then lets go of the file. */
  async close(): Promise<void> {
    while (this.#queue.length > 0) {
      this.#flush();
      if (this.#trying) await sleep(REST);
    }
    clearTimeout(this.#trying);
    this.#outage.close();
    this.#wal.close();
    this.#statements.clear();
    this.db.close();
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
    let moved = false;
    try {
      if (!this.#lock.begin()) return this.#wait(group);
      const last = (this.#last ??= this.#findLast());
      const { position } = last;
      outcomes = group.map((waiting) => this.#insert(waiting, last));
      this.#statements.run('COMMIT');
      moved = last.position !== position;
      this.recorded += last.position - position;
    } catch (error) {
      rollBack(this.db);
      this.#last = undefined;
      this.#listed.clear();
      const told = explained(error, this.db);
      const why = told instanceof Refusal ? told : unavailable((error as Error).message);
      this.#outage.failed(why);
      outcomes = group.map(() => why);
    }
    if (moved) {
      this.#wal.committed();
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
   * Another program writes to the file: callers wait for their turn, for a while, and everything else goes on. What is tried
   * without callers ends the fault, since none come to a server that is not ready.
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

  /** Takes room in the file like any commit does. */
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

  /** One append in a savepoint of its own: what is wrong with one caller's never fails the others. */
  #insert({ writes, checks }: Waiting, last: Last): readonly Appended[] | Error {
    const found = writes.map((write) => this.#look(write));
    // What is there already is answered as it was, whatever has happened to other streams since.
    if (found.every((each) => each.there !== undefined)) return found.map(({ there }) => there!);
    const wrong = this.#refusal(found, checks);
    if (wrong) return wrong;
    const next = { ...last };
    let writing = found[0]!;
    const now = this.clock.now();
    this.#statements.run('SAVEPOINT append');
    try {
      const appended = found.map((each) => {
        writing = each;
        return each.there ?? this.#insertRows(each, now, next);
      });
      this.#statements.run('RELEASE append');
      Object.assign(last, next);
      return appended;
    } catch (error) {
      const code = (error as { errcode?: number }).errcode;
      // The disk fails for everybody.
      if (!this.db.isTransaction || (code !== undefined && code % 256 !== CONSTRAINT)) throw error;
      this.#listed.clear();
      this.#statements.run('ROLLBACK TO append');
      this.#statements.run('RELEASE append');
      if (code !== UNIQUE) return error as Error;
      const there = found.map(({ write }) => this.#alreadyThere(write));
      if (there.every((each) => each !== undefined)) return there;
      return new WrongExpectedRevision(writing.write.stream, writing.write.expected, writing.current);
    }
  }

  /** Where the stream of a write stands, and where its events lie if they do not come at the right place because they are there. */
  #look(write: Rows): Found {
    const current = this.#revisionOf(write.stream);
    const there = holds(write.expected, current) ? undefined : this.#alreadyThere(write);
    return { write, current, there };
  }

  #refusal(found: readonly Found[], checks: readonly Check[]): WrongExpectedRevision | undefined {
    for (const { write, current, there } of found) {
      if (!there && !holds(write.expected, current)) {
        return new WrongExpectedRevision(write.stream, write.expected, current);
      }
    }
    for (const { stream, expected } of checks) {
      const current = this.#revisionOf(stream);
      if (!holds(expected, current)) return new WrongExpectedRevision(stream, expected, current);
    }
    return undefined;
  }

  /** Recording times never go back, even when the clock of the machine does: then position order is time order. */
  #insertRows({ write: { stream, rows }, current }: Found, now: string, last: Last): Appended {
    let revision = current;
    this.#checkIds(stream, rows);
    const insert = this.#statements.prepare(`INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    for (const row of rows) {
      const { id, type, schemaVersion, data, metadata, contentType } = row;
      const at = row.recordedAt ?? now;
      if (at > last.recordedAt) last.recordedAt = at;
      const { recordedAt } = last;
      const occurredAt = contentType === null ? row.occurredAt : recordedAt;
      last.position += 1;
      revision += 1;
      insert.run(
        last.position,
        stream,
        revision,
        id,
        type,
        schemaVersion,
        occurredAt,
        recordedAt,
        data,
        metadata,
        contentType,
      );
      this.#list(row);
    }
    return { revision, position: last.position };
  }

  /**
   * No event of ours has the id of one in another stream. What is moved here from another log is taken as it was there.
   * @throws EventIdTaken
   */
  #checkIds(stream: string, rows: readonly Row[]): void {
    const elsewhere = this.#statements.prepare(
      'SELECT 1 FROM event WHERE id = ? AND stream <> ? AND content_type IS NULL',
    );
    for (const { id, contentType, recordedAt } of rows) {
      if (contentType === null && recordedAt === null && elsewhere.get(id, stream)) throw new EventIdTaken(stream, id);
    }
  }

  /** EventStoreDB's rule: the same ids at the expected place, or anywhere in the stream when the place was left open. */
  #alreadyThere({ stream, expected, rows }: Rows): Appended | undefined {
    const find = this.#statements.prepare('SELECT revision, position FROM event WHERE id = ? AND stream = ?');
    const found = rows.map(({ id }) => find.get(id, stream) as unknown as Appended | undefined);
    const first = found[0];
    const last = found.at(-1);
    if (!first || !last || found.some((row, index) => row?.revision !== first.revision + index)) return undefined;
    if (expected === 'no-stream' && first.revision !== 0) return undefined;
    if (typeof expected === 'number' && first.revision !== expected + 1) return undefined;
    return { revision: last.revision, position: last.position };
  }

  #ownRow(event: NewEvent, stream: string): Row {
    const { id, type, schemaVersion, occurredAt, recordedAt = null } = event;
    const [data, metadata] = [JSON.stringify(this.codec.encode(event, stream)), JSON.stringify(event.metadata)];
    return { id, type, schemaVersion, occurredAt, recordedAt, data, metadata, contentType: null };
  }

  /** What other programs write is no part of what this one must be able to read. */
  #list({ type, schemaVersion, contentType }: Row): void {
    if (contentType !== null) return;
    const key = `${type}@${schemaVersion}`;
    if (this.#listed.has(key)) return;
    this.#statements.run('INSERT OR IGNORE INTO stored_version VALUES (?, ?)', type, schemaVersion);
    this.#listed.add(key);
  }

  #revisionOf(stream: string): number {
    const row = this.#statements.get('SELECT max(revision) AS revision FROM event WHERE stream = ?', stream);
    return (row?.['revision'] as number | null) ?? -1;
  }

  #findLast(): Last {
    const row = this.#statements.get('SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1');
    return { position: Number(row?.['position'] ?? 0), recordedAt: String(row?.['recorded_at'] ?? '') };
  }
}

const foreignRow = ({ id, type, foreign, recordedAt }: ForeignEvent): Row => ({
  id,
  type,
  recordedAt: recordedAt ?? null,
  schemaVersion: FOREIGN_VERSION,
  occurredAt: null,
  ...foreign,
});

export const unavailable = (why: string): Unavailable =>
  new Unavailable('store-unavailable', `Nothing can be written at the moment: ${why}.`, 5);
