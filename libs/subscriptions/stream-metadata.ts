import type { EventStore, ForeignEvent, RecordedEvent } from '../event-store/event-store.js';
import { newId } from '../ids.js';
import { StreamDeleted } from './refusals.js';

/** The types of events by which the protocol describes streams, and ends them. */
export const METADATA = '$metadata';
const TOMBSTONE = '$streamDeleted';
/** What is said of a stream that is deleted until somebody appends to it again: to show nothing before this revision. */
const DELETED = '{"$tb":9223372036854775807}';

/** The stream that holds what is said of a stream. */
export const metastreamOf = (stream: string): string => `$$${stream}`;

/** The stream that a stream of metadata speaks of. */
export const describedBy = (stream: string): string | undefined =>
  stream.startsWith('$$') ? stream.slice(2) : undefined;

/** What is said of a stream, so far as it matters here; access is everybody's or nobody's, so `$acl` is only kept. */
export interface StreamMetadata {
  readonly deleted: boolean;
  /** Everything that was said, to say it again. */
  readonly said: Readonly<Record<string, unknown>>;
}

/** Which events of a stream readers are shown. */
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

/** Whether this is the end of a stream for good. */
export const isTombstone = (event: RecordedEvent | undefined): boolean =>
  event?.type === TOMBSTONE && event.foreign !== undefined;

/**
 * What readers are shown of a stream; nothing of one that is not there, or deleted.
 * @throws StreamDeleted when it is so for good
 */
export async function shownOf(store: EventStore, stream: string, now = Date.now()): Promise<Shown | undefined> {
  const described = describedBy(stream);
  if (described !== undefined && isTombstone(await lastOf(store, described))) throw new StreamDeleted(stream);
  const last = await lastOf(store, stream);
  if (!last) return undefined;
  if (isTombstone(last)) throw new StreamDeleted(stream);
  // Of what is said of a stream the last word counts.
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

/** The same metadata, but for what was before a revision. */
export const recreation = ({ said }: StreamMetadata, first: number): ForeignEvent =>
  systemEvent(METADATA, JSON.stringify({ ...said, $tb: first }));
