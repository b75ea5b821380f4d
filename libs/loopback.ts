import { Refusal } from './errors.js';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether a host name or address is loopback. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host);

/**
 * @param who beginning of the message: what would listen, and why it must not
 * @throws Refusal `listen-unsafe` for other hosts, since callers are not authenticated
 */
export function loopbackOnly(host: string, who: string): void {
  if (isLoopback(host)) return;
  throw new Refusal('listen-unsafe', `${who} does not listen on ${host}, only on loopback.`);
}
