import { NO_RULES } from '../libs/pooling.js';
import type { AssignMode, PoolKind, PoolRules, Scope } from '../libs/pooling.js';
import { commonPools } from '../libs/pools/events.js';
import type { HideableField, PoolEvents } from '../libs/pools/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';
import { nameKey } from '../libs/text.js';

/** A pool as it is now, with every version of its rules. */
export interface PoolDocument {
  readonly poolId: string;
  readonly name: string;
  /** For sorting and for finding it by its name. */
  readonly nameKey: string;
  readonly kind: PoolKind;
  readonly status: 'enabled' | 'disabled' | 'closed';
  readonly assignMode: AssignMode;
  readonly hiddenFields: readonly HideableField[];
  /** Null for everybody. */
  readonly members: Scope | null;
  readonly admins: Scope;
  readonly rules: PoolRules;
  /** Rules that held before, the latest first, and until when. */
  readonly earlier: readonly (PoolRules & { readonly until: string })[];
  /** Null for one that is as it was from the start. */
  readonly changedAt: string | null;
}

/** A pool without what it is sorted by. */
export type PoolView = Omit<PoolDocument, 'nameKey'>;

export const poolView = ({ nameKey: _, ...pool }: PoolDocument): PoolView => pool;

const NOBODY: Scope = { orgUnitIds: [], positionIds: [], employeeIds: [] };

const newPool = (poolId: string, name: string, kind: PoolKind, members: Scope | null): PoolDocument => ({
  poolId,
  name,
  nameKey: nameKey(name),
  kind,
  status: 'enabled',
  assignMode: 'self',
  hiddenFields: [],
  members,
  admins: NOBODY,
  rules: NO_RULES,
  earlier: [],
  changedAt: null,
});

/** The pools that are there before any event. */
export const fromTheStart: readonly PoolDocument[] = [
  newPool(commonPools.customer, 'Common pool of customers', 'customer', null),
  newPool(commonPools.lead, 'Common pool of leads', 'lead', null),
];

const commonPool = (id: string): PoolDocument | undefined => fromTheStart.find(({ poolId }) => poolId === id);

function ruled(pool: PoolDocument, { data, occurredAt }: Recorded<PoolEvents, 'PoolRulesChanged'>): PoolDocument {
  const { poolId: _, assignMode, hiddenFields, ...rules } = data;
  const earlier = [{ ...pool.rules, until: occurredAt }, ...pool.earlier];
  return { ...pool, assignMode, hiddenFields, rules, earlier, changedAt: occurredAt };
}

function peopled(pool: PoolDocument, { data, occurredAt }: Recorded<PoolEvents, 'PoolMembersChanged'>): PoolDocument {
  return { ...pool, members: data.members, admins: data.admins, changedAt: occurredAt };
}

export const poolList = projection<PoolDocument, PoolEvents>({
  name: 'pool-list',
  version: 1,
  id: ({ data }) => data.poolId,
  indexes: [['nameKey']],
  filters: ['kind', 'status'],
  starts: {
    PoolCreated: ({ data: { poolId, name, kind }, occurredAt }) => ({
      ...newPool(poolId, name, kind, NOBODY),
      changedAt: occurredAt,
    }),
    PoolRulesChanged: (event, id) => ruled(commonPool(id)!, event),
    PoolMembersChanged: (event, id) => peopled(commonPool(id)!, event),
  },
  on: {
    PoolRulesChanged: ruled,
    PoolMembersChanged: peopled,
    PoolEnabled: (pool, { occurredAt }) => ({ ...pool, status: 'enabled', changedAt: occurredAt }),
    PoolDisabled: (pool, { occurredAt }) => ({ ...pool, status: 'disabled', changedAt: occurredAt }),
    PoolClosed: (pool, { occurredAt }) => ({ ...pool, status: 'closed', changedAt: occurredAt }),
  },
});
