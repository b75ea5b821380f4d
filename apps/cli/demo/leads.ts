import { DefineCalendar } from '../../../libs/calendars/commands.js';
import {
  AssignLead,
  CaptureLead,
  ContactLead,
  ConvertLead,
  DisqualifyLead,
  PublishLeadPolicy,
  QualifyLead,
  RecycleLead,
} from '../../../libs/leads/commands.js';
import { leadPolicyId } from '../../../libs/leads/lead-policy-id.js';
import { DAY, HOUR, MINUTE } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import type { Company } from './company.js';
import { sectors } from './names.js';
import type { Names } from './names.js';
import type { Portrait } from './portrait.js';
import type { Random } from './random.js';

const CHANNELS = ['web', 'web', 'web', 'event', 'referral', 'advertising'] as const;
const CAMPAIGNS = ['spring fair', 'autumn fair', 'newsletter', null, null] as const;
/** Leads that became no customer. */
const IN_VAIN = 60;
const ENDS = ['no-need', 'no-budget', 'not-reachable', 'wrong-fit'] as const;

/** When work is done, and how leads are scored and answered: before the first of them comes. */
function tellPolicy(chronicle: Chronicle, company: Company): void {
  const at = chronicle.calendar.day(1) + 10 * HOUR;
  const director = company.person('director');
  const calendarId = company.id('calendar', 'office');
  const hours = [{ from: '08:00', to: '18:00' }];
  const week = { monday: hours, tuesday: hours, wednesday: hours, thursday: hours, friday: hours };
  chronicle.tell(at, director, [], new DefineCalendar(calendarId, { name: 'Office', zone: 'UTC', week }));
  const policy = {
    factors: [
      { name: 'from a fair or a referral', field: 'channel' as const, values: ['event', 'referral'], points: 40 },
      { name: 'works where we are strong', field: 'sector' as const, values: ['manufacturing', 'energy'], points: 35 },
      { name: 'a campaign brought it', field: 'campaign' as const, values: [], points: 15 },
    ],
    grades: { A: 70, B: 40, C: 15 },
    responses: [
      { grades: ['A' as const], channels: [], calendarId, minutes: 4 * 60 },
      { grades: [], channels: [], calendarId, minutes: 10 * 60 },
    ],
  };
  chronicle.tell(at + MINUTE, director, [], new PublishLeadPolicy(leadPolicyId(), policy));
}

/** Half of the later customers were leads before; others lead nowhere. All of them are answered in time. */
export function tellLeads(
  random: Random,
  chronicle: Chronicle,
  company: Company,
  names: Names,
  customers: readonly Portrait[],
): void {
  tellPolicy(chronicle, company);
  const { calendar } = chronicle;
  const marketing = company.person('marketing-1');
  const worked = (leadId: string, name: string, sector: string, at: number): void => {
    const source = { channel: random.pick(CHANNELS), campaign: random.pick(CAMPAIGNS), partner: null };
    const website = { id: 'web-site', name: 'Web site' };
    const capture = new CaptureLead(leadId, { source, details: { companyName: name, sector }, ownerId: null });
    chronicle.tell(at, source.channel === 'web' ? website : marketing, [leadId], capture);
    chronicle.tell(at + 20 * MINUTE, marketing, [leadId], new AssignLead(leadId, { ownerId: marketing.id }));
    const contact = new ContactLead(leadId, { channel: 'call', summary: 'asked what it is about' });
    chronicle.tell(at + random.whole(30, 120) * MINUTE, marketing, [leadId], contact);
  };
  for (const { customerId, details, registeredAt } of customers) {
    if (registeredAt < calendar.day(60) || !random.chance(0.5)) continue;
    const leadId = company.id('lead', customerId);
    const at = calendar.working(random, registeredAt - random.whole(4, 12) * DAY);
    worked(leadId, details.name, details.sector ?? random.pick(sectors), at);
    chronicle.tell(registeredAt - HOUR, marketing, [leadId], new QualifyLead(leadId, { note: null }));
    const convert = new ConvertLead(leadId, { customerId, acceptDuplicates: [], opportunity: null });
    chronicle.tell(registeredAt + HOUR, marketing, [leadId, customerId], convert);
  }
  for (let index = 0; index < IN_VAIN; index += 1) {
    const sector = random.pick(sectors);
    const leadId = company.id('lead', `in vain ${index}`);
    const at = calendar.working(random, calendar.inSeason(random, calendar.day(30), calendar.end - DAY));
    worked(leadId, names.company(random, sector), sector, at);
    const ended = calendar.working(random, at + random.whole(2, 20) * DAY);
    const fate = random.next();
    if (fate < 0.6) {
      const disqualify = new DisqualifyLead(leadId, { reason: random.pick(ENDS), note: null });
      chronicle.tell(ended, marketing, [leadId], disqualify);
    } else if (fate < 0.8) {
      chronicle.tell(ended, marketing, [leadId], new RecycleLead(leadId, { reason: 'to be asked again next year' }));
    }
  }
}
