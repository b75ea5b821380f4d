import type { StateReader } from '../event-store/decider.js';
import { idFrom } from '../ids.js';
import { placeFacts } from '../organisation/facts.js';
import { isWithin } from '../pooling.js';
import type { ClaimFacts, Pool, PoolKind } from '../pooling.js';
import { dayIn } from '../time.js';
import { claimQuota } from './claim-quota.decider.js';
import { commonPools, poolsId } from './events.js';
import { pools } from './pools.decider.js';

/** All pools of a kind, in the order in which they were made; the common one first. */
export async function poolsFacts(streams: StateReader, kind: PoolKind): Promise<readonly Pool[]> {
  const { state } = await streams.load(pools, poolsId);
  return [...state.values()].filter((pool) => pool.kind === kind);
}

export async function poolFacts(streams: StateReader, poolId: string): Promise<Pool | undefined> {
  return (await streams.load(pools, poolsId)).state.get(poolId);
}

/** The pools in use of which an employee is a member, those with priority first; the common pool is the last of its equals. */
export async function poolsOf(streams: StateReader, kind: PoolKind, employeeId: string): Promise<readonly Pool[]> {
  const [all, place] = await Promise.all([poolsFacts(streams, kind), placeFacts(streams, employeeId)]);
  const isCommon = ({ poolId }: Pool) => Number(poolId === commonPools[kind]);
  return all
    .filter(({ status, members }) => status === 'enabled' && isWithin(members, place))
    .sort((one, other) => one.rules.priority - other.rules.priority || isCommon(one) - isCommon(other));
}

/** The stream that counts what a person claims from a pool. */
export const quotaOf = (poolId: string, employeeId: string): string => idFrom('claims', poolId, employeeId);

/** What decides about a claim from a pool, besides how many the person holds. */
export async function claimFacts(
  streams: StateReader,
  poolId: string,
  employeeId: string,
  now: string,
): Promise<Omit<ClaimFacts, 'held'>> {
  const pool = (await poolFacts(streams, poolId))!;
  const [place, counted] = await Promise.all([
    placeFacts(streams, employeeId),
    streams.load(claimQuota, quotaOf(poolId, employeeId)),
  ]);
  return { place, pool, claimsOfDay: counted.state.get(dayIn(pool.rules.zone, now)) ?? 0 };
}

/** Whether a pool has rules by which something goes back into it. */
export const isAnyPoolRecycling = async (streams: StateReader): Promise<boolean> =>
  (await streams.load(pools, poolsId)).state.some(({ rules }) => rules.recycling.length > 0);
