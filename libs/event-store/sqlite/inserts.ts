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

/** SQLite error codes: a constraint is violated; a unique constraint is violated. */
const CONSTRAINT = 19;
const UNIQUE = 2067;

/** An event as a table row, without position and revision. */
interface Row {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** Null for the recording time. */
  readonly occurredAt: string | null;
  /** Null for the current time. */
  readonly recordedAt: string | null;
  readonly data: string | Uint8Array;
  readonly metadata: string | Uint8Array;
  readonly contentType: ForeignBodies['contentType'] | null;
}

/** A write as table rows. */
export interface Rows {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly rows: readonly Row[];
}

/** A write with the last revision of its stream, and the place of its events if they are already recorded. */
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

/** Executes appends inside a transaction that the caller begins and ends. */
export class SqliteInserts {
  /** Types and versions that are listed in `stored_version`. */
  readonly #listed = new Set<string>();

  constructor(
    private readonly db: DatabaseSync,
    private readonly statements: Statements,
    private readonly clock: Clock,
  ) {}

  /** Clears the cache of listed versions after a rollback. */
  forget(): void {
    this.#listed.clear();
  }

  /** Executes an append in its own savepoint, so that its failure does not fail others of the group. */
  insert({ writes, checks }: Group, last: Last): readonly Appended[] | Error {
    const found = writes.map((write) => this.#look(write));
    // An append that is already recorded gets its original answer, even if checks no longer hold.
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
      // Errors of the disk fail the whole group.
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

  /** Reads the last revision of the stream; on a conflict, checks whether the events are already recorded. */
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

  /** Inserts rows. Recording times never decrease, even if the machine's clock goes back, so position order is time order. */
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
   * Checks that no other stream holds these ids. Events moved from another log are exempt.
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

  /** Idempotency as in EventStoreDB: the same ids at the expected revision, or with `any` anywhere in the stream. */
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

  /** Lists the type and schema version of an event; events of other programs are not listed. */
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

/** Converts a write to table rows. `bytes` is the size of all bodies. */
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
