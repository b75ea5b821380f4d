import type { RecordedEvent } from '../event-store/event-store.js';
import { bucketOf } from './histogram.js';
import type { CellChange, DocumentChange, StoredDocument } from './read-models.js';
import type { ReadModel, Rollup } from './rollup.js';

/** A handler that failed: the event, and the document it was about. */
export class PoisonEvent extends Error {
  constructor(
    readonly event: RecordedEvent,
    readonly key: string,
    cause: unknown,
  ) {
    super(`${event.type} at position ${event.position}: ${(cause as Error).message}`, { cause });
    this.name = 'PoisonEvent';
  }
}

export interface Folded {
  readonly documents: Map<string, DocumentChange>;
  readonly cells: Map<string, Map<string, CellChange>>;
  readonly parked: { key: string; position: number }[];
}

/** The documents a page of events is about. */
export function idsOf({ projection }: ReadModel, events: readonly RecordedEvent[]): string[] {
  const ids = new Set<string>();
  for (const event of events) for (const id of safeIds(projection, event)) ids.add(id);
  return [...ids];
}

/**
 * One page of events on the documents as they were before: one change per document and per cell, however many events
 * touched it. An event a document has already seen is skipped by its position. Pure.
 * @param before documents that exist or were removed; the others are new
 * @param parked keys whose events are put aside
 * @throws PoisonEvent
 */
export function foldPage(
  readModel: ReadModel,
  events: readonly RecordedEvent[],
  before: ReadonlyMap<string, StoredDocument>,
  zone: string,
  parked: ReadonlySet<string> = new Set(),
): Folded {
  const { projection, rollups } = readModel;
  const types = new Set(projection.types);
  const documents = new Map<string, { -readonly [K in keyof DocumentChange]: DocumentChange[K] }>();
  const aside: Folded['parked'] = [];
  for (const event of events) {
    if (!types.has(event.type)) continue;
    for (const id of safeIds(projection, event)) {
      if (parked.has(id)) {
        aside.push({ key: id, position: event.position });
        continue;
      }
      let change = documents.get(id);
      if (!change) {
        const stored = before.get(id);
        const document = stored?.document ?? null;
        change = { document, before: document, position: stored?.position ?? 0 };
      }
      if (change.position >= event.position) continue;
      try {
        change.document = projection.evolve(change.document, event, id);
      } catch (error) {
        throw new PoisonEvent(event, id, error);
      }
      change.position = event.position;
      if (change.document !== null || change.before !== null) documents.set(id, change);
    }
  }
  const cells = new Map<string, Map<string, CellChange>>();
  for (const rollup of rollups) cells.set(rollup.name, cellChanges(rollup, documents, zone));
  return { documents, cells, parked: aside };
}

/** An id that cannot be computed poisons the event under a key of its own: no document can be named for it. */
function safeIds(projection: ReadModel['projection'], event: RecordedEvent): readonly string[] {
  try {
    return projection.ids(event);
  } catch (error) {
    throw new PoisonEvent(event, event.stream, error);
  }
}

function cellChanges(
  rollup: Rollup,
  documents: ReadonlyMap<string, DocumentChange>,
  zone: string,
): Map<string, CellChange> {
  const changes = new Map<string, CellChange>();
  for (const { document, before } of documents.values()) {
    if (document === before) continue;
    if (before !== null) addCells(changes, rollup, before, zone, -1);
    if (document !== null) addCells(changes, rollup, document, zone, 1);
  }
  return changes;
}

/** A cell with a day is kept by day and by month, so that a window reads months and only its edges by day. */
function addCells(changes: Map<string, CellChange>, rollup: Rollup, document: unknown, zone: string, sign: 1 | -1): void {
  const { dimensions, measures } = rollup;
  for (const cell of rollup.cells(document, zone)) {
    const key = dimensions.map((dimension) => cell.key[dimension] ?? '');
    const name = key.join('\u0001');
    for (const period of periodsOf(cell.day)) {
      const place = `${period}\u0001${name}`;
      let change = changes.get(place);
      if (!change) {
        change = { period, key, measures: measures.map(() => 0), durations: new Map() };
        changes.set(place, change);
      }
      for (let index = 0; index < measures.length; index += 1) {
        change.measures[index]! += sign * (cell.measures?.[measures[index]!] ?? 0);
      }
      if (cell.durations) addDurations(change, cell.durations, sign);
    }
  }
}

function addDurations(change: CellChange, durations: Readonly<Record<string, number | undefined>>, sign: 1 | -1): void {
  for (const duration of Object.keys(durations)) {
    const milliseconds = durations[duration];
    if (milliseconds === undefined) continue;
    const place = `${duration}\u0001${bucketOf(milliseconds)}`;
    const sum = change.durations.get(place) ?? { count: 0, sum: 0 };
    sum.count += sign;
    sum.sum += sign * milliseconds;
    change.durations.set(place, sum);
  }
}

/** `a` always, `m2017-03` a month, `d2017-03-05` a day. */
function periodsOf(day: string | undefined): readonly string[] {
  return day === undefined ? ['a'] : [`m${day.slice(0, 7)}`, `d${day}`];
}

/** Ranges of periods, half-open, that make up a window: whole months where possible, days at the edges. */
export function periodRanges(from: string | undefined, to: string | undefined): readonly (readonly [string, string])[] {
  const ranges: [string, string][] = [['a', 'b']];
  const firstMonth = from === undefined ? '' : from.endsWith('-01') ? from.slice(0, 7) : monthAfter(from);
  const lastMonth = to === undefined ? '~' : to.slice(0, 7);
  if (firstMonth > lastMonth) return [...ranges, [`d${from}`, `d${to}`]];
  if (from !== undefined && !from.endsWith('-01')) ranges.push([`d${from}`, `d${firstMonth}-01`]);
  ranges.push([`m${firstMonth}`, `m${lastMonth}`]);
  if (to !== undefined && !to.endsWith('-01')) ranges.push([`d${lastMonth}-01`, `d${to}`]);
  return ranges;
}

function monthAfter(day: string): string {
  const year = Number(day.slice(0, 4));
  const month = Number(day.slice(5, 7));
  return month === 12 ? `${String(year + 1).padStart(4, '0')}-01` : `${day.slice(0, 4)}-${String(month + 1).padStart(2, '0')}`;
}
