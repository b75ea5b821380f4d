import { OrderedMap } from 'immutable';
import { Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { PortfolioEvents } from './events.js';

/** The customers an employee holds, and since when. */
export type Portfolio = OrderedMap<string, string>;

export const portfolio = decider<Portfolio, PortfolioEvents>({
  category: 'portfolio',
  initial: OrderedMap(),
  evolve: {
    PortfolioPlaceReserved: (held, { customerId }, at) => held.set(customerId, at),
    PortfolioPlaceReleased: (held, { customerId }) => held.delete(customerId),
  },
});

/**
 * @param cap most customers the employee's position may hold; null for no limit
 * @param stale customers that have a place and do not need it: what a crash left behind
 */
export function reservePlace(
  held: Portfolio,
  {
    employeeId,
    customerId,
    cap,
    stale = [],
  }: { employeeId: string; customerId: string; cap: number | null; stale?: readonly string[] },
): EventOf<PortfolioEvents>[] {
  if (held.has(customerId)) return [];
  const taken = held.size - stale.length;
  if (cap !== null && taken >= cap) {
    throw new Refusal('holding-limit-exceeded', `The employee holds ${taken} customers and may hold ${cap}.`, {
      cap,
      held: taken,
      remaining: 0,
    });
  }
  return [
    ...stale.map((each) => ({ type: 'PortfolioPlaceReleased', data: { employeeId, customerId: each } }) as const),
    { type: 'PortfolioPlaceReserved', data: { employeeId, customerId } },
  ];
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
