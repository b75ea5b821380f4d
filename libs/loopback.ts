import { Refusal } from './errors.js';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** @throws Refusal `listen-unsafe` beyond loopback, while callers are taken at their word */
export function loopbackOnly(host: string, what: string): void {
  if (LOOPBACK.has(host)) return;
  throw new Refusal(
    'listen-unsafe',
    `Callers are not authenticated yet, so ${what} does not listen on ${host}, only on loopback.`,
  );
}
