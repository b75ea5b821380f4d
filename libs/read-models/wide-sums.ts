import { whole } from '../whole.js';
import type { Whole } from '../whole.js';

/**
 * Engines add in 64 bits; beyond that they continue with fractions or fail, which a thousand amounts near the limit would
 * reach. So each sum is stored as two limbs, a multiple of 2^32 and the rest, which are added separately. That is enough for
 * sums beyond 2^80.
 */
export const LIMB = 2 ** 32;
const LIMB_OF_MANY = BigInt(LIMB);

/** The upper limb: how many times 2^32 the value has, rounded towards 0. */
export const highOf = (value: Whole): number =>
  typeof value === 'number' ? Math.trunc(value / LIMB) || 0 : Number(value / LIMB_OF_MANY);

/** The lower limb: the rest, with the sign of the value. */
export const lowOf = (value: Whole): number =>
  typeof value === 'number' ? value % LIMB || 0 : Number(value % LIMB_OF_MANY);

export function joined(high: Whole, low: Whole): Whole {
  if (high === 0 && typeof low === 'number') return low;
  return whole(BigInt(high) * LIMB_OF_MANY + BigInt(low));
}
