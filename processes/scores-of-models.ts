import { AskLeadModel } from '../libs/leads/commands.js';
import type { LeadEvents } from '../libs/leads/events.js';
import { process } from '../libs/processes/process.js';

/** Has the model outside score a lead, where the policy says so. */
export const scoresOfModels = process<LeadEvents>({
  name: 'scores-of-models',
  version: 1,
  from: 'installation',
  on: {
    LeadModelAsked: ({ data: { leadId } }) => [{ command: new AskLeadModel(leadId) }],
  },
});
