import { envelope } from '../event-store/envelope.js';
import { idFrom, newId } from '../ids.js';

/**
 * Id for what a request creates: new, or derived from its idempotency key, so that the repeated request names the same.
 * @param kind tells apart what one request creates
 */
export function createdId(kind: string): string {
  const { commandId, actor } = envelope();
  return commandId === undefined ? newId() : idFrom('created', kind, actor.id, commandId);
}
