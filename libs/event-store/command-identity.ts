import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Refusal } from '../errors.js';
import { idFrom, newId } from '../ids.js';
import type { Envelope } from './envelope.js';
import type { Metadata } from './event-store.js';

/** Id of the n-th event of a command. It is derived from the command id, so the log itself detects a repeated command. */
export const eventId = (commandId: string, index: number): string => idFrom('event', commandId, String(index));

/** The metadata that all events of a command share. */
export function metadataOf(sent: Envelope, payload: unknown): Metadata {
  return {
    actor: sent.actor,
    source: sent.source,
    commandId: sent.commandId ?? newId(),
    correlationId: sent.correlationId,
    ...(sent.commandId !== undefined && { commandHash: hashOf(payload) }),
    ...(sent.causationId !== undefined && { causationId: sent.causationId }),
    ...(sent.reason !== undefined && { reason: sent.reason }),
    ...(sent.importId !== undefined && { importId: sent.importId }),
    ...(sent.importRow !== undefined && { importRow: sent.importRow }),
    ...(sent.rule !== undefined && { rule: sent.rule }),
  };
}

/** Prefix of hashes; hashes of another version were computed from another form of the command. */
const VERSION = '3.';

/**
 * Hash of a command: of its name and the canonical form (RFC 8785) of its input. Neither the order of fields nor fields that
 * later versions of the program add change it.
 * @param payload a command that knows its input as `given`, or else the input itself
 */
function hashOf(payload: unknown): string {
  const { constructor, given = payload } = (payload ?? {}) as { constructor: { name: string }; given?: unknown };
  const text = canonicalize({ command: constructor.name, given: given ?? null })!;
  return `${VERSION}${hash('sha256', text, 'base64url').slice(0, 22)}`;
}

/**
 * Whether a recorded hash may belong to this payload. A hash of an earlier version cannot be compared; then the idempotency
 * key alone decides.
 */
export const isHashOf = (recorded: string | undefined, payload: unknown): boolean =>
  recorded === undefined || !recorded.startsWith(VERSION) || recorded === hashOf(payload);

export const reused = (commandId = ''): Refusal =>
  new Refusal('idempotency-key-reused', `The key ${commandId} has already been used for something else.`, {}, 422);
