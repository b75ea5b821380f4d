import { isDeepStrictEqual } from 'node:util';
import type { EventStore, RecordedEvent } from '../../event-store/event-store.js';
import { partitionOf } from '../partitions.js';
import type { Projection } from '../projection.js';
import type { Generation } from '../generation.js';
import type { ReadModels, StoredDocument } from '../read-models.js';
import type { ReadModel } from '../rollup.js';

/** Events and fields that are shown of a document: the last events, the first fields. */
const SHOWN = 5;

export interface DocumentEvent {
  readonly position: number;
  readonly type: string;
  readonly occurredAt: string;
}

export interface FieldDifference {
  readonly path: string;
  readonly active: string | null;
  readonly other: string | null;
}

export interface DocumentDifference {
  readonly id: string;
  /** In which of the two copies it is. */
  readonly in: 'both' | 'active' | 'other';
  /** The first fields that differ, where it is in both; their values as JSON text, null where there is none. */
  readonly fields: readonly FieldDifference[];
  /** How many events made it. */
  readonly made: number;
  /** The last of them. */
  readonly events: readonly DocumentEvent[];
}

export interface Differences {
  /** Both copies show everything up to here; documents that changed later are not compared. */
  readonly position: number;
  readonly documents: { readonly active: number; readonly other: number };
  readonly differ: number;
  readonly onlyInActive: number;
  readonly onlyInOther: number;
  readonly notCompared: number;
  /** As many as were asked for. */
  readonly examples: readonly DocumentDifference[];
}

export interface Compared {
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly readModel: ReadModel;
  /** All partitions of the copy that serves, and of the other one. */
  readonly active: readonly Generation[];
  readonly other: readonly Generation[];
  /** Documents that are listed. */
  readonly limit: number;
}

/** Compares the documents of two copies of a read model, some at a time, however many there are. */
export async function differencesOf(compared: Compared): Promise<Differences> {
  const { store, readModel, active, other, limit } = compared;
  const position = Math.min(...[...active, ...other].map((each) => each.position));
  const counts = { differ: 0, onlyInActive: 0, onlyInOther: 0, notCompared: 0 };
  const documents = { active: 0, other: 0 };
  const found: Omit<DocumentDifference, 'made' | 'events'>[] = [];
  const note = (difference: (typeof found)[number]) => {
    if (found.length < limit) found.push(difference);
  };
  for await (const [id, mine, theirs] of pairs(compared, active)) {
    documents.active += 1;
    if (Math.max(mine.position, theirs?.position ?? 0) > position) counts.notCompared += 1;
    else if (!theirs?.document) {
      counts.onlyInActive += 1;
      note({ id, in: 'active', fields: [] });
    } else if (!isDeepStrictEqual(mine.document, theirs.document)) {
      counts.differ += 1;
      note({ id, in: 'both', fields: fieldsOf(mine.document, theirs.document).slice(0, SHOWN) });
    }
  }
  for await (const [id, theirs, mine] of pairs(compared, other)) {
    documents.other += 1;
    if (mine?.document) continue;
    if (Math.max(theirs.position, mine?.position ?? 0) > position) counts.notCompared += 1;
    else {
      counts.onlyInOther += 1;
      note({ id, in: 'other', fields: [] });
    }
  }
  const ids = found.map(({ id }) => id);
  const made = await eventsOf(store, readModel.projection, ids, position);
  const examples = found.map((each) => {
    const events = made.get(each.id) ?? [];
    return { ...each, made: events.length, events: events.slice(-SHOWN) };
  });
  return { position, documents, ...counts, examples };
}

type Pair = readonly [id: string, one: StoredDocument, other: StoredDocument | undefined];

/** Every document of one copy with the one of the same id in the other. */
async function* pairs(
  { readModels, readModel, active, other }: Compared,
  of: readonly Generation[],
): AsyncGenerator<Pair> {
  const beside = of === active ? other : active;
  for (const generation of of) {
    for await (const contents of readModels.contents(generation, { ...readModel, rollups: [] })) {
      const ids = contents.map(([id]) => id);
      const own = await readModels.documents(generation, ids);
      const theirs = new Map<string, StoredDocument>();
      for (const each of beside) {
        const part = ids.filter((id) => partitionOf(id, beside.length) === each.partition);
        for (const [id, stored] of part.length > 0 ? await readModels.documents(each, part) : [])
          theirs.set(id, stored);
      }
      for (const id of ids) {
        const mine = own.get(id);
        // Removed since it was listed.
        if (mine?.document) yield [id, mine, theirs.get(id)];
      }
    }
  }
}

/** The events that made documents: from their streams, or from all of the log where they have none. */
async function eventsOf(
  store: EventStore,
  projection: Projection,
  ids: readonly string[],
  to: number,
): Promise<ReadonlyMap<string, readonly DocumentEvent[]>> {
  const made = new Map<string, DocumentEvent[]>(ids.map((id) => [id, []]));
  const { types, stream } = projection;
  const note = (event: DocumentEvent, id: string) => {
    const { position, type, occurredAt } = event;
    made.get(id)?.push({ position, type, occurredAt });
  };
  for (const id of stream ? ids : []) {
    for await (const event of store.stream(stream!(id))) {
      if (event.position <= to && types.includes(event.type) && idsIn(projection, event).includes(id)) note(event, id);
    }
  }
  for (let after = 0, end = stream !== undefined || ids.length === 0; !end;) {
    const page = await store.readLog({ after, to, types });
    for (const event of page.events) for (const id of idsIn(projection, event)) note(event, id);
    [after, end] = [page.scanned, page.end];
  }
  return made;
}

/** The documents that an event is about; none where the projection cannot say, which is why the event is parked. */
function idsIn(projection: Projection, event: RecordedEvent): readonly string[] {
  try {
    return projection.ids(event);
  } catch {
    return [];
  }
}

/** Where two documents differ, field by field. */
function fieldsOf(active: unknown, other: unknown, path = ''): DocumentDifference['fields'] {
  if (isDeepStrictEqual(active, other)) return [];
  if (!isObject(active) || !isObject(other)) return [{ path, active: textOf(active), other: textOf(other) }];
  const keys = new Set([...Object.keys(active), ...Object.keys(other)]);
  return [...keys].flatMap((key) => fieldsOf(active[key], other[key], path === '' ? key : `${path}.${key}`));
}

const textOf = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** In one sentence, for the reason why a copy did not take over. */
export function sentenceOf({ documents, differ, onlyInActive, onlyInOther, examples }: Differences): string {
  const counts = `${differ} of ${documents.active} documents differ, ${onlyInActive} are missing, ${onlyInOther} are new`;
  const shown = examples.map(
    ({ id, events }) => `${id} (${events.map(({ type, position }) => `${type} at ${position}`).join(', ')})`,
  );
  return shown.length > 0 ? `${counts}: ${shown.join('; ')}` : `${counts}, so it is their reports that do`;
}
