import { deadline } from '../deadline.js';
import { RecordLeadResponseBreach } from './commands.js';
import type { LeadEvents } from './events.js';

/** The times of a lead that the clock watches. */
export const leadDeadlines = [
  deadline<LeadEvents>({
    kind: 'lead-response',
    subject: 'leadId',
    sets: { LeadResponseDue: ({ dueAt }) => [dueAt] },
    settles: [
      'LeadFirstResponseMet',
      'LeadFirstResponseBreached',
      'LeadDisqualified',
      'LeadRecycled',
      'LeadMarkedDuplicate',
      'LeadConverted',
    ],
    record: (leadId, dueAt) => new RecordLeadResponseBreach(leadId, { dueAt }),
  }),
];
