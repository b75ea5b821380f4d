import { PublishAssignmentRule } from '../../../libs/assignment/commands.js';
import { deskIdOf, ruleIdOf } from '../../../libs/assignment/desk-id.js';
import { CaptureLead, ContactLead } from '../../../libs/leads/commands.js';
import { DAY, HOUR, MINUTE } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import type { Company } from './company.js';
import { sectors } from './names.js';
import type { Names } from './names.js';
import type { Random } from './random.js';

/** Leads that a fair brought in the last weeks. */
const LEADS = 18;
const CAMPAIGN = 'regional trade fair';
const REGION = 'North';

/** A fair near the end: what it brings is answered at once, and goes round the sellers of two teams by a rule, past the one who is away. */
export function tellFair(random: Random, chronicle: Chronicle, company: Company, names: Names): void {
  const { calendar } = chronicle;
  const opens = calendar.end - 18 * DAY;
  const rule = { deskKind: 'leads', name: 'Leads of the trade fair' } as const;
  const publish = new PublishAssignmentRule(deskIdOf(rule.deskKind), {
    ...rule,
    ruleId: ruleIdOf(rule),
    priority: 10,
    criteria: { regions: [REGION], sectors: [], tiers: [], grades: [], channels: ['event'] },
    scope: {
      orgUnitIds: [],
      positionIds: [company.id('position', 'north-seller'), company.id('position', 'south-seller')],
      employeeIds: [],
    },
    method: 'round-robin',
    weights: [],
    cap: null,
    needs: { skills: [], languages: [] },
    workingHoursCalendarId: null,
    fallback: { kind: 'employee', id: company.person('sales-head').id },
  });
  chronicle.tell(opens - DAY, company.person('sales-head'), [], publish);
  for (let index = 0; index < LEADS; index += 1) {
    const leadId = company.id('lead', `fair ${index}`);
    const sector = random.pick(sectors);
    const source = { channel: 'event', campaign: CAMPAIGN, partner: null } as const;
    const details = { companyName: names.company(random, sector), sector, region: REGION };
    const at = calendar.working(random, random.between(opens, calendar.end - 2 * HOUR));
    const marketing = company.person('marketing-2');
    chronicle.tell(at, marketing, [leadId], new CaptureLead(leadId, { source, details, ownerId: null }));
    const contact = new ContactLead(leadId, { channel: 'email', summary: 'thanked for the visit at the fair' });
    chronicle.tell(at + random.whole(20, 120) * MINUTE, marketing, [leadId], contact);
  }
}
