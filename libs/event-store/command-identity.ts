import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Refusal } from '../errors.js';
import { idFrom, newId } from '../ids.js';
import type { Envelope } from './envelope.js';
import type { Metadata } from './event-store.js';

/** Id of the n-th event a command leads to. Derived, so that the log itself refuses to take a command twice. */
export const eventId = (commandId: string, index: number): string => idFrom('event', commandId, String(index));

/** What every event of a command says of it. */
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

/** Hashes of another version were made from what the program of that time made of a command. */
const VERSION = '3.';

/**
 * Of the name of a command and the canonical form of what came with it (RFC 8785), which neither the order of fields nor
 * what later versions of the program add to a command can change.
 * @param payload a command that knows what it was `given`, or else what is asked for
 */
function hashOf(payload: unknown): string {
  const { constructor, given = payload } = (payload ?? {}) as { constructor: { name: string }; given?: unknown };
  const text = canonicalize({ command: constructor.name, given: given ?? null })!;
  return `${VERSION}${hash('sha256', text, 'base64url').slice(0, 22)}`;
}

/**
 * Whether a recorded hash may be of this payload. What an earlier version recorded cannot be compared: there, the key
 * decides.
 */
export const isHashOf = (recorded: string | undefined, payload: unknown): boolean =>
  recorded === undefined || !recorded.startsWith(VERSION) || recorded === hashOf(payload);

export const reused = (commandId = ''): Refusal =>
  new Refusal('idempotency-key-reused', `The key ${commandId} has already been used for something else.`, {}, 422);
