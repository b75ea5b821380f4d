import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { relatedStreams } from '../../projections/related-streams.js';
import { structureChart } from '../../projections/structure-chart.js';
import type { Subject } from '../context.js';
import { Missing, Refusal } from '../errors.js';
import { EventStore } from '../event-store/event-store.js';
import { EventTypes } from '../event-store/event-types.js';
import type { Actor, ImportRow, Metadata, RecordedEvent } from '../event-store/event-store.js';
import { checkPosition, checkWindow, Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import { normalForm } from '../text.js';
import { namesIn } from './names.js';
import type { Names } from './names.js';

/** What has a history, by its name: what the contexts say of themselves. */
export class Subjects {
  constructor(readonly all: Readonly<Record<string, Subject>>) {}
}

/** One event for an auditor: actor, business time, recording time, data, reason, rule, and cause. */
export interface HistoryEntry {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly source: Metadata['source'];
  readonly reason: string | null;
  readonly rule: Metadata['rule'] | null;
  /** The event that made a process act. */
  readonly causedBy: string | null;
  readonly correlationId: string;
  readonly importId: string | null;
  /** The row of the import that said so. */
  readonly importRow: ImportRow | null;
  /** Everything that was recorded, old and new values included. */
  readonly data: unknown;
}

export interface History {
  readonly subject: string;
  readonly id: string;
  /** Position of the log the answer was read at. */
  readonly position: number;
  readonly entries: readonly HistoryEntry[];
  /** What the people, positions and units that the entries name by their ids are called today, by id. */
  readonly names: Names;
  /** Position to go on after; absent when nothing follows. */
  readonly next?: number;
}

/** Which events; those that fit all that is said. */
export interface EventFilter {
  /** Id or name of the actor. */
  readonly actor?: string | undefined;
  /** Id of the import that brought them. */
  readonly importId?: string | undefined;
  /** Inclusive; business time, where nothing else is said. */
  readonly since?: string | undefined;
  /** Exclusive, likewise. */
  readonly before?: string | undefined;
}

export interface HistoryRange extends When, EventFilter {
  /** Entries after this position. */
  readonly from?: number | undefined;
  /** At most this many, 100 by default; never cut short otherwise. */
  readonly limit?: number | undefined;
  readonly types?: readonly string[] | undefined;
}

/** Everything that happened to a customer, or to something else, in log order. */
export class GetHistory extends Query<History> {
  constructor(
    readonly subject: string,
    readonly id: string,
    readonly range: HistoryRange = {},
  ) {
    super();
  }
}

@QueryHandler(GetHistory)
export class GetHistoryHandler implements IQueryHandler<GetHistory> {
  constructor(
    private readonly store: EventStore,
    private readonly reading: Reading,
    private readonly types: EventTypes,
    private readonly subjects: Subjects,
  ) {}

  async execute({ subject, id, range }: GetHistory): Promise<History> {
    const of = this.subjects.all[subject]!;
    const position = await this.store.head();
    const { limit = 100, actor } = range;
    this.#check(range, position);
    const until = this.reading.until(range);
    const entries: HistoryEntry[] = [];
    const actors = new Map<string, Actor>();
    let known = false;
    for (const stream of await this.#streams(of, id, range)) {
      for await (const event of this.store.stream(stream, until ? { until } : {})) {
        if (!about(event, of, id)) continue;
        known = true;
        const by = event.metadata.actor;
        actors.set(`${by.id} ${by.name}`, by);
        if (event.position <= position && matches(event, range)) entries.push(entryOf(event));
      }
    }
    if (!known) throw new Missing(subject, id);
    if (actor !== undefined) checkActor(actor, [...actors.values()]);
    entries.sort((a, b) => a.position - b.position);
    const page = entries.slice(0, limit);
    const last = page.at(-1);
    const next = last && entries.length > limit ? { next: last.position } : {};
    const chart = await this.reading.of(structureChart, wanted(range));
    const names = await namesIn(
      chart,
      page.map(({ data }) => data),
    );
    return { subject, id, position, entries: page, names, ...next };
  }

  #check({ from = 0, types, since, before }: HistoryRange, head: number): void {
    this.types.check(types);
    checkWindow('before', since, before);
    checkPosition('from', from, head);
  }

  /** The subject's own stream; a customer's history is also that of its opportunities and tasks, and of those merged into it. */
  async #streams({ stream, related }: Subject, id: string, range: HistoryRange): Promise<readonly string[]> {
    const own = stream(id);
    if (!related) return [own];
    const readModels = await this.reading.of(relatedStreams, wanted(range));
    const streams = new Set([own]);
    const prefix = stream('');
    // With those of customers that were merged into it, and into these.
    for (const each of streams) {
      if (!each.startsWith(prefix)) continue;
      const filter = { customerIds: { $has: each.slice(prefix.length) } };
      let cursor: string | undefined;
      do {
        const page = await readModels.find(relatedStreams, { filter, limit: 1_000, cursor });
        for (const found of page.items) streams.add(found.stream);
        cursor = page.next;
      } while (cursor !== undefined);
    }
    return [...streams];
  }
}

/** Read models as they are today, once they show what the asker has seen succeed. */
const wanted = ({ after }: HistoryRange): When => (after === undefined ? {} : { after });

/** Names are compared in their normal form, ids as they are. */
const isActor = ({ id, name }: Actor, asked: string): boolean => id === asked || normalForm(name) === normalForm(asked);

/** Actors that are named at most where the one asked for did nothing. */
const MOST_CANDIDATES = 10;

/** @throws Refusal `actor-unknown`, with those that did something */
function checkActor(asked: string, actors: readonly Actor[]): void {
  if (actors.some((actor) => isActor(actor, asked))) return;
  const candidates = actors.slice(0, MOST_CANDIDATES).map(({ id, name }) => ({ id, name }));
  throw new Refusal('actor-unknown', `Nothing here was done by ${asked}.`, { field: 'actor', candidates }, 404);
}

function about(event: RecordedEvent, { field }: Subject, id: string): boolean {
  return field === undefined || (event.data as Record<string, unknown>)[field] === id;
}

function matches(event: RecordedEvent, { from = 0, types, ...filter }: HistoryRange): boolean {
  if (event.position <= from) return false;
  if (types && !types.includes(event.type)) return false;
  return fits(event, filter);
}

/** @param axis which of its times `since` and `before` mean */
export function fits(event: RecordedEvent, filter: EventFilter, axis: 'occurred' | 'recorded' = 'occurred'): boolean {
  const { metadata } = event;
  const { actor, importId, since, before } = filter;
  const time = axis === 'occurred' ? event.occurredAt : event.recordedAt;
  if (since !== undefined && time < since) return false;
  if (before !== undefined && time >= before) return false;
  if (importId !== undefined && metadata.importId !== importId) return false;
  return actor === undefined || isActor(metadata.actor, actor);
}

/** An event of the log as an auditor reads it. */
export function entryOf(event: RecordedEvent): HistoryEntry {
  const { position, stream, revision, id, type, occurredAt, recordedAt, metadata, data } = event;
  const { actor, source, reason = null, rule = null, causationId = null, correlationId } = metadata;
  const { importId = null, importRow = null } = metadata;
  return {
    position,
    stream,
    revision,
    eventId: id,
    type,
    occurredAt,
    recordedAt,
    actor,
    source,
    reason,
    rule,
    causedBy: causationId,
    correlationId,
    importId,
    importRow,
    data,
  };
}
