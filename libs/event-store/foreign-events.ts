import type { ForeignBodies, Metadata } from './event-store.js';

/** Schema version of events of other programs, which are not in the catalogue. */
export const FOREIGN_VERSION = 0;

/** Data of an event of another program: its JSON, or else base64. */
export function foreignData({ contentType, data }: ForeignBodies): unknown {
  return contentType === 'application/json' ? readable(data) : Buffer.from(data).toString('base64');
}

/** Parses bytes as JSON; returns base64 for other content. */
export function readable(bytes: Uint8Array): unknown {
  const parsed = parsedJson(bytes);
  return parsed === undefined ? Buffer.from(bytes).toString('base64') : parsed;
}

/** Metadata of an event of another program. Its actor is unknown; correlation and causation use the keys of EventStoreDB. */
export function foreignMetadata(id: string, { metadata }: ForeignBodies): Metadata {
  const given = parsedJson(metadata) as Record<string, unknown> | null | undefined;
  const correlationId = given?.['$correlationId'];
  const causationId = given?.['$causationId'];
  return {
    actor: { id: 'foreign', name: 'another program' },
    source: 'api',
    commandId: id,
    correlationId: typeof correlationId === 'string' ? correlationId : id,
    ...(typeof causationId === 'string' && { causationId }),
  };
}

function parsedJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  } catch {
    // Other programs may send any bytes.
    return undefined;
  }
}
