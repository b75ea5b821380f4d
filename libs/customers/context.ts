import { formerOwner } from '../../processes/former-owner.js';
import { mergeOfCustomers, subsidiariesOfMerged } from '../../processes/merge-of-customers.js';
import { overtakenDecisions } from '../../processes/overtaken-decisions.js';
import { emptiedPools, recycling, recyclingByOtherRules } from '../../processes/recycling.js';
import { segmentsByDefinition, segmentsOfCustomer } from '../../processes/segments-of-customer.js';
import { tierOfCustomer, tiersByNewPolicy } from '../../processes/tier-of-customer.js';
import { contactList } from '../../projections/contact-list.js';
import { customerList } from '../../projections/customer-list.js';
import { customerPortrait } from '../../projections/customer-portrait.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { customerTiers } from '../../projections/customer-tiers.js';
import { customerTimeline } from '../../projections/customer-timeline.js';
import { customerValue } from '../../projections/customer-value.js';
import { relatedStreams } from '../../projections/related-streams.js';
import { portfolio as portfolioReport } from '../../reports/portfolio.js';
import { retention } from '../../reports/retention.js';
import { rfm } from '../../reports/rfm.js';
import { tierChanges } from '../../reports/tier-changes.js';
import { lookup } from '../context.js';
import type { Context } from '../context.js';
import { customerTargets } from '../import/steps/customers.js';
import { readModel } from '../read-models/rollup.js';
import { customer } from './customer.decider.js';
import { customerDeadlines } from './deadlines.js';
import { locks } from './lock.decider.js';
import { identifier } from './identifier.decider.js';
import { portfolio } from './portfolio.decider.js';
import { ownedCustomers } from './belongings.js';
export const customers: Context = {
  name: 'customers',
  module: async () => (await import('./customers.module.js')).CustomersModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [customer, identifier, portfolio, locks],
  subjects: {
    customer: {
      says: 'Everything that happened to a customer, to its opportunities and tasks, and to customers merged into it, in log order.',
      collection: 'customers',
      stream: (id) => `customer-${id}`,
      related: true,
      found: lookup(customerList, 'nameKey', ({ customerId, name, status }) => ({
        id: customerId,
        name,
        archived: status === 'archived' || status === 'merged',
      })),
    },
  },
  steps: customerTargets,
  deadlines: customerDeadlines,
  processes: [formerOwner, mergeOfCustomers, overtakenDecisions, recycling, segmentsOfCustomer, tierOfCustomer],
  sweeps: [subsidiariesOfMerged, recyclingByOtherRules, emptiedPools, segmentsByDefinition, tiersByNewPolicy],
  belongings: [ownedCustomers],
  readModels: [
    readModel(customerList),
    readModel(customerProfile),
    readModel(customerPortrait),
    readModel(customerTimeline),
    readModel(contactList),
    readModel(customerValue),
    readModel(customerTiers),
    readModel(relatedStreams),
  ],
  reports: [retention, rfm, portfolioReport, tierChanges],
};
