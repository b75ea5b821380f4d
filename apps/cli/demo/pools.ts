import { NO_RULES } from '../../../libs/pooling.js';
import { ChangePoolMembers, ChangePoolRules, CreatePool } from '../../../libs/pools/commands.js';
import { DAY, HOUR, MINUTE } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import type { Company } from './company.js';

const CLAIM = { dailyLimit: 3, cooldownDays: 60, cooldownFor: 'last', holdDays: 2, mostHeld: null } as const;
const people = { orgUnitIds: [], positionIds: [], employeeIds: [] };

/** A pool for customers of whom nothing is heard, from which sellers claim; a few days ago it got rules that put customers back. */
export function tellPools(chronicle: Chronicle, company: Company): void {
  const { calendar } = chronicle;
  const poolId = company.id('pool');
  const director = company.person('director');
  const at = calendar.day(20) + 10 * HOUR;
  const members = { ...people, orgUnitIds: [company.id('unit', 'sales')] };
  const admins = { ...people, employeeIds: [company.person('sales-head').id] };
  const rules = { zone: 'UTC', priority: 100, assignMode: 'self', claim: CLAIM, holding: NO_RULES.holding } as const;
  chronicle.tell(at, director, [], new CreatePool(poolId, { name: 'To be won back', kind: 'customer' }));
  chronicle.tell(at + MINUTE, director, [], new ChangePoolMembers(poolId, { members, admins }));
  const first = { ...rules, recycling: [], remindBeforeDays: [], hiddenFields: [] };
  chronicle.tell(at + 2 * MINUTE, director, [], new ChangePoolRules(poolId, first));
  const quiet = {
    name: 'nine months without a word',
    logic: 'and',
    conditions: [{ when: 'no-follow-up', days: 270 }],
    calendarId: null,
    tiers: [],
    sparesOpenBusiness: true,
  } as const;
  const since = new ChangePoolRules(poolId, { ...first, recycling: [quiet], remindBeforeDays: [14, 3] });
  chronicle.tell(calendar.end - 3 * DAY, director, [], since);
}
