import { CustomerFactsOfTier, Words } from '../../../libs/customers/tier-replay.rules.js';
import type { Tier } from '../../../libs/tiering.js';
import { DAY, HOUR, iso } from './calendar.js';
import type { Calendar } from './calendar.js';
import { REORGANISED } from './company.js';
import type { Company, Stint } from './company.js';
import type { Purchase } from './habits.js';
import type { Portrait } from './portrait.js';
import type { Random } from './random.js';
import { purchaseRecordedAt } from './habits.js';
import { tierRules } from './tier-policy.js';

/** A tier that is set by hand until a moment. */
export interface HandSet {
  readonly at: number;
  readonly tier: Tier;
  readonly reason: string;
  readonly until: number;
}

/** What becomes of a customer's tier: by hand, by the policy with every purchase, and when the clock looks at it. */
export interface Tiering {
  readonly byHand: readonly HandSet[];
  readonly changes: readonly { readonly at: number; readonly to: Tier }[];
  readonly looks: readonly number[];
}

const REASONS = ['framework agreement in sight', 'asked for by the board', 'buys for its subsidiaries soon'];

/** Tiers by the policy, told ahead so that the story knows who goes to the key accounts; few are set by hand for some months. */
export function tieringOf(
  { customerId, registeredAt, details }: Portrait,
  purchases: readonly Purchase[],
  random: Random,
  calendar: Calendar,
): Tiering {
  const [first] = purchases;
  const byHand: HandSet[] = [];
  if (first && random.chance(0.08)) {
    const at = calendar.working(random, first.at + random.whole(10, 60) * DAY);
    const until = calendar.day(Math.ceil((at - calendar.day(0)) / DAY) + random.whole(60, 150));
    if (at < calendar.end) byHand.push({ at, tier: 'important', reason: random.pick(REASONS), until });
  }
  const facts = new CustomerFactsOfTier('ordinary', iso(registeredAt), details.name, new Words());
  for (const { at, amount, product } of purchases) {
    const data = { customerId, purchaseId: '', amount: { amount, currency: 'EUR' }, product };
    const rest = { reference: null, opportunityId: null, ownerId: null };
    facts.add({ type: 'PurchaseRecorded', data: { ...data, ...rest } }, iso(purchaseRecordedAt(at)));
  }
  for (const { at, tier, reason, until } of byHand) {
    const data = { customerId, from: 'ordinary' as const, to: tier, reason, until: iso(until) };
    facts.add({ type: 'CustomerTierOverridden', data }, iso(at));
  }
  const rules = { ...tierRules, version: 1 };
  const { changes, looks } = facts.replay(customerId, rules, { from: undefined, to: iso(calendar.end) })!;
  return {
    byHand,
    changes: changes.map(({ at, to }) => ({ at: Date.parse(at), to })),
    looks: looks.map((at) => Date.parse(at)),
  };
}

/** One seller after another: people change teams and leave, and the best customers go to a team of their own. */
export function ownersOf(
  { team, registeredAt }: Portrait,
  { byHand, changes }: Tiering,
  random: Random,
  company: Company,
  calendar: Calendar,
): readonly Stint[] {
  const important = Math.min(
    ...byHand.filter(({ tier }) => tier === 'important').map(({ at }) => at),
    ...changes.filter(({ to }) => to === 'important').map(({ at }) => at),
  );
  const toKey = Math.max(calendar.day(REORGANISED) + 2 * DAY, important + 4 * DAY);
  let stint = { ...company.seller(random, team, registeredAt), from: registeredAt };
  const owners: Stint[] = [stint];
  for (;;) {
    // Before the seller leaves, so that no customer is without one.
    const goes = stint.to - random.whole(3, 6) * DAY;
    const next = stint.team === 'key' ? goes : Math.min(goes, toKey);
    if (!(next < calendar.end)) return owners;
    const at = Math.max(stint.from + HOUR, calendar.working(random, next));
    const into = next === toKey ? 'key' : stint.team;
    stint = { ...company.seller(random, into, at, stint.who), from: at };
    owners.push(stint);
  }
}
