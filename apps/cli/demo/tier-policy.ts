import type { TierRules } from '../../../libs/tiering.js';
import { PublishTierPolicy } from '../../../libs/tiers/commands.js';
import { tierPolicyId } from '../../../libs/tiers/events.js';
import { HOUR } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import type { Company } from './company.js';

/** How customers come to their tiers: by what they bought in a year, how long ago and how many kinds of things. */
export const tierRules: TierRules = {
  currency: 'EUR',
  tiers: [
    { tier: 'ordinary', servicePlan: 'answers within two days', up: null, down: null },
    { tier: 'potential', servicePlan: 'a call each quarter', up: 45, down: 30 },
    { tier: 'important', servicePlan: 'a seller of the key accounts, answers within four hours', up: 70, down: 55 },
  ],
  inputs: [
    {
      name: 'bought in a year',
      measure: 'amount',
      windowDays: 365,
      bands: [
        { from: 0, points: 0 },
        { from: 2_500_000, points: 25 },
        { from: 10_000_000, points: 50 },
      ],
    },
    {
      name: 'days since it bought',
      measure: 'recency-days',
      windowDays: null,
      bands: [
        { from: 0, points: 20 },
        { from: 60, points: 10 },
        { from: 120, points: 0 },
      ],
    },
    {
      name: 'kinds of things bought in a year',
      measure: 'complexity',
      windowDays: 365,
      bands: [
        { from: 0, points: 0 },
        { from: 2, points: 5 },
        { from: 4, points: 10 },
      ],
    },
  ],
  graceDays: 30,
  reviewDays: 7,
};

/** Before there is a customer. */
export function tellTierPolicy(chronicle: Chronicle, company: Company): void {
  const at = chronicle.calendar.day(1) + 12 * HOUR;
  const orgUnitId = company.id('unit', 'company');
  const routing = [{ tier: 'ordinary' as const, orgUnitId, positionId: null, oneToOne: false }];
  const policy = { ...tierRules, routing };
  chronicle.tell(at, company.person('director'), [], new PublishTierPolicy(tierPolicyId, policy));
}
