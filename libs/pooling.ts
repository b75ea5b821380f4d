import type { OrderedMap } from 'immutable';
import { Refusal, together } from './errors.js';
import { addDays, dayIn, momentIn, shiftDay } from './time.js';
import type { Tier } from './tiering.js';
import { FARTHEST, spansOf } from './working-time.js';
import type { Calendar } from './working-time.js';

/* Rules of pools: who may claim what lies in one, and what goes back into one. Functions of their arguments. */

export const poolKinds = ['customer', 'lead'] as const;
export type PoolKind = (typeof poolKinds)[number];

/** Who gets what lies in a pool: members claim it, an admin hands it out, or a rule does. */
export const assignModes = ['self', 'admin', 'auto'] as const;
export type AssignMode = (typeof assignModes)[number];

/** People of a structure. A unit stands for all that is below it. */
export interface Scope {
  readonly orgUnitIds: readonly string[];
  readonly positionIds: readonly string[];
  readonly employeeIds: readonly string[];
}

/** Where a person is in the structure. */
export interface Place {
  readonly employeeId: string;
  /** Units of all positions that are held, and everything above them. */
  readonly orgUnitIds: readonly string[];
  readonly positionIds: readonly string[];
}

/** @param scope null for everybody */
export const isWithin = (scope: Scope | null, { employeeId, orgUnitIds, positionIds }: Place): boolean =>
  scope === null ||
  scope.employeeIds.includes(employeeId) ||
  scope.orgUnitIds.some((id) => orgUnitIds.includes(id)) ||
  scope.positionIds.some((id) => positionIds.includes(id));

/** What holds for claims from a pool. Null where there is no such limit. */
export interface ClaimRule {
  /** Claims of one person on one day of the pool's zone; what is given back counts. */
  readonly dailyLimit: number | null;
  /** Days for which a former owner may not claim what was theirs. */
  readonly cooldownDays: number | null;
  /** Whether that concerns the last owner, or every one of these days. */
  readonly cooldownFor: 'last' | 'all';
  /** Days for which what comes in is kept back. */
  readonly holdDays: number | null;
  /** Customers that a person may hold to claim another one. */
  readonly mostHeld: number | null;
}

/** What members may keep out of the pool. Null where there is no such limit. */
export interface HoldingRule {
  /** Customers that one person may have locked. */
  readonly locks: number | null;
  /** Longest protection, in days. */
  readonly protectionDays: number | null;
  /** Protections that a customer may have under one owner. */
  readonly protections: number | null;
}

export const recycleCauses = ['no-follow-up', 'no-opportunity', 'no-deal', 'protection-ended'] as const;
export type RecycleCause = (typeof recycleCauses)[number];

export interface RecycleCondition {
  readonly when: RecycleCause;
  readonly days: number;
}

/** When a customer goes back into the pool. */
export interface RecycleRule {
  /** Its own within the pool. */
  readonly name: string;
  /** Whether all conditions must have come, or one. */
  readonly logic: 'and' | 'or';
  readonly conditions: readonly RecycleCondition[];
  /** Whose days of work are counted; all days without one. */
  readonly calendarId: string | null;
  /** Empty for all. */
  readonly tiers: readonly Tier[];
  /** Whether customers with open business stay. */
  readonly sparesOpenBusiness: boolean;
}

/** What a pool says of claims and recycling, in versions. */
export interface PoolRules {
  /** 0 for the rules that every pool begins with. */
  readonly version: number;
  /** By whose days claims are counted: an IANA time zone. */
  readonly zone: string;
  /** Where several pools would take a customer at the same moment, the lowest does. */
  readonly priority: number;
  readonly claim: ClaimRule;
  readonly holding: HoldingRule;
  readonly recycling: readonly RecycleRule[];
  /** Days before, on which the owner is warned; descending. */
  readonly remindBeforeDays: readonly number[];
  /** Nothing is warned of or recycled by these rules before. */
  readonly recyclingFrom: string;
}

export const NO_RULES: PoolRules = {
  version: 0,
  zone: 'UTC',
  priority: 1_000,
  claim: { dailyLimit: null, cooldownDays: null, cooldownFor: 'last', holdDays: null, mostHeld: null },
  holding: { locks: null, protectionDays: null, protections: null },
  recycling: [],
  remindBeforeDays: [],
  recyclingFrom: '0001-01-01T00:00:00.000Z',
};

