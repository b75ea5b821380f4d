import { conversionOfLead } from '../../processes/conversion-of-lead.js';
import { scoresOfModels } from '../../processes/scores-of-models.js';
import { leadsOfMerged } from '../../processes/merge-of-customers.js';
import { emptiedPoolsOfLeads } from '../../processes/recycling.js';
import { customerKeys } from '../../projections/customer-keys.js';
import { leadList } from '../../projections/lead-list.js';
import { leadPolicyList } from '../../projections/lead-policy-list.js';
import { leadFunnel } from '../../reports/lead-funnel.js';
import { lookup } from '../context.js';
import type { Context } from '../context.js';
import { leadTargets } from '../import/steps/leads.js';
import { readModel } from '../read-models/rollup.js';
import { leadDeadlines } from './deadlines.js';
import { leadPolicy } from './lead-policy.decider.js';
import { lead } from './lead.decider.js';
import { ownedLeads } from './belongings.js';

export const leads: Context = {
  name: 'leads',
  module: async () => (await import('./leads.module.js')).LeadsModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [lead, leadPolicy],
  subjects: {
    lead: {
      says: 'Everything that happened to a lead.',
      collection: 'leads',
      stream: (id) => `lead-${id}`,
      found: lookup(leadList, undefined, ({ leadId, details: { companyName, personName } }) => ({
        id: leadId,
        name: companyName ?? personName!,
      })),
    },
    'lead-policy': {
      says: 'How leads were judged.',
      collection: 'lead-policies',
      stream: (id) => `leadpolicy-${id}`,
      found: lookup(leadPolicyList, undefined, ({ policyId }) => ({ id: policyId, name: 'lead policy' })),
    },
  },
  steps: leadTargets,
  deadlines: leadDeadlines,
  processes: [conversionOfLead, scoresOfModels],
  sweeps: [leadsOfMerged, emptiedPoolsOfLeads],
  belongings: [ownedLeads],
  readModels: [readModel(customerKeys), readModel(leadList), readModel(leadPolicyList)],
  reports: [leadFunnel],
};
