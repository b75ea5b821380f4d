import { OrderedMap } from 'immutable';
import { Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { LockEvents } from './events.js';

/** The customers an owner has locked, and since when. */
export type Locks = OrderedMap<string, string>;

type Event = EventOf<LockEvents>;
type Lock = LockEvents['CustomerLockReserved'];

export const locks = decider<Locks, LockEvents>({
  category: 'customerlocks',
  initial: OrderedMap(),
  evolve: {
    CustomerLockReserved: (held, { customerId }, at) => held.set(customerId, at),
    CustomerLockReleased: (held, { customerId }) => held.delete(customerId),
  },
});

/**
 * @param limit most customers that the owner may lock; null for no limit
 * @param stale customers that are not locked any more: what a crash left behind
 */
export function reserveLock(held: Locks, lock: Lock, limit: number | null, stale: readonly string[]): Event[] {
  const { employeeId, customerId } = lock;
  if (held.has(customerId)) return [];
  const locked = held.size - stale.length;
  if (limit !== null && locked >= limit) {
    throw new Refusal('lock-limit-exceeded', `The owner has locked ${locked} customers and may lock ${limit}.`, {
      limit,
      locked,
      remaining: 0,
    });
  }
  const released = stale.flatMap((each) => releaseLock(held, { employeeId, customerId: each }));
  return [...released, { type: 'CustomerLockReserved', data: lock }];
}

export const releaseLock = (held: Locks, lock: Lock): Event[] =>
  held.has(lock.customerId) ? [{ type: 'CustomerLockReleased', data: lock }] : [];
