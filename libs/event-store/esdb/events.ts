import type { EventCodec } from '../codec.js';
import { idFrom } from '../../ids.js';
import type { EsdbBytes } from './bytes.js';
import type { EsdbEvent, EsdbNewEvent } from './client.js';
import type { ForeignEvent, LogFilter, Metadata, NewEvent, RecordedEvent } from '../event-store.js';
import type { Upcasting } from '../upcasting.js';

/** Where it is listed which types and schema versions the log holds. */
export const VERSIONS_STREAM = 'annals-schema-versions';

/** When the events of other programs were recorded that were moved here: what they hold is theirs, and not added to. */
export const TIMES_STREAM = 'annals-recording-times';

/** What stands in the server for this program's own use, and is no part of the log. */
export const isBookkeeping = (stream: string): boolean => stream === VERSIONS_STREAM || stream === TIMES_STREAM;

/** Times of neighbouring events of one stream, noted before these are appended. */
export interface NotedTimes {
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: readonly string[];
}

/** What a server has no field for stands beside the metadata, as the subscription endpoint gives it to its readers. */
export type StoredMetadata = Metadata & {
  readonly occurredAt: string;
  readonly schemaVersion: number;
  /** Where it was moved here; otherwise the server says when it was recorded. */
  readonly recordedAt?: string;
};

/** @throws for an event that could not be read again */
export function storedEvent(
  event: NewEvent | ForeignEvent,
  stream: string,
  codec: EventCodec,
): EsdbNewEvent | EsdbBytes {
  if ('foreign' in event) return { id: event.id, type: event.type, foreign: event.foreign };
  const { id, type, schemaVersion, occurredAt, recordedAt, metadata } = event;
  if (typeof occurredAt !== 'string') throw new Error('an event needs its business time');
  // Serialised once here, so that what JSON cannot say fails this append and not the connection that others share.
  const data: unknown = JSON.parse(JSON.stringify(codec.encode(event, stream) ?? null));
  return { id, type, data, metadata: { ...metadata, occurredAt, schemaVersion, ...(recordedAt && { recordedAt }) } };
}

/** @param revision where the first of them will lie */
export function notedTimes(stream: string, revision: number, events: readonly ForeignEvent[]): EsdbNewEvent {
  const data: NotedTimes = { stream, revision, recordedAt: events.map(({ recordedAt }) => recordedAt!) };
  const last = events.at(-1)!.id;
  return { id: idFrom('recording-times', stream, last), type: 'RecordingTimesNoted', data, metadata: {} };
}

/** Events of Annals as the port has them. */
export class EsdbEvents {
  constructor(
    private readonly codec: EventCodec,
    private readonly upcasting: Upcasting,
  ) {}

  /** The event in its current shape. Nothing for one of another program: no rule has seen it, nothing here could fold it. */
  of(stored: EsdbEvent): readonly RecordedEvent[] {
    const { stream, revision, position, id } = stored;
    if (isBookkeeping(stream) || !isOurs(stored.metadata) || stored.data === undefined) return [];
    const { occurredAt, schemaVersion, recordedAt = stored.recordedAt, ...metadata } = stored.metadata;
    const data = this.codec.decode(stored, stored.data);
    const { type } = stored;
    const place = { position, stream, revision, id };
    const event = { ...place, type, schemaVersion, occurredAt, recordedAt, data, metadata };
    if (this.upcasting.current(type, schemaVersion)) return [event];
    return this.upcasting.up(event).map((shape) => ({
      ...place,
      type: shape.type,
      schemaVersion: shape.schemaVersion,
      occurredAt,
      recordedAt,
      data: shape.data,
      metadata,
    }));
  }

  /** Types to ask the server for, to find events that have one of these now. */
  sources(types: readonly string[]): readonly string[] {
    return this.upcasting.sources(types);
  }
}

/** Whether an event with this metadata is taken for one of Annals. */
export function isOurs(metadata: unknown): metadata is StoredMetadata {
  if (typeof metadata !== 'object' || metadata === null) return false;
  const { occurredAt, schemaVersion, commandId, actor } = metadata as Partial<Record<keyof StoredMetadata, unknown>>;
  return (
    typeof occurredAt === 'string' &&
    Number.isInteger(schemaVersion) &&
    typeof commandId === 'string' &&
    typeof actor === 'object'
  );
}

/** Whether an event in its current shape passes; a server filters coarser, and before upcasting. */
export const passes = (event: RecordedEvent, { types, streams }: LogFilter): boolean =>
  (!types || types.includes(event.type)) && (!streams || streams.some((prefix) => event.stream.startsWith(prefix)));

/** About how much memory a body takes, in bytes: what a page is cut by. */
export function weightOf(body: unknown): number {
  if (typeof body === 'string') return body.length + 16;
  if (typeof body !== 'object' || body === null) return 16;
  let weight = 16;
  for (const key in body) weight += key.length + weightOf((body as Record<string, unknown>)[key]);
  return weight;
}
