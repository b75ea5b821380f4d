import type { RecordedEvent } from '../../event-store/event-store.js';
import { addCells, cellsIn, summarise } from '../cells.js';
import type { Projection } from '../projection.js';
import type { CellChange, DocumentChange, StoredDocument } from '../read-models.js';
import type { ReadModel } from '../rollup.js';

/** A handler that failed: the event, and the document it was about. */
export class PoisonEvent extends Error {
  /** @param where whether the event could not be folded, or a report could not count what it made of the document */
  constructor(
    readonly event: RecordedEvent,
    readonly key: string,
    cause: unknown,
    readonly where: 'event' | 'figures' = 'event',
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

const isParked = (parked: ReadonlySet<string>, { stream }: RecordedEvent): boolean =>
  parked.size > 0 && parked.has(keyOfStream(stream));

/** The documents a page of events is about, as far as they can be named. */
export function idsOf(
  { projection }: ReadModel,
  events: readonly RecordedEvent[],
  parked: ReadonlySet<string>,
): string[] {
  const types = new Set(projection.types);
  const found = new Set<string>();
  for (const event of events) {
    if (!types.has(event.type) || isParked(parked, event)) continue;
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
 * @param uncounted documents whose cells are not in the reports yet; the page has an event that each has seen
 * @throws PoisonEvent
 */
export function foldPage(
  { projection, rollups }: ReadModel,
  events: readonly RecordedEvent[],
  before: ReadonlyMap<string, StoredDocument>,
  zone: string,
  parked: ReadonlySet<string> = new Set(),
  uncounted: ReadonlySet<string> = new Set(),
): Folded {
  const types = new Set(projection.types);
  const documents = new Map<string, Change>();
  for (const id of uncounted) {
    const { document, position } = before.get(id)!;
    documents.set(id, { document, before: document, isNew: false, position });
  }
  const aside: Folded['parked'] = [];
  for (const event of events) {
    if (!types.has(event.type)) continue;
    if (isParked(parked, event)) {
      aside.push({ key: keyOfStream(event.stream), position: event.position });
      continue;
    }
    for (const id of idsOrPoison(projection, event)) {
      if (parked.has(id)) {
        aside.push({ key: id, position: event.position });
        continue;
      }
      const stored = before.get(id);
      // By what was stored, not by what this page did: an event split by an upcaster comes in parts of one position.
      if (stored && stored.position >= event.position) continue;
      const old = stored?.document ?? null;
      const change = documents.get(id) ?? { document: old, before: old, isNew: stored === undefined, position: 0 };
      try {
        change.document = projection.evolve(change.document, event, id);
      } catch (error) {
        throw new PoisonEvent(event, id, error);
      }
      change.position = event.position;
      if (change.document !== null || old !== null) documents.set(id, change);
    }
  }
  const cells = new Map<string, Map<string, CellChange>>();
  for (const rollup of rollups) {
    const changes = new Map<string, CellChange>();
    for (const [id, { document, before: old, position }] of documents) {
      const isCounted = !uncounted.has(id);
      if (document === old && isCounted) continue;
      try {
        if (old !== null && isCounted) addCells(changes, rollup, cellsIn(rollup, old, zone), -1);
        if (document !== null) addCells(changes, rollup, cellsIn(rollup, document, zone), 1);
      } catch (error) {
        const last = events.find((event) => event.position === position)!;
        throw new PoisonEvent(last, id, error, 'figures');
      }
    }
    summarise(changes, rollup);
    cells.set(rollup.name, changes);
  }
  return { documents, cells, parked: aside };
}

function idsOrPoison(projection: Projection, event: RecordedEvent): readonly string[] {
  try {
    return idsIn(projection, event);
  } catch (error) {
    throw new PoisonEvent(event, keyOfStream(event.stream), error);
  }
}
