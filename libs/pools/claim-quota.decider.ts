import { OrderedMap } from 'immutable';
import { Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { ClaimQuotaEvents } from './events.js';

/** How many claims were counted on each day, the last days only. */
export type ClaimQuota = OrderedMap<string, number>;

/** Days that are remembered: a claim can be recorded a little late, never by months. */
const DAYS = 60;

export const claimQuota = decider<ClaimQuota, ClaimQuotaEvents>({
  category: 'claimquota',
  initial: OrderedMap(),
  evolve: {
    ClaimCounted: (counts, { day }) => counts.set(day, (counts.get(day) ?? 0) + 1).takeLast(DAYS),
  },
});

/** @param dailyLimit null for no limit */
export function countClaim(
  counts: ClaimQuota,
  claim: ClaimQuotaEvents['ClaimCounted'],
  dailyLimit: number | null,
): EventOf<ClaimQuotaEvents>[] {
  const claimed = counts.get(claim.day) ?? 0;
  if (dailyLimit !== null && claimed >= dailyLimit) {
    throw new Refusal('daily-claim-limit', `${claimed} were claimed today, and ${dailyLimit} may be.`, {
      limit: dailyLimit,
      claimed,
      remaining: 0,
    });
  }
  return [{ type: 'ClaimCounted', data: claim }];
}