/** A pool, for who decides about what lies in one. */
export interface Pool {
  readonly poolId: string;
  readonly name: string;
  readonly kind: PoolKind;
  readonly status: 'enabled' | 'disabled' | 'closed';
  readonly rules: PoolRules;
  readonly assignMode: AssignMode;
  /** Null for everybody. */
  readonly members: Scope | null;
  readonly admins: Scope;
}

/** @throws Refusal `rule-name-taken` · `remind-too-early`, each with all that is wrong */
export function checkRecycling({
  recycling,
  remindBeforeDays,
}: Pick<PoolRules, 'recycling' | 'remindBeforeDays'>): void {
  const earliest = Math.max(0, ...remindBeforeDays);
  const twice = recycling.filter(({ name }, index) => recycling.findIndex((each) => each.name === name) < index);
  if (twice.length > 0) {
    throw new Refusal('rule-name-taken', 'Each rule of a pool has a name of its own.', {
      field: 'recycling',
      names: twice.map(({ name }) => name),
    });
  }
  const short = recycling.filter(({ conditions }) => conditions.some(({ days }) => days <= earliest));
  if (short.length > 0) {
    throw new Refusal('remind-too-early', `An owner is warned ${earliest} days before, so every condition has more.`, {
      field: 'remindBeforeDays',
      rules: short.map(({ name }) => name),
    });
  }
}

/** What is known of an owned customer, for the rules that would recycle it. Times; null where it never was. */
export interface Dormancy {
  readonly ownerSince: string;
  readonly lastFollowUpAt: string | null;
  readonly lastOpportunityAt: string | null;
  readonly lastDealAt: string | null;
  readonly protectedUntil: string | null;
  readonly postponedUntil: string | null;
  readonly hasOpenBusiness: boolean;
  readonly tier: Tier;
}

/** A rule of a pool that recycles a customer, and when, if nothing happens until then. */
export interface RecyclingDue {
  readonly poolId: string;
  readonly poolVersion: number;
  readonly rule: string;
  readonly dueAt: string;
}

/** The rule that recycles a customer first; at the same moment that of the pool with priority. Null when none does. */
export function recyclingDue(
  pools: readonly { readonly poolId: string; readonly rules: PoolRules }[],
  known: Dormancy,
  calendars: ReadonlyMap<string, Calendar>,
): RecyclingDue | null {
  let first: RecyclingDue | null = null;
  for (const { poolId, rules } of [...pools].sort((one, other) => one.rules.priority - other.rules.priority)) {
    for (const rule of rules.recycling) {
      const dueAt = dueOf(rule, known, calendars);
      if (dueAt !== null && (first === null || dueAt < first.dueAt)) {
        first = { poolId, poolVersion: rules.version, rule: rule.name, dueAt };
      }
    }
  }
  return first;
}

/** When a rule recycles a customer, if nothing happens until then; null for never. */
function dueOf(rule: RecycleRule, known: Dormancy, calendars: ReadonlyMap<string, Calendar>): string | null {
  if (rule.tiers.length > 0 && !rule.tiers.includes(known.tier)) return null;
  if (rule.sparesOpenBusiness && known.hasOpenBusiness) return null;
  const calendar = rule.calendarId === null ? undefined : calendars.get(rule.calendarId);
  const times = rule.conditions.map(({ when, days }) => {
    const since = SINCE[when](known);
    return since === null ? null : calendar ? afterWorkingDays(calendar, since, days) : addDays(since, days);
  });
  const come = times.filter((time) => time !== null).sort();
  const due = rule.logic === 'or' ? come[0] : come.length === times.length ? come.at(-1) : undefined;
  if (due === undefined) return null;
  // A customer that is protected, or whose recycling was put off, stays until that ends.
  return latest(due, known.protectedUntil, known.postponedUntil);
}

/** Since when each cause counts: from the beginning of the ownership, or what happened last since then. */
const SINCE: Readonly<Record<RecycleCause, (known: Dormancy) => string | null>> = {
  'no-follow-up': ({ ownerSince, lastFollowUpAt }) => latest(ownerSince, lastFollowUpAt),
  'no-opportunity': ({ ownerSince, lastOpportunityAt }) => latest(ownerSince, lastOpportunityAt),
  'no-deal': ({ ownerSince, lastDealAt }) => latest(ownerSince, lastDealAt),
  'protection-ended': ({ protectedUntil }) => protectedUntil,
};

