import type { StateReader } from '../event-store/decider.js';
import { placeFacts } from '../organisation/facts.js';
import { isWithin } from '../pooling.js';
import type { Pool, PoolKind } from '../pooling.js';
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
