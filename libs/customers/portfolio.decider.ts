import { Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { PortfolioEvents } from './events.js';

/** The customers an employee holds. */
export type Portfolio = ReadonlySet<string>;

export const portfolio = decider<Portfolio, PortfolioEvents>({
  category: 'portfolio',
  initial: new Set(),
  evolve: {
    PortfolioPlaceReserved: (held, { customerId }) => new Set([...held, customerId]),
    PortfolioPlaceReleased: (held, { customerId }) => new Set([...held].filter((each) => each !== customerId)),
  },
});

/** @param cap most customers the employee's position may hold; null for no limit */
export function reservePlace(
  held: Portfolio,
  { employeeId, customerId, cap }: { employeeId: string; customerId: string; cap: number | null },
): EventOf<PortfolioEvents>[] {
  if (held.has(customerId)) return [];
  if (cap !== null && held.size >= cap) {
    throw new Refusal('holding-limit-exceeded', `The employee holds ${held.size} customers and may hold ${cap}.`, {
      cap,
      held: held.size,
      remaining: 0,
    });
  }
  return [{ type: 'PortfolioPlaceReserved', data: { employeeId, customerId } }];
}

export function releasePlace(
  held: Portfolio,
  { employeeId, customerId }: { readonly employeeId: string; readonly customerId: string },
): EventOf<PortfolioEvents>[] {
  return held.has(customerId) ? [{ type: 'PortfolioPlaceReleased', data: { employeeId, customerId } }] : [];
}

/** After the customer went to somebody else; it may have come back since. */
export function releaseFormerPlace(
  held: Portfolio,
  command: { readonly employeeId: string; readonly customerId: string },
  _now: string,
  { ownerId }: { readonly ownerId: string | null },
): EventOf<PortfolioEvents>[] {
  return ownerId === command.employeeId ? [] : releasePlace(held, command);
}
