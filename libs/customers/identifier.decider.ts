import { Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { Reservation } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import { isStale, reservation } from '../event-store/reservations.js';
import { idFrom } from '../ids.js';
import type { IdentifierEvents } from './events.js';

/** Which customer an identifier belongs to, and since when. */
export interface Identifier {
  readonly customerId: string | null;
  readonly since: string;
}

export const identifier = decider<Identifier, IdentifierEvents>({
  category: 'customerIdentifier',
  initial: { customerId: null, since: '' },
  evolve: {
    CustomerIdentifierReserved: (_, { customerId }, at) => ({ customerId, since: at }),
    CustomerIdentifierReleased: (_, __, at) => ({ customerId: null, since: at }),
  },
});

/** @param stale whether the holder does not use it: a reservation that a crash left behind */
export function reserveIdentifier(
  { customerId: holder }: Identifier,
  { identifierId, customerId, stale }: { identifierId: string; customerId: string; stale: boolean },
): EventOf<IdentifierEvents>[] {
  if (holder === customerId) return [];
  const reserved = { type: 'CustomerIdentifierReserved', data: { identifierId, customerId } } as const;
  if (holder === null) return [reserved];
  if (stale) return [{ type: 'CustomerIdentifierReleased', data: { identifierId, customerId: holder } }, reserved];
  throw new Refusal(
    'tax-id-taken',
    'Another customer has this tax number.',
    { field: 'taxId', candidates: [holder] },
    409,
  );
}

export function releaseIdentifier(
  { customerId: holder }: Identifier,
  { identifierId, customerId }: { identifierId: string; customerId: string },
): EventOf<IdentifierEvents>[] {
  return holder === customerId ? [{ type: 'CustomerIdentifierReleased', data: { identifierId, customerId } }] : [];
}

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

const taxIdentifier = (taxId: string): string => idFrom('tax id', taxId.replace(/[\s.-]/g, '').toUpperCase());