const latest = (time: string, ...others: readonly (string | null)[]): string =>
  others.reduce<string>((last, other) => (other !== null && other > last ? other : last), time);

/** The end of the last of so many days of work after the day of a moment; null where there are not as many within ten years. */
function afterWorkingDays(calendar: Calendar, since: string, days: number): string | null {
  let left = days;
  for (let ahead = 1, first = dayIn(calendar.zone, since); ahead <= FARTHEST; ahead += 1) {
    const day = shiftDay(first, ahead);
    const last = spansOf(calendar, day).at(-1);
    if (!last) continue;
    left -= 1;
    if (left === 0) return momentIn(calendar.zone, day, last.to);
  }
  return null;
}

/** What lies in a pool, and who had it before. */
export interface PoolEntry {
  readonly heldSince: string;
  /** Each with the time at which they ceased to have it. */
  readonly formerOwners: OrderedMap<string, string>;
}

/** Who claims, and out of which pool. */
export interface ClaimFacts {
  readonly place: Place;
  /** The pool in which it lies. */
  readonly pool: Pool;
  /** How many of its kind this person holds, where that is limited. */
  readonly held: number;
  /** Claims of this person from the pool today. */
  readonly claimsOfDay: number;
}

/**
 * Refuses a claim with all that stands against it.
 * @throws Refusal `pool-disabled` · `claims-not-open` · `not-pool-member` · `not-yet-claimable` · `previous-owner-cooldown` ·
 *   `holding-limit-exceeded`
 */
export function checkClaim(entry: PoolEntry, employeeId: string, now: string, facts: ClaimFacts): void {
  const { place, pool, held } = facts;
  const { name, status, assignMode, members, rules } = pool;
  const { cooldownDays, cooldownFor, holdDays, mostHeld } = rules.claim;
  const against: Refusal[] = [];
  if (status !== 'enabled') against.push(new Refusal('pool-disabled', `${name} is not in use.`));
  if (assignMode !== 'self') {
    against.push(new Refusal('claims-not-open', `What lies in ${name} is handed out.`, { assignMode }));
  }
  if (!isWithin(members, place)) {
    against.push(new Refusal('not-pool-member', `Only members of ${name} claim from it.`));
  }
  const from = holdDays === null ? now : addDays(entry.heldSince, holdDays);
  if (now < from) against.push(new Refusal('not-yet-claimable', `It can be claimed from ${from} on.`, { from }));
  const until = cooldown(entry, employeeId, cooldownDays, cooldownFor);
  if (until !== null && now < until) {
    const says = `Who had it before can claim it from ${until} on.`;
    against.push(new Refusal('previous-owner-cooldown', says, { until }));
  }
  if (mostHeld !== null && held >= mostHeld) {
    const says = `Members of ${name} who hold ${mostHeld} customers claim no more.`;
    against.push(new Refusal('holding-limit-exceeded', says, { cap: mostHeld, held, remaining: 0 }));
  }
  const [first, ...others] = against;
  if (first) throw together([first, ...others]);
}

/** Until when a former owner may not have it; null where nothing keeps this person from it. */
export function cooldown(
  { formerOwners }: Pick<PoolEntry, 'formerOwners'>,
  employeeId: string,
  days: number | null,
  concerns: 'last' | 'all',
): string | null {
  const endedAt = formerOwners.get(employeeId);
  if (endedAt === undefined || days === null) return null;
  const wasLast = formerOwners.every((other) => other <= endedAt);
  return concerns === 'all' || wasLast ? addDays(endedAt, days) : null;
}

/**
 * Refuses a pool that takes nothing of a kind.
 * @throws Refusal `pool-of-leads` · `pool-of-customers` · `pool-disabled`
 */
export function checkReturn({ kind, name, status }: Pool, wanted: PoolKind): void {
  const field = 'poolId';
  if (kind !== wanted && kind === 'lead') throw new Refusal('pool-of-leads', `${name} is a pool of leads.`, { field });
  if (kind !== wanted) throw new Refusal('pool-of-customers', `${name} is a pool of customers.`, { field });
  if (status !== 'enabled') throw new Refusal('pool-disabled', `${name} is not in use.`, { field });
}
