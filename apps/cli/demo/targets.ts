import type { NewTarget } from '../../../libs/targets/commands.js';
import { ReviseTarget, SetTarget, WithdrawTarget } from '../../../libs/targets/commands.js';
import type { TargetSubjectKind } from '../../../libs/targets/events.js';
import { targetIdOf } from '../../../libs/targets/target-id.js';
import { Calendar, DAY, HOUR, MINUTE, monthOf } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import { posts, REORGANISED, stints, teams } from './company.js';
import type { Company, Team } from './company.js';

/** What a seller, and what a team, is to win in a quarter, in minor units. */
const EACH: Readonly<Record<Team, number>> = { north: 3_000_000, south: 4_000_000, key: 5_000_000 };
const TOGETHER: Readonly<Record<Team, number>> = { north: 10_000_000, south: 16_000_000, key: 12_000_000 };

/** Sellers get a target each quarter, teams one for the year and one for each quarter; one is revised, one is taken back. */
export function tellTargets(chronicle: Chronicle, company: Company): void {
  const { calendar } = chronicle;
  const head = company.person('sales-head');

  for (const { quarter, at } of quarters(calendar)) {
    let now = at;
    const tell = (target: NewTarget) => chronicle.tell((now += MINUTE), head, [], setting(target));
    for (const team of teams.filter((each) => each !== 'key' || calendar.day(REORGANISED + 1) < at)) {
      const unit = company.id('unit', team);
      if (quarter.endsWith('Q1')) tell(target('org-unit', unit, quarter.slice(0, 4), 4 * TOGETHER[team]));
      tell(target('org-unit', unit, quarter, TOGETHER[team]));
    }
    for (const { who, team, from, to } of stints) {
      if (at < calendar.day(from) + DAY || at >= calendar.day(to)) continue;
      tell(target('employee', company.person(who).id, quarter, EACH[team]));
    }
  }

  const away = calendar.day(200);
  const less = target('employee', company.person('north-3').id, quarterOf(away), EACH.north / 2);
  const revision = new ReviseTarget(targetIdOf(less), { value: less.value, reason: 'away for most of the quarter' });
  chronicle.tell(away + 14 * HOUR, head, [], revision);

  const leaving = calendar.day(posts['south-3'].to);
  const gone = target('employee', company.person('south-3').id, quarterOf(leaving - DAY), EACH.south);
  chronicle.tell(
    leaving + 17 * HOUR,
    head,
    [],
    new WithdrawTarget(targetIdOf(gone), { reason: 'left before the quarter ended' }),
  );
}

const target = (kind: TargetSubjectKind, id: string, period: string, amount: number): NewTarget => ({
  kpi: 'won-amount',
  subject: { kind, id },
  period,
  value: { amount, currency: 'EUR' },
});

const setting = (target: NewTarget): SetTarget => new SetTarget(targetIdOf(target), target);

const quarterOf = (at: number): string => `${new Date(at).getUTCFullYear()}-Q${Math.floor(monthOf(at) / 3) + 1}`;

/** Every quarter, with the morning on which its targets are set: that of its first day, or of the second day of the story. */
function quarters(calendar: Calendar): { quarter: string; at: number }[] {
  const mornings = Array.from({ length: Calendar.days }, (_, index) => calendar.day(index + 1) + 9 * HOUR);
  return mornings
    .map((at) => ({ quarter: quarterOf(at), at }))
    .filter(({ quarter }, index, all) => quarter !== all[index - 1]?.quarter);
}
