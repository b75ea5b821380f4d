import type { RecordedEvent } from '../event-store/event-store.js';
import { bucketOf } from './histogram.js';
import type { Projection } from './projection.js';
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

type Change = { -readonly [Field in keyof DocumentChange]: DocumentChange[Field] };

export interface Folded {
  readonly documents: Map<string, DocumentChange>;
  readonly cells: Map<string, Map<string, CellChange>>;
  readonly parked: { key: string; position: number }[];
}

/** The key under which the events of a stream are parked when not even their documents can be named. */
export const keyOfStream = (stream: string): string => `stream:${stream}`;

/** The documents a page of events is about, as far as they can be named. */
export function idsOf(
  { projection }: ReadModel,
  events: readonly RecordedEvent[],
  parked: ReadonlySet<string>,
): string[] {
  const types = new Set(projection.types);
  const found = new Set<string>();
  for (const event of events) {
    if (!types.has(event.type) || parked.has(keyOfStream(event.stream))) continue;
    try {
      for (const id of idsIn(projection, event)) found.add(id);
    } catch {
      // Folding comes to this event in its turn, and says what is wrong with it.
    }
  }
  return [...found];
}

function idsIn(projection: Projection, event: RecordedEvent): readonly string[] {
  const ids = projection.ids(event);
  if (!ids.every((id) => typeof id === 'string' && id !== ''))
    throw new Error(`not ids of documents: ${JSON.stringify(ids)}`);
  return ids.length > 1 ? [...new Set(ids)] : ids;
}

/**
 * One page of events on the documents as they were before: one change per document and per cell, however many events
 * touched it. An event a document has already seen is skipped by its position. Pure.
 * @param before documents that exist or were removed; the others are new
 * @param parked keys whose events are put aside
 * @throws PoisonEvent
 */
export function foldPage(
  { projection, rollups }: ReadModel,
  events: readonly RecordedEvent[],
  before: ReadonlyMap<string, StoredDocument>,
  zone: string,
  parked: ReadonlySet<string> = new Set(),
): Folded {
  const types = new Set(projection.types);
  const documents = new Map<string, Change>();
  const aside: Folded['parked'] = [];
  for (const event of events) {
    if (!types.has(event.type)) continue;
    const stream = keyOfStream(event.stream);
    if (parked.has(stream)) {
      aside.push({ key: stream, position: event.position });
      continue;
    }
    for (const id of orPoison(
      () => event,
      stream,
      () => idsIn(projection, event),
    )) {
      if (parked.has(id)) {
        aside.push({ key: id, position: event.position });
        continue;
      }
      const stored = before.get(id);
      // By what was stored, not by what this page did: an event split by an upcaster comes in parts of one position.
      if (stored && stored.position >= event.position) continue;
      const old = stored?.document ?? null;
      const change = documents.get(id) ?? { document: old, before: old, position: 0 };
      change.document = orPoison(
        () => event,
        id,
        () => projection.evolve(change.document, event, id),
      );
      change.position = event.position;
      if (change.document !== null || old !== null) documents.set(id, change);
    }
  }
  const cells = new Map<string, Map<string, CellChange>>();
  for (const rollup of rollups) {
    const changes = new Map<string, CellChange>();
    for (const [id, { document, before: old, position }] of documents) {
      if (document === old) continue;
      const last = () => events.find((event) => event.position === position)!;
      orPoison(last, id, () => {
        if (old !== null) addCells(changes, rollup, old, zone, -1);
        if (document !== null) addCells(changes, rollup, document, zone, 1);
      });
    }
    summarise(changes, rollup);
    cells.set(rollup.name, changes);
  }
  return { documents, cells, parked: aside };
}

function orPoison<Result>(event: () => RecordedEvent, key: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new PoisonEvent(event(), key, error);
  }
}

