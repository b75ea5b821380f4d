import { EvaluateCustomerTier, FollowCustomerTier } from '../libs/customers/commands.js';
import { livingStatuses } from '../libs/customers/events.js';
import type { CustomerEvents } from '../libs/customers/events.js';
import type { RecordedEvent } from '../libs/event-store/event-store.js';
import { learntAt, process } from '../libs/processes/process.js';
import type { Reaction } from '../libs/processes/process.js';
import { sweep } from '../libs/processes/sweep.js';
import type { TierPolicyEvents } from '../libs/tiers/events.js';
import { isTierPolicyPublished } from '../libs/tiers/facts.js';
import { customerList } from '../projections/customer-list.js';
import type { CustomerLine } from '../projections/customer-list.js';

const follow = (event: RecordedEvent<string, { readonly customerId: string }>): readonly Reaction[] => [
  { command: new FollowCustomerTier(event.data.customerId, { learntAt: learntAt(event) }) },
];

/**
 * Customers come higher by what they do: each purchase and each interaction has the tier evaluated. A correction of an interaction
 * changes nothing that a policy counts. How they come lower again is a matter of the clock.
 */
export const tierOfCustomer = process<CustomerEvents>({
  name: 'tier-of-customer',
  version: 1,
  from: 'installation',
  awake: isTierPolicyPublished,
  on: {
    PurchaseRecorded: follow,
    InteractionLogged: follow,
    CustomerRestored: follow,
    CustomerAbsorbed: follow,
    CustomerSeparated: follow,
    CustomerUnmerged: follow,
  },
});

/** A policy that is published holds for the customers there are. */
export const tiersByNewPolicy = sweep<CustomerLine, TierPolicyEvents>({
  name: 'tiers-by-new-policy',
  version: 1,
  from: 'installation',
  on: { TierPolicyPublished: () => ({ status: { $in: livingStatuses } }) },
  of: customerList,
  by: 'customerId',
  command: (customerId) => new EvaluateCustomerTier(customerId),
});
