import { hash } from 'node:crypto';
import { parse, stringify, v5, v7 } from 'uuid';

/** Names of this project hash into ids of their own, apart from everybody else's version 5 ids. */
const annals = Buffer.from(parse(v5('annals', v5.URL)));

/** A new id; later ids sort after earlier ones, which keeps unique indexes appending at their right edge. */
export const newId = (): string => v7();

/** The same name always gives the same id: what makes imports, retries and automation repeatable. */
export function idFrom(...name: readonly string[]): string {
  // Version 5 as RFC 9562 says, in one call of the hash: an import asks for a hundred thousand of these.
  const bytes = hash('sha1', Buffer.concat([annals, Buffer.from(JSON.stringify(name))]), 'buffer').subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return stringify(bytes);
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A UUID of whatever version: other systems number them as they like. */
export const isId = (text: string): boolean => ID.test(text);

/** An id as it is recorded; what is none stays as it is. Callers may write ids in upper case. */
export const inLowerCase = (text: string): string => (isId(text) ? text.toLowerCase() : text);
