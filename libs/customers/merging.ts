import type { StateReader } from '../event-store/decider.js';
import type { Question } from '../event-store/handle.js';
import { employeeFacts } from '../organisation/facts.js';
import { poolFacts, poolsOf } from '../pools/facts.js';
import { openTransferOf } from '../transfers/facts.js';
import { customer } from './customer.decider.js';
import type { Customer, KnownCustomer } from './customer.decider.js';
import { mergePath } from './facts.js';
import { locks } from './lock.decider.js';
import type { AbsorbCustomer, MergeCustomer, MoveSubsidiaryByMerge } from './merge.commands.js';
import type { MergeFacts, UnmergeFacts } from './merge.rules.js';
import { portfolio } from './portfolio.decider.js';

/*
 * Facts for merges of customers. The state of the other customer still holds when the merge is recorded, so two merges at the same
 * moment never stand for each other.
 */

const of = async (streams: StateReader, customerId: string): Promise<Customer> =>
  (await streams.load(customer, customerId)).state;

/** Customers above one, as far as they come back to where they have been. */
async function above(streams: StateReader, state: Customer): Promise<string[]> {
  const found = new Set<string>();
  for (let next = parentOf(state); next !== null && !found.has(next);) {
    found.add(next);
    next = parentOf(await of(streams, next));
  }
  return [...found];
}

const parentOf = (state: Customer): string | null => (state.status === 'unknown' ? null : state.parentCustomerId);

export async function mergingFacts({
  command: { customerId, survivorId },
  state,
  streams,
}: Question<MergeCustomer, Customer>): Promise<MergeFacts> {
  const survivor = await of(streams, survivorId);
  const leaving: string[] = [];
  for (const [loserId, { mergeId }] of state.status === 'unknown' ? [] : state.absorbed) {
    const loser = await of(streams, loserId);
    if (loser.status !== 'unknown' && loser.merged?.mergeId !== mergeId) leaving.push(loserId);
  }
  const open = await Promise.all([customerId, survivorId].map((id) => openTransferOf(streams, id)));
  const transferIds = [...new Set(open.filter((id) => id !== null))];
  return {
    survivor,
    transferIds,
    above: { loser: await above(streams, state), survivor: await above(streams, survivor) },
    leaving,
  };
}

export async function unmergingFacts({ state, streams }: Question<unknown, Customer>): Promise<UnmergeFacts> {
  const merged = state.status === 'unknown' ? null : state.merged;
  const known = state as KnownCustomer;
  if (!merged) return { survivor: { status: 'unknown' }, ownerLost: null, lockFree: true, poolUsed: true };
  const pool = known.poolId === null ? undefined : await poolFacts(streams, known.poolId);
  return {
    survivor: await of(streams, merged.survivorId),
    ownerLost: known.owner ? await ownerLost(streams, known.owner.employeeId) : null,
    lockFree: known.owner === null || known.lock === null || (await lockFree(streams, known.owner.employeeId)),
    poolUsed: known.poolId === null || pool?.status === 'enabled',
  };
}

async function ownerLost(streams: StateReader, employeeId: string): Promise<UnmergeFacts['ownerLost']> {
  const [employee, held] = await Promise.all([employeeFacts(streams, employeeId), streams.load(portfolio, employeeId)]);
  if (employee?.status !== 'active' && employee?.status !== 'absent') return 'owner-inactive';
  const cap = employee.customerCap?.max ?? null;
  return cap !== null && held.state.size >= cap ? 'holding-limit-exceeded' : null;
}

async function lockFree(streams: StateReader, employeeId: string): Promise<boolean> {
  const ruled = (await poolsOf(streams, 'customer', employeeId)).find(({ rules }) => rules.version > 0);
  const limit = ruled?.rules.holding.locks ?? null;
  return limit === null || (await streams.load(locks, employeeId)).state.size < limit;
}

export const absorbingFacts = async ({ command, streams }: Question<AbsorbCustomer, Customer>) => ({
  loser: await of(streams, command.loserId),
});

export const followingFacts = async ({ command, streams }: Question<MoveSubsidiaryByMerge, Customer>) => ({
  path: await mergePath(streams, command),
});
