import { MovePooledCustomer, ReviewCustomerRecycling } from '../libs/customers/pool.commands.js';
import type { CustomerEvents } from '../libs/customers/events.js';
import type { OpportunityEvents } from '../libs/opportunities/events.js';
import { process } from '../libs/processes/process.js';
import type { Reaction } from '../libs/processes/process.js';
import { sweep } from '../libs/processes/sweep.js';
import { commonPools } from '../libs/pools/events.js';
import type { PoolEvents } from '../libs/pools/events.js';
import { isAnyPoolRecycling } from '../libs/pools/facts.js';
import type { TransferHoldEvents } from '../libs/transfers/events.js';
import { MovePooledLead } from '../libs/leads/commands.js';
import { leadList } from '../projections/lead-list.js';
import type { LeadLine } from '../projections/lead-list.js';
import { customerList } from '../projections/customer-list.js';
import type { CustomerLine } from '../projections/customer-list.js';

const review = (customerId: string | null): readonly Reaction[] =>
  customerId === null ? [] : [{ command: new ReviewCustomerRecycling(customerId, { isDue: false }) }];

/** What rules of pools look at has changed: when the customer goes back is planned anew. What only puts it off, the clock sees in time. */
export const recycling = process<CustomerEvents & OpportunityEvents & TransferHoldEvents>({
  name: 'recycling',
  version: 1,
  from: 'installation',
  awake: isAnyPoolRecycling,
  on: {
    CustomerOwnerAssigned: ({ data }) => review(data.customerId),
    CustomerRestored: ({ data }) => review(data.customerId),
    CustomerUnmerged: ({ data }) => review(data.customerId),
    CustomerSeparated: ({ data }) => review(data.customerId),
    CustomerTierOverridden: ({ data }) => review(data.customerId),
    CustomerTierUpgraded: ({ data }) => review(data.customerId),
    CustomerTierDowngraded: ({ data }) => review(data.customerId),
    CustomerTierOverrideExpired: ({ data }) => review(data.customerId),
    CustomerUnlocked: ({ data }) => review(data.customerId),
    CustomerProtectionEnded: ({ data }) => review(data.customerId),
    RecyclingPostponed: ({ data }) => review(data.customerId),
    OpportunityWon: ({ data }) => review(data.customerId),
    OpportunityLost: ({ data }) => review(data.customerId),
    OpportunityVoided: ({ data }) => review(data.customerId),
    TransferSubjectFreed: ({ data }) => review(data.subjectId),
  },
});

const owned = () => ({ ownerId: { $ne: null } });

/** Other rules, or other members: all customers that are owned are looked at again. */
export const recyclingByOtherRules = sweep<CustomerLine, PoolEvents>({
  name: 'recycling-by-other-rules',
  version: 1,
  from: 'installation',
  on: {
    PoolRulesChanged: owned,
    PoolMembersChanged: owned,
    PoolEnabled: owned,
    PoolDisabled: owned,
    PoolClosed: owned,
  },
  of: customerList,
  by: 'customerId',
  command: (customerId) => new ReviewCustomerRecycling(customerId, { isDue: false }),
});

const lyingIn = ({ data: { poolId } }: { readonly data: { readonly poolId: string } }) => ({ poolId });

/** A pool is not used any more: what lies in it goes to another one; to the common one where it came in while that was decided. */
export const emptiedPoolsOfLeads = sweep<LeadLine, Pick<PoolEvents, 'PoolDisabled' | 'PoolClosed'>>({
  name: 'emptied-pools-of-leads',
  version: 1,
  from: 'installation',
  on: { PoolDisabled: lyingIn, PoolClosed: lyingIn },
  of: leadList,
  by: 'leadId',
  command: (leadId, { data: { poolId, targetPoolId } }) =>
    new MovePooledLead(leadId, { from: poolId, to: targetPoolId ?? commonPools.lead }),
});

/** The same of customers. */
export const emptiedPools = sweep<CustomerLine, Pick<PoolEvents, 'PoolDisabled' | 'PoolClosed'>>({
  name: 'emptied-pools',
  version: 1,
  from: 'installation',
  on: { PoolDisabled: lyingIn, PoolClosed: lyingIn },
  of: customerList,
  by: 'customerId',
  command: (customerId, { data: { poolId, targetPoolId } }) =>
    new MovePooledCustomer(customerId, { from: poolId, to: targetPoolId ?? commonPools.customer }),
});
