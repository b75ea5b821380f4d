import { FollowCustomerSegments } from '../libs/customers/commands.js';
import { livingStatuses } from '../libs/customers/events.js';
import type { CustomerEvents } from '../libs/customers/events.js';
import type { RecordedEvent } from '../libs/event-store/event-store.js';
import { learntAt, process } from '../libs/processes/process.js';
import type { Reaction } from '../libs/processes/process.js';
import { sweep } from '../libs/processes/sweep.js';
import type { SegmentEvents } from '../libs/segments/events.js';
import { isAnySegmentInForce } from '../libs/segments/facts.js';
import { customerList } from '../projections/customer-list.js';
import type { CustomerLine } from '../projections/customer-list.js';

const follow = (event: RecordedEvent<string, { readonly customerId: string }>): readonly Reaction[] => [
  { command: new FollowCustomerSegments(event.data.customerId, { learntAt: learntAt(event) }) },
];

/** Customers enter and leave segments by all that conditions look at. What time alone changes is a matter of the clock. */
export const segmentsOfCustomer = process<CustomerEvents>({
  name: 'segments-of-customer',
  version: 1,
  from: 'installation',
  awake: isAnySegmentInForce,
  on: {
    CustomerRegistered: follow,
    CustomerDetailsChanged: follow,
    CustomerDetailsCorrected: follow,
    CustomerTagged: follow,
    CustomerUntagged: follow,
    CustomerOwnerAssigned: follow,
    CustomerReleasedToPool: follow,
    CustomerPoolChanged: follow,
    CustomerTierOverridden: follow,
    CustomerTierOverrideExpired: follow,
    CustomerTierUpgraded: follow,
    CustomerTierDowngraded: follow,
    CustomerWentDormant: follow,
    CustomerReactivated: follow,
    CustomerLost: follow,
    CustomerArchived: follow,
    CustomerRestored: follow,
    CustomerMerged: follow,
    CustomerUnmerged: follow,
    CustomerAbsorbed: follow,
    CustomerSeparated: follow,
    InteractionLogged: follow,
    InteractionCorrected: follow,
    PurchaseRecorded: follow,
  },
});

/** A segment that is defined holds for the customers there are; nobody belongs to one that is given up. */
export const segmentsByDefinition = sweep<CustomerLine, SegmentEvents>({
  name: 'segments-by-definition',
  version: 1,
  from: 'installation',
  on: {
    SegmentDefined: () => ({ status: { $in: livingStatuses } }),
    SegmentRetired: ({ data: { segmentId } }) => ({ segmentIds: { $has: segmentId } }),
  },
  of: customerList,
  by: 'customerId',
  command: (customerId, event) => new FollowCustomerSegments(customerId, { learntAt: learntAt(event) }),
});
