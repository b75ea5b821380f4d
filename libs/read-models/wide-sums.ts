import { whole } from '../whole.js';
import type { Whole } from '../whole.js';

/**
 * Engines add up in 64 bits, and go on with fractions, or refuse, where these do not do: at a thousand amounts near the limit. So
 * every sum is kept as two, how many times 2^32 it is and what is left, which are added up each by itself: past 2^80 before
 * either is large.
 */
export const LIMB = 2 ** 32;
const LIMB_OF_MANY = BigInt(LIMB);

/** How many times 2^32 it is, towards 0. */
export const highOf = (value: Whole): number =>
  typeof value === 'number' ? Math.trunc(value / LIMB) || 0 : Number(value / LIMB_OF_MANY);

/** What is left beyond that; below 0 where the value is. */
export const lowOf = (value: Whole): number =>
  typeof value === 'number' ? value % LIMB || 0 : Number(value % LIMB_OF_MANY);

export function joined(high: Whole, low: Whole): Whole {
  if (high === 0 && typeof low === 'number') return low;
  return whole(BigInt(high) * LIMB_OF_MANY + BigInt(low));
}
