import { createHash } from 'node:crypto';
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

/** Of what a command says and of which command it is: two that say the same are not the same. */
const hashOf = (payload: unknown): string =>
  `2.${hash(`${payload?.constructor.name ?? ''} ${JSON.stringify(payload ?? null)}`)}`;

/** Hashes without a version are of what was said alone. */
export const isHashOf = (recorded: string | undefined, payload: unknown): boolean =>
  recorded === (recorded?.startsWith('2.') ? hashOf(payload) : hash(JSON.stringify(payload ?? null)));

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

export const reused = (commandId = ''): Refusal =>
  new Refusal('idempotency-key-reused', `The key ${commandId} has already been used for something else.`, {}, 422);
