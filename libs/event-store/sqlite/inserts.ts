import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.js';
import type { Statements } from '../../sqlite/sqlite.js';
import type { EventCodec } from '../codec.js';
import { EventIdTaken, holds, WrongExpectedRevision } from '../event-store.js';
import type {
  Appended,
  Check,
  ExpectedRevision,
  ForeignBodies,
  ForeignEvent,
  NewEvent,
  Write,
} from '../event-store.js';
import { FOREIGN_VERSION } from '../foreign-events.js';

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
export interface Rows {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly rows: readonly Row[];
}

/** A write, where its stream stands, and where its events lie if they are there already. */
interface Found {
  readonly write: Rows;
  readonly current: number;
  readonly there: Appended | undefined;
}

/** The end of the log. */
export interface Last {
  position: number;
  recordedAt: string;
}

interface Group {
  readonly writes: readonly Rows[];
  readonly checks: readonly Check[];
}

/** The statements of one append to the embedded log, inside a transaction that others begin and end. */
export class SqliteInserts {
  /** Types and versions that are listed in `stored_version`. */
  readonly #listed = new Set<string>();

  constructor(
    private readonly db: DatabaseSync,
    private readonly statements: Statements,
    private readonly clock: Clock,
  ) {}

  /** Forgets what a transaction that was rolled back had listed. */
  forget(): void {
    this.#listed.clear();
  }

  /** One append in a savepoint of its own: what is wrong with one caller's never fails the others. */
  insert({ writes, checks }: Group, last: Last): readonly Appended[] | Error {
    const found = writes.map((write) => this.#look(write));
    // What is there already is answered as it was, whatever has happened to other streams since.
    if (found.every((each) => each.there !== undefined)) return found.map(({ there }) => there!);
    const wrong = this.#refusal(found, checks);
    if (wrong) return wrong;
    const next = { ...last };
    let writing = found[0]!;
    const now = this.clock.now();
    this.statements.run('SAVEPOINT append');
    try {
      const appended = found.map((each) => {
        writing = each;
        return each.there ?? this.#insertRows(each, now, next);
      });
      this.statements.run('RELEASE append');
      Object.assign(last, next);
      return appended;
    } catch (error) {
      const code = (error as { errcode?: number }).errcode;
      // The disk fails for everybody.
      if (!this.db.isTransaction || (code !== undefined && code % 256 !== CONSTRAINT)) throw error;
      this.#listed.clear();
      this.statements.run('ROLLBACK TO append');
      this.statements.run('RELEASE append');
      if (code !== UNIQUE) return error as Error;
      const there = found.map(({ write }) => this.#alreadyThere(write));
      if (there.every((each) => each !== undefined)) return there;
      return new WrongExpectedRevision(writing.write.stream, writing.write.expected, writing.current);
    }
  }

  /**
   * Where the stream of a write stands, and where its events lie if they do not come at the right place because they are
   * there.
   */
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
    const insert = this.statements.prepare(`INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
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
    const elsewhere = this.statements.prepare(
      'SELECT 1 FROM event WHERE id = ? AND stream <> ? AND content_type IS NULL',
    );
    for (const { id, contentType, recordedAt } of rows) {
      if (contentType === null && recordedAt === null && elsewhere.get(id, stream)) throw new EventIdTaken(stream, id);
    }
  }

  /** EventStoreDB's rule: the same ids at the expected place, or anywhere in the stream when the place was left open. */
  #alreadyThere({ stream, expected, rows }: Rows): Appended | undefined {
    const find = this.statements.prepare('SELECT revision, position FROM event WHERE id = ? AND stream = ?');
    const found = rows.map(({ id }) => find.get(id, stream) as unknown as Appended | undefined);
    const first = found[0];
    const last = found.at(-1);
    if (!first || !last || found.some((row, index) => row?.revision !== first.revision + index)) return undefined;
    if (expected === 'no-stream' && first.revision !== 0) return undefined;
    if (typeof expected === 'number' && first.revision !== expected + 1) return undefined;
    return { revision: last.revision, position: last.position };
  }

  /** What other programs write is no part of what this one must be able to read. */
  #list({ type, schemaVersion, contentType }: Row): void {
    if (contentType !== null) return;
    const key = `${type}@${schemaVersion}`;
    if (this.#listed.has(key)) return;
    this.statements.run('INSERT OR IGNORE INTO stored_version VALUES (?, ?)', type, schemaVersion);
    this.#listed.add(key);
  }

  #revisionOf(stream: string): number {
    const row = this.statements.get('SELECT max(revision) AS revision FROM event WHERE stream = ?', stream);
    return (row?.['revision'] as number | null) ?? -1;
  }

  /** The end of the log. */
  findLast(): Last {
    const row = this.statements.get('SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1');
    return { position: Number(row?.['position'] ?? 0), recordedAt: String(row?.['recorded_at'] ?? '') };
  }
}

/** What a write puts into the table, and how many bytes its bodies take. */
export function encoded({ stream, expected, events }: Write, codec: EventCodec): Rows & { readonly bytes: number } {
  const rows = events.map((event) => ('foreign' in event ? foreignRow(event) : ownRow(event, stream, codec)));
  return {
    stream,
    expected,
    rows,
    bytes: rows.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0),
  };
}

function ownRow(event: NewEvent, stream: string, codec: EventCodec): Row {
  const { id, type, schemaVersion, occurredAt, recordedAt = null } = event;
  const [data, metadata] = [JSON.stringify(codec.encode(event, stream)), JSON.stringify(event.metadata)];
  return { id, type, schemaVersion, occurredAt, recordedAt, data, metadata, contentType: null };
}

const foreignRow = ({ id, type, foreign, recordedAt }: ForeignEvent): Row => ({
  id,
  type,
  recordedAt: recordedAt ?? null,
  schemaVersion: FOREIGN_VERSION,
  occurredAt: null,
  ...foreign,
});
