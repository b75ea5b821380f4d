import type { CaptureFacts } from '../../libs/leads/lead-score.rules.js';
import type { LeadPolicy } from '../../libs/leads/lead-policy.decider.js';
import type { LeadDetails, LeadEvents, LeadSource } from '../../libs/leads/events.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { newCalendar, withDays } from '../../libs/working-time.js';
import { calendarId, officeWeek } from '../calendars/samples.js';

export type LeadEvent = EventOf<LeadEvents>;

export const leadId = '01970000-0000-7000-8000-0000000001ea';
export const ownerId = '01970000-0000-7000-8000-0000000000e1';

export const leadDetails: LeadDetails = {
  personName: 'Person',
  personTitle: null,
  email: 'person@lead.example',
  phone: null,
  companyName: 'Company of a lead',
  domain: 'lead.example',
  sector: 'machinery',
  region: null,
  message: null,
};

export const source: LeadSource = { channel: 'web', campaign: 'spring', partner: null };

/** Machinery and an address make 70 points, which is a B; those are answered within three hours of work. */
export const policy: LeadPolicy = {
  version: 3,
  factors: [
    { name: 'our sector', field: 'sector', values: ['Machinery', 'Pumps'], points: 40 },
    { name: 'can be written to', field: 'email', values: [], points: 30 },
    { name: 'far away', field: 'region', values: ['Abroad'], points: -100 },
  ],
  grades: { A: 80, B: 50, C: 20 },
  responses: [
    { grades: ['A'], channels: [], calendarId, minutes: 60 },
    { grades: ['A', 'B'], channels: ['web'], calendarId, minutes: 180 },
  ],
};

const calendar = newCalendar('Europe/Berlin', officeWeek);

export const counting = { calendar, revision: 4 };
/** The Tuesday is a holiday after all. */
export const withHoliday = {
  calendar: withDays(calendar, [{ day: '2026-03-03', name: 'Closed', spans: [] }], null),
  revision: 5,
};

export const judging: CaptureFacts = { policy, calendars: new Map([[calendarId, counting]]), imported: false };
export const unjudged: CaptureFacts = { policy: undefined, calendars: new Map(), imported: false };

export const captured: LeadEvent = { type: 'LeadCaptured', data: { leadId, source, details: leadDetails } };
export const assigned = (to: string | null = ownerId, from: string | null = null): LeadEvent => ({
  type: 'LeadAssigned',
  data: { leadId, from, to, basis: 'supervisor' },
});
export const qualified: LeadEvent = { type: 'LeadQualified', data: { leadId, note: null } };
/** From Monday afternoon on, three hours of work: until Tuesday ten o'clock. */
export const responseDue: LeadEvent = {
  type: 'LeadResponseDue',
  data: {
    leadId,
    since: '2026-03-02T14:00:00.000Z',
    dueAt: '2026-03-03T09:00:00.000Z',
    minutes: 180,
    calendarId,
    calendarRevision: 4,
    policyVersion: 3,
  },
};
