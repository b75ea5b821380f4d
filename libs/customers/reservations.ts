import type { Reservation } from '../event-store/decider.js';
import { isStale, reservation, staleAmong } from '../event-store/reservations.js';
import { idFrom } from '../ids.js';
import { employeeFacts } from '../organisation/facts.js';
import { poolsOf } from '../pools/facts.js';
import { normalForm } from '../text.js';
import { identifier, releaseIdentifier, reserveIdentifier } from './identifier.decider.js';
import { locks, releaseLock, reserveLock } from './lock.decider.js';
import { portfolio, releasePlace, reservePlace } from './portfolio.decider.js';

/** A tax number that only this customer may have. @throws Refusal `tax-id-taken` when it is taken */
export function taxNumber(taxId: string, customerId: string): Reservation {
  const identifierId = taxIdentifier(taxId);
  return reservation(identifier, identifierId, {
    async take(state, { holds, now }) {
      const { customerId: holder, since } = state;
      const stale = holder !== null && isStale(since, now) && !(await holds(holder));
      return reserveIdentifier(state, { identifierId, customerId, stale });
    },
    free: (state) => releaseIdentifier(state, { identifierId, customerId }),
  });
}

/**
 * The tax numbers that a customer keeps for itself. What it has of a customer that is merged into it, that one keeps; what it had
 * before, and would have again without that, it keeps as well.
 */
export function taxIdsOf(
  taxId: string | null,
  absorbed: readonly {
    readonly loserTaxId: string | null;
    readonly changes: { readonly taxId?: { readonly from: string | null } };
  }[],
): string[] {
  const losers = new Set(absorbed.flatMap(({ loserTaxId }) => (loserTaxId ? [taxIdentifier(loserTaxId)] : [])));
  const own = [taxId, ...absorbed.map(({ changes }) => changes.taxId?.from ?? null)];
  const kept = new Map(own.flatMap((each) => (each ? [[taxIdentifier(each), each] as const] : [])));
  return [...kept].flatMap(([identity, each]) => (losers.has(identity) ? [] : [each]));
}

/** Whether both are one number. */
export const isSameTaxId = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && one !== '' && taxIdentifier(one) === taxIdentifier(other);

/** One number in all its spellings, as names have one form; blanks, points and hyphens of any kind do not count. */
function taxIdentifier(taxId: string): string {
  const plain = normalForm(taxId)
    .replace(/[\s.-]/g, '')
    .toUpperCase();
  return idFrom('tax id', plain === '' ? taxId : plain);
}

/** A place in the portfolio of the customer's owner. @throws Refusal `holding-limit-exceeded` when there is none left */
export const portfolioPlace = (employeeId: string, customerId: string): Reservation =>
  reservation(portfolio, employeeId, {
    async take(held, asked) {
      const cap = (await employeeFacts(asked, employeeId))?.customerCap?.max ?? null;
      const isFull = cap !== null && held.size >= cap && !held.has(customerId);
      const stale = isFull ? await staleAmong(held, asked) : [];
      return reservePlace(held, { employeeId, customerId, cap, stale });
    },
    free: (held) => releasePlace(held, { employeeId, customerId }),
  });

/** A lock of the customer by its owner, of as many as the first of the owner's pools allows. @throws Refusal `lock-limit-exceeded` */
export const lockPlace = (employeeId: string, customerId: string): Reservation =>
  reservation(locks, employeeId, {
    async take(held, asked) {
      const ruled = (await poolsOf(asked, 'customer', employeeId)).find(({ rules }) => rules.version > 0);
      const limit = ruled?.rules.holding.locks ?? null;
      const isFull = limit !== null && held.size >= limit && !held.has(customerId);
      return reserveLock(held, { employeeId, customerId }, limit, isFull ? await staleAmong(held, asked) : []);
    },
    free: (held) => releaseLock(held, { employeeId, customerId }),
  });
