import { hash } from 'node:crypto';
import { parse, stringify, v5, v7 } from 'uuid';

/** Namespace of this project for version 5 ids. */
const annals = Buffer.from(parse(v5('annals', v5.URL)));

/** A new id; later ids sort after earlier ones, which keeps unique indexes appending at their right edge. */
export function newId(): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  const random = pool.subarray(used, (used += BYTES));
  const now = Date.now();
  // Of one millisecond, the next id has the next number.
  if (now > last.msecs) last = { msecs: now, seq: (random[6]! << 16) | (random[7]! << 8) | random[8]! };
  else last.seq += 1;
  return v7({ random, ...last });
}

const BYTES = 16;
/** Random bytes are drawn for many ids at once, since a draw takes longer than making an id. */
const pool = new Uint8Array(512 * BYTES);
let used = pool.length;
let last = { msecs: 0, seq: 0 };

/**
 * Derives an id from a name. The same name always gives the same id, which makes imports, retries and automation idempotent.
 */
export function idFrom(...name: readonly string[]): string {
  // Version 5 of RFC 9562 with a single call of the hash, since an import derives a hundred thousand ids.
  const bytes = hash('sha1', Buffer.concat([annals, Buffer.from(JSON.stringify(name))]), 'buffer').subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return stringify(bytes);
}

/** The id whose two halves are these signed 64-bit numbers, as protocols of EventStoreDB send it. */
export function idOfHalves(most: string, least: string): string {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64BE(BigInt(most), 0);
  bytes.writeBigInt64BE(BigInt(least), 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether the text is a UUID of any version. */
export const isId = (text: string): boolean => ID.test(text);

/** Converts an id to its recorded form, in lower case; other text stays unchanged. */
export const inLowerCase = (text: string): string => (isId(text) ? text.toLowerCase() : text);