/** Cells of all dimensions are kept by day; they are read for the edges of a window, and where no summary will do. */
function addCells(
  changes: Map<string, CellChange>,
  rollup: Rollup,
  document: unknown,
  zone: string,
  sign: 1 | -1,
): void {
  const { dimensions, measures } = rollup;
  for (const cell of rollup.cells(document, zone)) {
    const key = dimensions.map((dimension) => cell.key[dimension] ?? '');
    const name = key.join('\u0001');
    const period = cell.day === undefined ? 'a' : `d${cell.day}`;
    const place = `${period}\u0001${name}`;
    let change = changes.get(place);
    if (!change) {
      change = { summary: 0, period, key, measures: measures.map(() => 0), durations: new Map() };
      changes.set(place, change);
    }
    for (let index = 0; index < measures.length; index += 1) {
      change.measures[index]! += sign * whole(cell.measures?.[measures[index]!] ?? 0);
    }
    if (cell.durations) addDurations(change, cell.durations, sign);
  }
}

/** What changed, added up by month for every summary: most of a page cancels out before it gets here. */
function summarise(changes: Map<string, CellChange>, { dimensions, measures, summaries }: Rollup): void {
  const all = [...changes.values()].filter(isChange);
  for (const [index, summary] of summaries.entries()) {
    const kept = dimensions.map((dimension) => summary.includes(dimension));
    for (const { period: day, key: whole, measures: more, durations } of all) {
      const period = day === 'a' ? day : `m${day.slice(1, 8)}`;
      const key = whole.map((value, at) => (kept[at] ? value : ''));
      const place = `${index + 1}\u0001${period}\u0001${key.join('\u0001')}`;
      let sum = changes.get(place);
      if (!sum) {
        sum = { summary: index + 1, period, key, measures: measures.map(() => 0), durations: new Map() };
        changes.set(place, sum);
      }
      for (let at = 0; at < more.length; at += 1) sum.measures[at]! += more[at]!;
      for (const [duration, { count, sum: total }] of durations) {
        const before = sum.durations.get(duration);
        sum.durations.set(duration, { count: (before?.count ?? 0) + count, sum: (before?.sum ?? 0) + total });
      }
    }
  }
}

const isChange = ({ measures, durations }: CellChange): boolean =>
  measures.some((value) => value !== 0) || [...durations.values()].some(({ count, sum }) => count !== 0 || sum !== 0);

function addDurations(change: CellChange, durations: Readonly<Record<string, number | undefined>>, sign: 1 | -1): void {
  for (const duration of Object.keys(durations)) {
    const milliseconds = durations[duration];
    if (milliseconds === undefined) continue;
    const place = `${duration}\u0001${bucketOf(milliseconds)}`;
    const sum = change.durations.get(place) ?? { count: 0, sum: 0 };
    sum.count += sign;
    sum.sum += sign * whole(milliseconds);
    change.durations.set(place, sum);
  }
}

/** Fractions would not add up to what is taken away again. */
function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Error(`a cell holds whole numbers, not ${value}`);
  return value;
}

/**
 * Ranges of periods, half-open, that make up a window: whole months where possible, days at the edges. A period is `a` for
 * always, `m2017-03` for a month, `d2017-03-05` for a day.
 * @param days whether months will not do: days are asked for, or no summary has what is asked for
 */
export function periodRanges(
  from: string | undefined,
  to: string | undefined,
  days = false,
): readonly (readonly [string, string])[] {
  const ranges: [string, string][] = [['a', 'b']];
  const firstMonth = from === undefined ? '' : from.endsWith('-01') ? from.slice(0, 7) : monthAfter(from);
  const lastMonth = to === undefined ? '~' : to.slice(0, 7);
  if (days || firstMonth > lastMonth) return [...ranges, [`d${from ?? ''}`, `d${to ?? '~'}`]];
  if (from !== undefined && !from.endsWith('-01')) ranges.push([`d${from}`, `d${firstMonth}-01`]);
  ranges.push([`m${firstMonth}`, `m${lastMonth}`]);
  if (to !== undefined && !to.endsWith('-01')) ranges.push([`d${lastMonth}-01`, `d${to}`]);
  return ranges;
}

function monthAfter(day: string): string {
  const year = Number(day.slice(0, 4));
  const month = Number(day.slice(5, 7));
  return month === 12
    ? `${String(year + 1).padStart(4, '0')}-01`
    : `${day.slice(0, 4)}-${String(month + 1).padStart(2, '0')}`;
}
