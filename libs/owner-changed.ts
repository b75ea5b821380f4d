import { Refusal } from './errors.js';

/**
 * Checks that a thing still is with the employee whom a command names; a command that names none is about any owner.
 * @throws Refusal `owner-changed`
 */
export function checkOwner(expectedId: string | null | undefined, ownerId: string | null): void {
  if (expectedId === undefined || expectedId === ownerId) return;
  throw new Refusal('owner-changed', 'Another one has it by now.', { ownerId }, 409);
}
