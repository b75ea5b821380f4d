import { customerList } from '../../projections/customer-list.js';
import type { CustomerLine } from '../../projections/customer-list.js';
import { sweep } from '../processes/sweep.js';
import type { TierPolicyEvents } from '../tiers/events.js';
import { EvaluateCustomerTier } from './commands.js';

/** What follows for each customer. */
export const customerSweeps = [
  sweep<CustomerLine, TierPolicyEvents>({
    name: 'tiers-by-new-policy',
    version: 1,
    from: 'installation',
    on: { TierPolicyPublished: () => ({ status: { $ne: 'archived' } }) },
    of: customerList,
    by: 'customerId',
    command: (customerId) => new EvaluateCustomerTier(customerId),
  }),
];
