import { OrderedMap } from 'immutable';
import { decider } from '../event-store/decider.js';
import { NO_RULES } from '../pooling.js';
import type { Pool, PoolKind, Scope } from '../pooling.js';
import { commonPools } from './events.js';
import type { HideableField, PoolEvents } from './events.js';

/** What the rules ask about. */
export interface KnownPool extends Pool {
  readonly hiddenFields: readonly HideableField[];
}

/** All pools, by id. */
export type Pools = OrderedMap<string, KnownPool>;

const NOBODY: Scope = { orgUnitIds: [], positionIds: [], employeeIds: [] };

const newPool = (poolId: string, name: string, kind: PoolKind, members: Scope | null): KnownPool => ({
  poolId,
  name,
  kind,
  status: 'enabled',
  rules: NO_RULES,
  assignMode: 'self',
  hiddenFields: [],
  members,
  admins: NOBODY,
});

export const pools = decider<Pools, PoolEvents>({
  category: 'pools',
  initial: OrderedMap([
    [commonPools.customer, newPool(commonPools.customer, 'Common pool of customers', 'customer', null)],
    [commonPools.lead, newPool(commonPools.lead, 'Common pool of leads', 'lead', null)],
  ]),
  evolve: {
    PoolCreated: (state, { poolId, name, kind }) => state.set(poolId, newPool(poolId, name, kind, NOBODY)),
    PoolRulesChanged: (state, { poolId, assignMode, hiddenFields, ...rules }) =>
      changed(state, poolId, { assignMode, hiddenFields, rules }),
    PoolMembersChanged: (state, { poolId, members, admins }) => changed(state, poolId, { members, admins }),
    PoolEnabled: (state, { poolId }) => changed(state, poolId, { status: 'enabled' }),
    PoolDisabled: (state, { poolId }) => changed(state, poolId, { status: 'disabled' }),
    PoolClosed: (state, { poolId }) => changed(state, poolId, { status: 'closed' }),
  },
});

function changed(state: Pools, poolId: string, change: Partial<KnownPool>): Pools {
  const pool = state.get(poolId);
  return pool ? state.set(poolId, { ...pool, ...change }) : state;
}
