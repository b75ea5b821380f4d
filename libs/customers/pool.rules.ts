import { Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { checkOwner } from '../owner-changed.js';
import { checkClaim, checkReturn } from '../pooling.js';
import type { ClaimFacts, Pool } from '../pooling.js';
import { addDays, dayIn } from '../time.js';
import { present } from './customer.decider.js';
import type { Customer, KnownCustomer } from './customer.decider.js';
import type { CustomerEvents, Owner } from './events.js';
import type {
  ClaimCustomer,
  EndCustomerLock,
  EndCustomerProtection,
  LockCustomer,
  MovePooledCustomer,
  PostponeRecycling,
  ProtectCustomer,
  RecordProtectionEnd,
  ReleaseCustomer,
  UnlockCustomer,
} from './pool.commands.js';

type Event = EventOf<CustomerEvents>;

/** Facts of a claim: who claims, and out of which pool. */
export interface CustomerClaim extends ClaimFacts {
  readonly owner: Owner;
}

/** Who claims is the owner at once. A refusal names all that stands against it. Claiming one's own customer changes nothing. */
export function claim(
  state: Customer,
  { customerId, employeeId }: ClaimCustomer,
  now: string,
  { entry }: { readonly entry: CustomerClaim | null },
): Event[] {
  const customer = present(state, customerId);
  if (entry === null) return claimOfOwned(customer, employeeId);
  const { owner, pool, held, claimsOfDay } = entry;
  checkClaim(customer, employeeId, now, entry);
  const { poolId, rules } = pool;
  return [
    {
      type: 'CustomerClaimed',
      data: {
        customerId,
        poolId,
        poolVersion: rules.version,
        employeeId,
        pooledSince: customer.heldSince,
        day: dayIn(rules.zone, now),
        claimsOfDay: claimsOfDay + 1,
        held: held + 1,
      },
    },
    { type: 'CustomerOwnerAssigned', data: { customerId, from: null, to: owner, basis: 'claim' } },
  ];
}

/** @throws Refusal `pool-entry-taken` for one that somebody else has claimed · `customer-owned` */
function claimOfOwned({ owner, claim, heldSince }: KnownCustomer, employeeId: string): Event[] {
  if (owner?.employeeId === employeeId) return [];
  if (claim) {
    throw new Refusal('pool-entry-taken', 'Somebody else has claimed the customer.', { since: heldSince }, 409);
  }
  throw new Refusal('customer-owned', 'Somebody answers for the customer: it lies in no pool.', {}, 409);
}

/** The pool that is named, and the first one of the owner's. */
export interface ReleaseFacts {
  readonly pool: Pool;
  /** The open transfer that holds the customer; null where none does. */
  readonly openTransferId: string | null;
}

export function release(
  state: Customer,
  { customerId, by, reason, fromOwnerId }: ReleaseCustomer,
  now: string,
  { pool, openTransferId }: ReleaseFacts,
): Event[] {
  const customer = present(state, customerId);
  const { owner } = customer;
  if (!owner) {
    throw new Refusal('customer-in-pool', 'The customer lies in a pool already.', { poolId: customer.poolId });
  }
  checkOwner(fromOwnerId, owner.employeeId);
  checkNotInTransfer(openTransferId);
  checkFree(customer, now);
  checkReturn(pool, 'customer');
  return [{ type: 'CustomerReleasedToPool', data: { customerId, poolId: pool.poolId, from: owner, by, reason } }];
}

/** @throws Refusal `transfer-pending` */
export function checkNotInTransfer(openTransferId: string | null): void {
  if (openTransferId === null) return;
  throw new Refusal('transfer-pending', 'A transfer is open for it.', { transferId: openTransferId }, 409);
}

/** @throws Refusal `customer-locked` */
function checkFree({ lock, protection }: KnownCustomer, now: string): void {
  const ends = [lock?.until ?? '', protection?.until ?? ''].filter((until) => until > now);
  const isLocked = lock !== null && lock.until === null;
  if (!isLocked && ends.length === 0) return;
  throw new Refusal('customer-locked', 'The customer is locked or protected, and goes to no pool.', {
    until: isLocked ? null : ends.sort().at(-1),
  });
}

/** One that has left the pool meanwhile stays where it is. */
export function movePooled(state: Customer, { customerId, from, to }: MovePooledCustomer): Event[] {
  if (state.status === 'unknown' || state.poolId !== from) return [];
  return [{ type: 'CustomerPoolChanged', data: { customerId, from, to } }];
}

/** @throws Refusal `customer-in-pool` */
function owned(state: Customer, customerId: string): KnownCustomer & { readonly owner: Owner } {
  const customer = present(state, customerId);
  const { owner, poolId } = customer;
  if (!owner) throw new Refusal('customer-in-pool', 'Nobody answers for the customer: it lies in a pool.', { poolId });
  return { ...customer, owner };
}

/** @throws Refusal `time-in-the-past` */
function checkAhead(until: string, now: string): void {
  if (until <= now) throw new Refusal('time-in-the-past', 'It ends at a time to come.', { field: 'until', now });
}

/** The same lock again changes nothing; another end replaces the one before. */
export function lock(state: Customer, { customerId, until = null, reason }: LockCustomer, now: string): Event[] {
  const { owner, lock: before } = owned(state, customerId);
  if (until !== null) checkAhead(until, now);
  if (before?.until === until) return [];
  return [{ type: 'CustomerLocked', data: { customerId, ownerId: owner.employeeId, until, reason } }];
}

export function unlock(state: Customer, { customerId }: UnlockCustomer): Event[] {
  const { owner, lock: before } = owned(state, customerId);
  if (!before) return [];
  return [{ type: 'CustomerUnlocked', data: { customerId, ownerId: owner.employeeId, because: 'by-hand' } }];
}

export function endLock(state: Customer, { customerId, until }: EndCustomerLock): Event[] {
  if (state.status === 'unknown' || !state.owner || state.lock?.until !== until) return [];
  return [{ type: 'CustomerUnlocked', data: { customerId, ownerId: state.owner.employeeId, because: 'ended' } }];
}

/** What the first of the owner's pools says of protections. */
export interface ProtectionFacts {
  readonly protectionDays: number | null;
  readonly protections: number | null;
}

/** A longer protection replaces one that is not over, and counts like a new one. */
export function protect(
  state: Customer,
  { customerId, until, reason }: ProtectCustomer,
  now: string,
  { protectionDays, protections }: ProtectionFacts,
): Event[] {
  const { owner, protection, protections: had } = owned(state, customerId);
  checkAhead(until, now);
  if (protection?.until === until) return [];
  if (protectionDays !== null && until > addDays(now, protectionDays)) {
    throw new Refusal('protection-too-long', `A customer is protected for ${protectionDays} days at most.`, {
      field: 'until',
      latest: addDays(now, protectionDays),
    });
  }
  if (protections !== null && had >= protections) {
    throw new Refusal('protection-limit-exceeded', `Its owner has protected the customer ${had} times.`, {
      limit: protections,
      had,
    });
  }
  return [{ type: 'CustomerProtectionStarted', data: { customerId, ownerId: owner.employeeId, until, reason } }];
}

export function endProtection(state: Customer, { customerId }: EndCustomerProtection): Event[] {
  if (!owned(state, customerId).protection) return [];
  return [{ type: 'CustomerProtectionEnded', data: { customerId, because: 'by-hand' } }];
}

export function recordProtectionEnd(state: Customer, { customerId, until }: RecordProtectionEnd): Event[] {
  if (state.status === 'unknown' || state.protection?.until !== until) return [];
  return [{ type: 'CustomerProtectionEnded', data: { customerId, because: 'ended' } }];
}

export function postponeRecycling(
  state: Customer,
  { customerId, until, reason }: PostponeRecycling,
  now: string,
): Event[] {
  const { postponedUntil } = owned(state, customerId);
  checkAhead(until, now);
  return postponedUntil === until ? [] : [{ type: 'RecyclingPostponed', data: { customerId, until, reason } }];
}
