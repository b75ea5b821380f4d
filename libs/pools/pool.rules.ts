import { differences } from '../changes.js';
import { Missing, Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { checkRecycling } from '../pooling.js';
import type { Scope } from '../pooling.js';
import { normalForm } from '../text.js';
import { dayIn, isZone, shiftDay, startOfDay } from '../time.js';
import type { ChangePoolMembers, ChangePoolRules, ClosePool, CreatePool, DisablePool, EnablePool } from './commands.js';
import { commonPools } from './events.js';
import type { HideableField, PoolEvents } from './events.js';
import type { KnownPool, Pools } from './pools.decider.js';

type Event = EventOf<PoolEvents>;

/** The same pool again changes nothing. */
export function createPool(state: Pools, { poolId, name, kind }: CreatePool): Event[] {
  const before = state.get(poolId);
  if (before?.name === name && before.kind === kind) return [];
  if (before) throw new Refusal('pool-exists', 'There is a pool with this id.', { poolId }, 409);
  const namesake = state.findKey((each) => each.status !== 'closed' && normalForm(each.name) === normalForm(name));
  if (namesake !== undefined) {
    throw new Refusal('pool-name-taken', `There is a pool called ${name}.`, { field: 'name', poolId: namesake }, 409);
  }
  return [{ type: 'PoolCreated', data: { poolId, name, kind } }];
}

/** What of the names in a command there is none of. */
export interface Unknown {
  readonly unknown: readonly { readonly field: string; readonly id: string }[];
}

/** Rules as they are already change nothing. */
export function changePoolRules(state: Pools, command: ChangePoolRules, now: string, { unknown }: Unknown): Event[] {
  const { poolId, from: asked, claim, holding, recycling, zone, priority, assignMode, hiddenFields } = command;
  const from = asked ?? undefined;
  const before = open(state, poolId);
  if (!isZone(zone)) throw new Refusal('zone-unknown', `There is no time zone ${zone}.`, { field: 'zone' });
  checkUnknown(unknown);
  const remindBeforeDays = command.remindBeforeDays.toSorted((one, other) => other - one);
  if (before.kind === 'lead' && recycling.length > 0) {
    throw new Refusal('recycling-of-leads', 'Leads go back by a decision, not by a rule.', { field: 'recycling' });
  }
  if (before.kind === 'lead') checkOfLeads({ claim, holding, hiddenFields });
  checkRecycling({ recycling, remindBeforeDays });
  if (assignMode === 'self') checkMembers(before.members);
  const today = dayIn(zone, now);
  if (from !== undefined && from < today) {
    throw new Refusal('day-in-the-past', `Rules can recycle from ${today} on at the earliest.`, {
      field: 'from',
      today,
    });
  }
  const rules = { zone, priority, claim, holding, recycling, remindBeforeDays };
  const { version, recyclingFrom: _, ...held } = before.rules;
  const said = { ...rules, assignMode, hiddenFields };
  const saidBefore = { ...held, assignMode: before.assignMode, hiddenFields: before.hiddenFields };
  if (from === undefined && version > 0 && !differences(saidBefore, said)) return [];
  const start = startOfDay(zone, from ?? shiftDay(today, 1));
  return [
    {
      type: 'PoolRulesChanged',
      data: { poolId, version: version + 1, ...said, recyclingFrom: start > now ? start : now },
    },
  ];
}

/** What can be hidden of a lead. */
const hiddenOfLeads: readonly HideableField[] = ['phone', 'domain', 'contacts'];

/** What limits the customers that a person holds, and hides what only they have. @throws Refusal `rule-of-customers` */
function checkOfLeads({
  claim,
  holding,
  hiddenFields,
}: Pick<ChangePoolRules, 'claim' | 'holding' | 'hiddenFields'>): void {
  const fields = [
    ...(claim.mostHeld === null ? [] : ['claim.mostHeld']),
    ...Object.entries(holding).flatMap(([name, limit]) => (limit === null ? [] : [`holding.${name}`])),
    ...(hiddenFields.every((field) => hiddenOfLeads.includes(field)) ? [] : ['hiddenFields']),
  ];
  if (fields.length === 0) return;
  const says = `${fields.join(', ')}: these are rules for customers.`;
  throw new Refusal('rule-of-customers', says, { field: fields[0], fields });
}

/** @throws Refusal `members-required` */
function checkMembers(members: Scope | null): void {
  if (members === null || Object.values(members).some((ids: readonly string[]) => ids.length > 0)) return;
  throw new Refusal('members-required', 'A pool from which members claim has members: name them first.', {
    field: 'members',
  });
}

export function changePoolMembers(
  state: Pools,
  { poolId, members, admins }: ChangePoolMembers,
  _now: string,
  { unknown }: Unknown,
): Event[] {
  const pool = open(state, poolId);
  checkUnknown(unknown);
  if (pool.assignMode === 'self' && pool.rules.version > 0) checkMembers(members);
  if (!differences({ members: pool.members, admins: pool.admins }, { members, admins })) return [];
  return [{ type: 'PoolMembersChanged', data: { poolId, members, admins } }];
}

export function enablePool(state: Pools, { poolId }: EnablePool): Event[] {
  return open(state, poolId).status === 'enabled' ? [] : [{ type: 'PoolEnabled', data: { poolId } }];
}

/** How much lies in the pool. */
export interface Entries {
  readonly entries: number;
}

export function disablePool(
  state: Pools,
  { poolId, targetPoolId }: DisablePool,
  _now: string,
  facts: Entries,
): Event[] {
  if (open(state, poolId).status === 'disabled') return [];
  checkLeaving(state, poolId, targetPoolId, facts);
  return [{ type: 'PoolDisabled', data: { poolId, targetPoolId } }];
}

export function closePool(state: Pools, { poolId, targetPoolId }: ClosePool, _now: string, facts: Entries): Event[] {
  if (state.get(poolId)?.status === 'closed') return [];
  open(state, poolId);
  checkLeaving(state, poolId, targetPoolId, facts);
  return [{ type: 'PoolClosed', data: { poolId, targetPoolId } }];
}

/** @throws Refusal `pool-common` · `pool-not-empty` · `target-pool-invalid` */
function checkLeaving(state: Pools, poolId: string, targetPoolId: string | null, { entries }: Entries): void {
  if (Object.values(commonPools).includes(poolId)) {
    throw new Refusal('pool-common', 'What belongs nowhere lies in this pool: it stays.');
  }
  if (targetPoolId === null) {
    if (entries === 0) return;
    throw new Refusal('pool-not-empty', `The pool holds ${entries}: name a pool where they go.`, { entries });
  }
  const target = state.get(targetPoolId);
  if (!target) throw new Missing('pool', targetPoolId);
  if (targetPoolId === poolId || target.kind !== state.get(poolId)?.kind || target.status !== 'enabled') {
    throw new Refusal('target-pool-invalid', 'What lies in it can go to another pool of its kind that is in use.', {
      field: 'targetPoolId',
    });
  }
}

/** @throws Missing · Refusal `pool-closed` */
function open(state: Pools, poolId: string): KnownPool {
  const pool = state.get(poolId);
  if (!pool) throw new Missing('pool', poolId);
  if (pool.status === 'closed') throw new Refusal('pool-closed', 'The pool was given up.', { poolId });
  return pool;
}

/** @throws Refusal `reference-unknown` */
function checkUnknown(unknown: Unknown['unknown']): void {
  if (unknown.length === 0) return;
  const said = unknown.map(({ id }) => id).join(', ');
  throw new Refusal('reference-unknown', `There is nothing of this kind called ${said}, or it is not in use.`, {
    field: unknown[0]!.field,
    unknown,
  });
}
