import type { Harmless, Personal } from '../personal.js';
import type { AssignMode, PoolKind, PoolRules, Scope } from '../pooling.js';

/** All pools lie in one stream: their names are unique, and which of them takes a customer is a matter of all. */
export const poolsId = 'main';

/** What can be hidden of what nobody has claimed yet. */
export const hideableFields = ['taxId', 'domain', 'phone', 'annualRevenue', 'employees', 'contacts'] as const;
export type HideableField = (typeof hideableFields)[number];

/** The pools that are there from the start: what has no owner, and was put nowhere else, lies in them. Everybody is a member. */
export const commonPools: Readonly<Record<PoolKind, string>> = {
  customer: '5d3b6a5e-7a53-5d0c-9d0f-4f0c1f6c0a01',
  lead: '5d3b6a5e-7a53-5d0c-9d0f-4f0c1f6c0a02',
};

/** Everything that can happen to a pool. Stored for ever: add, never rename or remove. */
export type PoolEvents = {
  /** There is another place for what nobody owns. Members are nobody yet. */
  PoolCreated: { poolId: string; name: string; kind: PoolKind };

  /** Other rules hold. Claims follow them at once, recycling from a later moment on and never without a warning of its own. */
  PoolRulesChanged: { poolId: string; assignMode: AssignMode; hiddenFields: readonly HideableField[] } & PoolRules;

  /** Other people may claim from the pool, or hand out what lies in it. Null for everybody. */
  PoolMembersChanged: { poolId: string; members: Scope | null; admins: Scope };

  /** The pool can be used again. */
  PoolEnabled: { poolId: string };

  /** The pool cannot be used for now; what lay in it goes to another one. */
  PoolDisabled: { poolId: string; targetPoolId: string | null };

  /** The pool is no more; what lay in it goes to another one. */
  PoolClosed: { poolId: string; targetPoolId: string | null };
};

/** What one person claimed from one pool: the boundary of the limit of a day. The stream is named after the two. */
export type ClaimQuotaEvents = {
  /** A claim counts for the day, also when what was claimed is given back. */
  ClaimCounted: {
    quotaId: string;
    poolId: string;
    employeeId: string;
    day: string;
    customerId?: string;
    leadId?: string;
  };
};

export const personal = {} as const satisfies Personal<PoolEvents>;

/** What looks like personal values and is not: names of pools and rules, zones. */
export const harmless = {
  PoolCreated: ['name'],
  PoolRulesChanged: ['zone', 'recycling[].name'],
} as const satisfies Harmless<PoolEvents>;
