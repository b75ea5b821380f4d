import { Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
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
