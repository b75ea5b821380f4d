import type { Tier } from '../../../libs/tiering.js';
import { DAY, HOUR } from './calendar.js';
import type { Calendar } from './calendar.js';
import { REORGANISED } from './company.js';
import type { Company, Stint } from './company.js';
import type { Purchase } from './habits.js';
import type { Portrait } from './portrait.js';
import type { Random } from './random.js';

export interface TierChange {
  readonly at: number;
  readonly tier: Tier;
  readonly reason: string;
}

/** Orders of this many minor units in all bring a customer to a tier. */
const POTENTIAL = 4_000_000;
const IMPORTANT = 15_000_000;
const REASONS = ['orders grow from quarter to quarter', 'framework agreement in sight', 'buys from all product lines'];

/** Tiers by purchases; a customer that stops buying falls to a lower tier. */
export function tiersOf(purchases: readonly Purchase[], random: Random, calendar: Calendar): readonly TierChange[] {
  const changes: TierChange[] = [];
  let total = 0;
  let tier: Tier = 'ordinary';
  for (const { at, amount } of purchases) {
    total += amount;
    const deserved: Tier = total >= IMPORTANT ? 'important' : total >= POTENTIAL ? 'potential' : 'ordinary';
    if (deserved === tier) continue;
    tier = deserved;
    changes.push({ at: calendar.working(random, at + random.whole(3, 12) * DAY), tier, reason: random.pick(REASONS) });
  }
  const last = purchases.at(-1);
  if (tier === 'important' && last && last.at < calendar.end - 120 * DAY) {
    const at = calendar.working(random, last.at + 115 * DAY);
    changes.push({ at, tier: 'potential', reason: 'no order for a quarter' });
  }
  return changes;
}

/** One seller after another: people change teams and leave, and the best customers go to a team of their own. */
export function ownersOf(
  { team, registeredAt }: Portrait,
  tiers: readonly TierChange[],
  random: Random,
  company: Company,
  calendar: Calendar,
): readonly Stint[] {
  const important = tiers.find(({ tier }) => tier === 'important')?.at ?? Infinity;
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
