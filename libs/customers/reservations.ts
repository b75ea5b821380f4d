import type { Reservation } from '../event-store/decider.js';
import { isStale, reservation, staleAmong } from '../event-store/reservations.js';
import { idFrom } from '../ids.js';
import { employeeFacts } from '../organisation/facts.js';
import { normalForm } from '../text.js';
import { identifier, releaseIdentifier, reserveIdentifier } from './identifier.decider.js';
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
