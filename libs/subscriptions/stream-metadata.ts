import type { EventStore, ForeignEvent, RecordedEvent } from '../event-store/event-store.js';
import { newId } from '../ids.js';
import { StreamDeleted } from './refusals.js';

/** Event types of the protocol for stream metadata and for tombstones. */
export const METADATA = '$metadata';
const TOMBSTONE = '$streamDeleted';
/** Metadata of a deleted stream: hides all events before this revision. */
const DELETED = '{"$tb":9223372036854775807}';

/** Name of the stream that holds the metadata of a stream. */
export const metastreamOf = (stream: string): string => `$$${stream}`;

/** Name of the stream that a metadata stream describes; nothing for other streams. */
export const describedBy = (stream: string): string | undefined =>
  stream.startsWith('$$') ? stream.slice(2) : undefined;

/** Metadata of a stream. `$acl` is stored and not applied: access rights are not per stream. */
export interface StreamMetadata {
  readonly deleted: boolean;
  /** The complete metadata, kept for the next metadata event. */
  readonly said: Readonly<Record<string, unknown>>;
}

/** Range of a stream that readers see. */
export interface Shown {
  readonly first: number;
  /** Recorded at this time or later. */
  readonly since: string;
}

export async function lastOf(store: EventStore, stream: string): Promise<RecordedEvent | undefined> {
  const { events } = await store.readStream(stream, { backwards: true, limit: 1 });
  return events[0];
}

export async function metadataOf(store: EventStore, stream: string): Promise<StreamMetadata> {
  const event = await lastOf(store, metastreamOf(stream));
  const { foreign, data } = event ?? {};
  const said = foreign && typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  return { said, deleted: Number(said['$tb']) > Number.MAX_SAFE_INTEGER };
}

/** Whether the event is a tombstone, which ends a stream permanently. */
export const isTombstone = (event: RecordedEvent | undefined): boolean =>
  event?.type === TOMBSTONE && event.foreign !== undefined;

/**
 * The range of a stream that readers see; nothing for a stream that does not exist or is deleted.
 * @throws StreamDeleted when it has a tombstone
 */
export async function shownOf(store: EventStore, stream: string, now = Date.now()): Promise<Shown | undefined> {
  const described = describedBy(stream);
  if (described !== undefined && isTombstone(await lastOf(store, described))) throw new StreamDeleted(stream);
  const last = await lastOf(store, stream);
  if (!last) return undefined;
  if (isTombstone(last)) throw new StreamDeleted(stream);
  // Of a metadata stream only the last event counts.
  if (described !== undefined) return { first: last.revision, since: '' };
  const { deleted, said } = await metadataOf(store, stream);
  if (deleted) return undefined;
  const maxCount = numberOf(said['$maxCount']) ?? Infinity;
  const maxAge = numberOf(said['$maxAge']);
  return {
    first: Math.max(0, numberOf(said['$tb']) ?? 0, last.revision - maxCount + 1),
    since: maxAge === undefined ? '' : new Date(Math.max(0, now - maxAge * 1_000)).toISOString(),
  };
}

export const isShown = ({ revision, recordedAt }: RecordedEvent, { first, since }: Shown): boolean =>
  revision >= first && recordedAt >= since;

const numberOf = (said: unknown): number | undefined => (typeof said === 'number' && said >= 0 ? said : undefined);

const systemEvent = (type: string, data: string): ForeignEvent => ({
  id: newId(),
  type,
  foreign: { contentType: 'application/json', data: Buffer.from(data), metadata: Buffer.alloc(0) },
});

export const tombstone = (): ForeignEvent => systemEvent(TOMBSTONE, '{}');
export const deletion = (): ForeignEvent => systemEvent(METADATA, DELETED);

/** The same metadata, with all events before a revision hidden. */
export const recreation = ({ said }: StreamMetadata, first: number): ForeignEvent =>
  systemEvent(METADATA, JSON.stringify({ ...said, $tb: first }));
