import { Refusal } from './errors.js';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether a name or an address means this machine to itself. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host);

/**
 * @param who what would listen, and why it must not
 * @throws Refusal `listen-unsafe` beyond loopback, where callers would be taken at their word
 */
export function loopbackOnly(host: string, who: string): void {
  if (isLoopback(host)) return;
  throw new Refusal('listen-unsafe', `${who} does not listen on ${host}, only on loopback.`);
}
