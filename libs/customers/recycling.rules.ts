import type { Dealings } from '../dealings.js';
import type { EventOf } from '../event-store/event-store.js';
import { recyclingDue } from '../pooling.js';
import type { Dormancy, Pool, RecyclingDue } from '../pooling.js';
import { addDays } from '../time.js';
import type { Tier } from '../tiering.js';
import type { Calendar } from '../working-time.js';
import type { Customer, KnownCustomer } from './customer.decider.js';
import type { CustomerEvents, Owner, RecyclingEvidence, RecyclingPlan } from './events.js';
import type { ReviewCustomerRecycling } from './pool.commands.js';

type Event = EventOf<CustomerEvents>;

/** What of a customer lies on its opportunities. */
export interface Business {
  readonly isOpen: boolean;
  readonly lastOpportunityAt: string | null;
  readonly lastWonAt: string | null;
}

export interface RecyclingFacts {
  /** Pools of the owner that recycle. */
  readonly pools: readonly Pool[];
  readonly calendars: ReadonlyMap<string, Calendar>;
  /** Whether an open transfer holds the customer: it stays as long. */
  readonly isInTransfer: boolean;
  /** Null where no time has come: a plan can be too early then, since the clock looks again. */
  readonly business: Business | null;
}

const NO_BUSINESS: Business = { isOpen: false, lastOpportunityAt: null, lastWonAt: null };

/** What of an owned customer decides about its recycling. */
export interface Held extends Pick<
  KnownCustomer,
  'heldSince' | 'lock' | 'protection' | 'postponedUntil' | 'recycling'
> {
  readonly dealings: Pick<Dealings, 'lastInteractionAt' | 'lastPurchaseAt'>;
  readonly owner: Owner;
  readonly standing: { readonly tier: Tier };
}

/**
 * Plans when a rule of a pool will recycle the customer. When a time has come, warns the owner, or puts the customer into the pool: only
 * after a warning under the rules in force, as long before as they promise. A customer that is locked or archived stays.
 */
export function reviewRecycling(
  state: Customer,
  { customerId, isDue }: ReviewCustomerRecycling,
  now: string,
  facts: RecyclingFacts,
): Event[] {
  if (state.status === 'unknown' || state.status === 'archived' || state.status === 'merged') return [];
  const { owner } = state;
  return owner ? reviewed({ ...state, owner }, { customerId, isDue, now }, facts) : [];
}

/** The same of a customer that is owned, also of one that is only replayed. */
export function reviewed(
  state: Held,
  { customerId, isDue, now }: { readonly customerId: string; readonly isDue: boolean; readonly now: string },
  { pools, calendars, isInTransfer, business }: RecyclingFacts,
): Event[] {
  const { owner, recycling: before } = state;
  const known = dormancyOf(state, business ?? NO_BUSINESS);
  const due = isInTransfer || isLocked(state, now) ? null : recyclingDue(pools, known, calendars);
  const pool = pools.find(({ poolId }) => poolId === due?.poolId);
  if (!due || !pool) return before ? [{ type: 'CustomerRecyclingPlanned', data: { customerId, plan: null } }] : [];
  const { remindBeforeDays, recyclingFrom } = pool.rules;
  const earliest = remindBeforeDays[0] ?? 0;
  const isSame = before !== null && before.conditionsAt === due.dueAt && isOf(before, due);
  const plan = isSame ? before : planOf(due, { earliest, recyclingFrom });
  const planned: Event = { type: 'CustomerRecyclingPlanned', data: { customerId, plan: withoutWarned(plan) } };
  if (!isDue) {
    const isLater = before !== null && isOf(before, due) && before.conditionsAt >= due.dueAt;
    return isLater ? [] : [planned];
  }
  if (now < plan.nextAt) return isSame ? [] : [planned];
  const { lastFollowUpAt, lastOpportunityAt, lastDealAt, ownerSince, protectedUntil, postponedUntil } = known;
  const evidence = { ownerSince, lastFollowUpAt, lastOpportunityAt, lastDealAt, protectedUntil, postponedUntil };
  return act({ customerId, owner, evidence, plan, warned: isSame ? before.warned : [], remindBeforeDays }, now);
}

interface Acting {
  readonly customerId: string;
  readonly owner: Owner;
  readonly evidence: RecyclingEvidence;
  readonly plan: RecyclingPlan;
  readonly warned: readonly number[];
  readonly remindBeforeDays: readonly number[];
}

/** The next warning, or the recycling once there was the last one. Of warnings whose time has passed, one is given. */
function act({ customerId, owner, evidence, plan, warned, remindBeforeDays }: Acting, now: string): Event[] {
  const left = remindBeforeDays.filter((days) => !warned.some((each) => each <= days));
  const [first] = left;
  const ownerId = owner.employeeId;
  if (first === undefined) {
    const { poolId, rule } = plan;
    return [
      { type: 'CustomerRecycled', data: { customerId, ownerId, plan: withoutWarned(plan), evidence } },
      { type: 'CustomerReleasedToPool', data: { customerId, poolId, from: owner, by: 'rule', reason: rule } },
    ];
  }
  // The first warning is given in full, however late it is.
  const dueAt = warned.length === 0 ? later(plan.dueAt, addDays(now, first)) : plan.dueAt;
  const daysBefore = left.findLast((days) => addDays(dueAt, -days) <= now) ?? first;
  const next = left.find((days) => days < daysBefore);
  const nextAt = next === undefined ? dueAt : addDays(dueAt, -next);
  return [
    {
      type: 'RecyclingWarned',
      data: { customerId, ownerId, daysBefore, plan: { ...withoutWarned(plan), dueAt, nextAt }, evidence },
    },
  ];
}

/** @param earliest days before, on which the first warning is given; 0 without warnings */
function planOf(
  { poolId, poolVersion, rule, dueAt: conditionsAt }: RecyclingDue,
  { earliest, recyclingFrom }: { readonly earliest: number; readonly recyclingFrom: string },
): RecyclingPlan {
  const nextAt = later(addDays(conditionsAt, -earliest), recyclingFrom);
  return { poolId, poolVersion, rule, conditionsAt, dueAt: later(conditionsAt, addDays(nextAt, earliest)), nextAt };
}

const isOf = (plan: RecyclingPlan, { poolId, poolVersion, rule }: RecyclingDue): boolean =>
  plan.poolId === poolId && plan.poolVersion === poolVersion && plan.rule === rule;

const withoutWarned = ({ poolId, poolVersion, rule, conditionsAt, dueAt, nextAt }: RecyclingPlan): RecyclingPlan => ({
  poolId,
  poolVersion,
  rule,
  conditionsAt,
  dueAt,
  nextAt,
});

const later = (time: string, other: string): string => (other > time ? other : time);

const isLocked = ({ lock }: Held, now: string): boolean => lock !== null && (lock.until === null || lock.until > now);

const dormancyOf = (customer: Held, { isOpen, lastOpportunityAt, lastWonAt }: Business): Dormancy => ({
  ownerSince: customer.heldSince,
  lastFollowUpAt: customer.dealings.lastInteractionAt,
  lastOpportunityAt,
  lastDealAt: lastOf(customer.dealings.lastPurchaseAt, lastWonAt),
  protectedUntil: customer.protection?.until ?? null,
  postponedUntil: customer.postponedUntil,
  hasOpenBusiness: isOpen,
  tier: customer.standing.tier,
});

const lastOf = (one: string | null, other: string | null): string | null =>
  one === null ? other : other === null ? one : later(one, other);
