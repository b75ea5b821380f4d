import type { ForeignBodies, Metadata } from './event-store.js';

/** Schema version of what other programs write: the catalogue has none of it. */
export const FOREIGN_VERSION = 0;

/** What a reader of Annals can make of bytes it knows nothing about: their JSON, or else base64. */
export function foreignData({ contentType, data }: ForeignBodies): unknown {
  return contentType === 'application/json' ? readable(data) : Buffer.from(data).toString('base64');
}

/** The JSON that bytes are, or else base64. */
export function readable(bytes: Uint8Array): unknown {
  const parsed = parsedJson(bytes);
  return parsed === undefined ? Buffer.from(bytes).toString('base64') : parsed;
}

/** Nobody says who stands behind another program; how its events belong together it may say as clients of EventStoreDB do. */
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
    // Other programs may send what they like.
    return undefined;
  }
}
