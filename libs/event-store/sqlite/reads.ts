import type { DatabaseSync } from 'node:sqlite';
import { Statements } from '../../sqlite/sqlite.js';
import type { EventCodec } from '../codec.js';
import type { LogFilter, LogPage, LogRange, RecordedEvent, StreamPage, StreamRange, Until } from '../event-store.js';
import { StoredEvent } from './stored-event.js';
import type { EventRow } from './stored-event.js';
import type { Upcasting } from '../upcasting.js';

const COLUMNS =
  'position, stream, revision, id, type, schema_version, occurred_at, recorded_at, data, metadata, content_type';
const PAGE_EVENTS = 2_000;
const PAGE_BYTES = 8 * 1024 * 1024;
/** Maximum number of positions scanned per page; limits the time a page blocks the thread and the distance of checkpoints. */
const PAGE_SCANNED = 100_000;

type Values = (string | number)[];

/** Read side of the embedded engine: pages, from a connection that sees committed events only. */
export class SqliteReads {
  readonly #statements: Statements;

  constructor(
    private readonly db: DatabaseSync,
    private readonly codec: EventCodec,
    private readonly upcasting: Upcasting,
  ) {
    this.#statements = new Statements(db);
  }

  head(): number {
    return Number(this.#statements.get('SELECT max(position) AS head FROM event')?.['head'] ?? 0);
  }

  stream(stream: string, range: StreamRange): StreamPage {
    const { from, to, until, backwards = false, limit = PAGE_EVENTS } = range;
    const conditions = ['stream = ?'];
    const values: Values = [stream];
    const bound = (condition: string, value: string | number | undefined) => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    bound(backwards ? 'revision <= ?' : 'revision >= ?', from);
    bound(backwards ? 'revision >= ?' : 'revision <= ?', to);
    bound(until?.axis === 'recorded' ? 'recorded_at <= ?' : 'occurred_at <= ?', until?.time);
    const order = backwards ? 'DESC' : 'ASC';
    const sql = `SELECT ${COLUMNS} FROM event WHERE ${conditions.join(' AND ')} ORDER BY revision ${order} LIMIT ?`;
    const { events, rows, cut } = this.#page(sql, [...values, limit], PAGE_BYTES);
    return { events, end: !cut && rows < limit };
  }

  log(range: LogRange): LogPage {
    const { after, to, until, limit = PAGE_EVENTS, types } = range;
    const head = this.head();
    const last = Math.min(to ?? head, head, this.#lastBy(until, head));
    const { walk, jump, values } = logQuery(
      { ...range, ...(types && { types: this.upcasting.sources(types) }) },
      until,
    );
    const events: RecordedEvent[] = [];
    let scanned = after;
    let bytesLeft = PAGE_BYTES;
    let full = false;
    // A scan is fastest when the filter matches often, its index when it matches seldom.
    for (let span = limit; scanned < last && !full; span *= 8) {
      const upTo = Math.min(last, scanned + span, after + PAGE_SCANNED);
      const room = limit - events.length;
      const page = this.#page(scanned === after ? walk : jump, [scanned, upTo, ...values, room], bytesLeft);
      for (const event of page.events) if (!types || (types.includes(event.type) && !event.foreign)) events.push(event);
      bytesLeft -= page.bytes;
      scanned = page.cut || page.rows === room ? page.lastPosition : upTo;
      full = page.cut || events.length * 8 >= limit || scanned - after >= PAGE_SCANNED;
    }
    return { events, scanned, head, end: scanned >= last };
  }

  find(stream: string, eventId: string): RecordedEvent | undefined {
    return this.#page(`SELECT ${COLUMNS} FROM event WHERE id = ? AND stream = ?`, [eventId, stream], PAGE_BYTES)
      .events[0];
  }

  storedVersions(): readonly { type: string; schemaVersion: number }[] {
    const rows = this.#statements.all('SELECT type, schema_version AS schemaVersion FROM stored_version');
    return rows as unknown as { type: string; schemaVersion: number }[];
  }

  close(): void {
    this.#statements.clear();
    this.db.close();
  }

  /** Last position recorded by then, by binary search, since recording times ascend with positions. */
  #lastBy(until: Until | undefined, head: number): number {
    if (until?.axis !== 'recorded') return head;
    const sql = 'SELECT recorded_at AS at FROM event WHERE position = ?';
    let low = 0;
    let high = head;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (String(this.#statements.get(sql, middle)?.['at']) <= until.time) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #page(sql: string, values: Values, mostBytes: number) {
    return this.#statements.reading(() => this.#rows(sql, values, mostBytes));
  }

  #rows(sql: string, values: Values, mostBytes: number) {
    const statement = this.#statements.prepare(sql);
    statement.setReturnArrays(true);
    const events: RecordedEvent[] = [];
    let bytes = 0;
    let rows = 0;
    let lastPosition = 0;
    for (const row of statement.iterate(...values) as unknown as Iterable<EventRow>) {
      rows += 1;
      lastPosition = row[0];
      bytes += row[8].length + row[9].length;
      const event = new StoredEvent(row, this.codec);
      if (event.foreign || this.upcasting.current(event.type, event.schemaVersion)) events.push(event);
      else for (const shape of this.upcasting.up(event)) events.push(event.as(shape));
      if (bytes >= mostBytes) break;
    }
    return { events, rows, bytes, lastPosition, cut: bytes >= mostBytes };
  }
}

/** SQL for a page of the log: by a scan, or by an index. Both take the bounds, the values and the limit as parameters. */
function logQuery(
  { types, streams }: LogFilter,
  until: Until | undefined,
): { walk: string; jump: string; values: Values } {
  const conditions = ['position > ?', 'position <= ?'];
  const values: Values = [];
  let index = 'NOT INDEXED';
  if (until?.axis === 'occurred') {
    conditions.push('occurred_at <= ?');
    values.push(until.time);
  }
  if (streams?.every((prefix) => prefix.includes('-'))) {
    index = 'INDEXED BY event_category';
    conditions.push('category IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify(streams.map((prefix) => prefix.slice(0, prefix.indexOf('-')))));
  }
  if (streams?.some((prefix) => prefix.indexOf('-') !== prefix.length - 1)) {
    conditions.push(`(${streams.map(() => 'stream >= ? AND stream < ?').join(' OR ')})`);
    for (const prefix of streams) values.push(prefix, `${prefix}\u{10ffff}`);
  }
  if (types) {
    index = 'INDEXED BY event_type';
    conditions.push('type IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify(types));
  }
  const where = `WHERE ${conditions.join(' AND ')} ORDER BY position LIMIT ?`;
  const walk = `SELECT ${COLUMNS} FROM event NOT INDEXED ${where}`;
  // Selects positions first, since sorting whole rows would also move the bodies.
  const jump = `SELECT ${COLUMNS} FROM event
    WHERE position IN (SELECT position FROM event ${index} ${where}) ORDER BY position`;
  return { walk, jump: index === 'NOT INDEXED' ? walk : jump, values };
}
