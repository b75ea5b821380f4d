import type { Reservation } from '../event-store/decider.js';
import { reservation } from '../event-store/reservations.js';
import { claimQuota, countClaim } from './claim-quota.decider.js';
import { poolFacts, quotaOf } from './facts.js';

/** A claim that counts for its day. */
export interface DayClaim {
  readonly poolId: string;
  readonly employeeId: string;
  readonly day: string;
}

/** A claim of one person from one pool. It counts for its day, and is not given back. @throws Refusal `daily-claim-limit` */
export function claimOfDay(
  { poolId, employeeId, day }: DayClaim,
  claimed: { readonly customerId: string } | { readonly leadId: string },
): Reservation {
  const quotaId = quotaOf(poolId, employeeId);
  return reservation(claimQuota, quotaId, {
    async take(counts, asked) {
      const { dailyLimit = null } = (await poolFacts(asked, poolId))?.rules.claim ?? {};
      return countClaim(counts, { quotaId, poolId, employeeId, ...claimed, day }, dailyLimit);
    },
    free: () => [],
  });
}
