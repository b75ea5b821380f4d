import type { EventCodec } from '../codec.js';
import { idFrom } from '../../ids.js';
import type { EsdbBytes } from './bytes.js';
import type { EsdbEvent } from './wire-event.js';
import type { EsdbNewEvent } from './client.js';
import type { ForeignEvent, LogFilter, Metadata, NewEvent, RecordedEvent } from '../event-store.js';
import type { Upcasting } from '../upcasting.js';

/** Stream that lists the event types and schema versions of the log. */
export const VERSIONS_STREAM = 'annals-schema-versions';

/** Stream with the recording times of moved events of other programs; their own bytes are not changed. */
export const TIMES_STREAM = 'annals-recording-times';

/** Prefix of streams whose last event is a document of this program; no category is called `annals`. */
const DOCUMENTS = 'annals-document-';

export const documentStream = (name: string): string => `${DOCUMENTS}${name}`;

/** Whether a stream, or the one whose metadata it holds, is for this program's own use and not part of the log. */
export function isBookkeeping(stream: string): boolean {
  const name = stream.startsWith('$$') ? stream.slice(2) : stream;
  return name === VERSIONS_STREAM || name === TIMES_STREAM || name.startsWith(DOCUMENTS);
}

/** Recording times of consecutive events of a stream, stored before these are appended. */
export interface NotedTimes {
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: readonly string[];
}

/** Metadata with the fields that a server has no place for, as the subscription endpoint also sends it. */
export type StoredMetadata = Metadata & {
  readonly occurredAt: string;
  readonly schemaVersion: number;
  /** Only for moved events; otherwise the server's time counts. */
  readonly recordedAt?: string;
};

/** Prepares an event for the server. @throws for an event that could not be read again */
export function storedEvent(
  event: NewEvent | ForeignEvent,
  stream: string,
  codec: EventCodec,
): EsdbNewEvent | EsdbBytes {
  if ('foreign' in event) return { id: event.id, type: event.type, foreign: event.foreign };
  const { id, type, schemaVersion, occurredAt, recordedAt, metadata } = event;
  if (typeof occurredAt !== 'string') throw new Error('an event needs its business time');
  // Serialised here, so that invalid data fails this append only and not the shared connection.
  const data: unknown = JSON.parse(JSON.stringify(codec.encode(event, stream) ?? null));
  return { id, type, data, metadata: { ...metadata, occurredAt, schemaVersion, ...(recordedAt && { recordedAt }) } };
}

/** @param revision future revision of the first event */
export function notedTimes(stream: string, revision: number, events: readonly ForeignEvent[]): EsdbNewEvent {
  const data: NotedTimes = { stream, revision, recordedAt: events.map(({ recordedAt }) => recordedAt!) };
  const last = events.at(-1)!.id;
  return { id: idFrom('recording-times', stream, last), type: 'RecordingTimesNoted', data, metadata: {} };
}

/** Converts stored events to events of the port. */
export class EsdbEvents {
  constructor(
    private readonly codec: EventCodec,
    private readonly upcasting: Upcasting,
  ) {}

  /** The event in its current schema version; nothing for events of other programs, which no projection can fold. */
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

  /** All stored event types that upcasters turn into one of these. */
  sources(types: readonly string[]): readonly string[] {
    return this.upcasting.sources(types);
  }
}

/** Whether the metadata is that of an event of Annals. */
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

/** Exact filter after upcasting; the server's filter comes before it and is coarser. */
export const passes = (event: RecordedEvent, { types, streams }: LogFilter): boolean =>
  (!types || types.includes(event.type)) && (!streams || streams.some((prefix) => event.stream.startsWith(prefix)));

/** Estimated memory of a body in bytes; limits the size of pages. */
export function weightOf(body: unknown): number {
  if (typeof body === 'string') return body.length + 16;
  if (typeof body !== 'object' || body === null) return 16;
  let weight = 16;
  for (const key in body) weight += key.length + weightOf((body as Record<string, unknown>)[key]);
  return weight;
}
