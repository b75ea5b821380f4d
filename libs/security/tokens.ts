import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new random token of 256 bits, as text that fits into a header. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is recorded of a token. The token is long and random, so it cannot be guessed back from its hash. */
export const hashOfToken = (token: string): string => hash('sha256', token, 'hex');

/** Whether the token is the one with this hash. Takes the same time for every wrong token. */
export const isToken = (token: string, tokenHash: string): boolean =>
  timingSafeEqual(Buffer.from(hashOfToken(token), 'hex'), Buffer.from(tokenHash, 'hex'));
