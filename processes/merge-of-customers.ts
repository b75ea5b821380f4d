import type { CustomerEvents } from '../libs/customers/events.js';
import {
  AbsorbCustomer,
  MoveSubsidiaryByMerge,
  RevokeMerge,
  SeparateCustomer,
} from '../libs/customers/merge.commands.js';
import type { RecordedEvent } from '../libs/event-store/event-store.js';
import { MoveLeadByMerge } from '../libs/leads/commands.js';
import type { MergeToFollow } from '../libs/merged.js';
import { MoveOpportunityByMerge } from '../libs/opportunities/commands.js';
import { process } from '../libs/processes/process.js';
import { sweep } from '../libs/processes/sweep.js';
import type { Sweep } from '../libs/processes/sweep.js';
import type { Projection } from '../libs/read-models/projection.js';
import { MoveTaskByMerge } from '../libs/tasks/commands.js';
import { customerList } from '../projections/customer-list.js';
import { leadList } from '../projections/lead-list.js';
import { opportunityBoard } from '../projections/opportunity-board.js';
import { taskList } from '../projections/task-list.js';

/**
 * The survivor of a merge takes over what the other customer has, and gives it back when the merge is taken back. A merge that the
 * survivor refuses is taken back.
 */
export const mergeOfCustomers = process<CustomerEvents>({
  name: 'merge-of-customers',
  version: 1,
  from: 'installation',
  on: {
    CustomerMerged: ({ data: { customerId: loserId, survivorId, mergeId, choices, tags } }) => [
      {
        command: new AbsorbCustomer(survivorId, { loserId, mergeId, terms: { choices, tags } }),
        otherwise: ({ code }) => ({ command: new RevokeMerge(loserId, { mergeId, code }) }),
      },
    ],
    CustomerUnmerged: ({ data: { customerId: loserId, survivorId, mergeId } }) => [
      { command: new SeparateCustomer(survivorId, { loserId, mergeId }) },
    ],
  },
});

type MergeEvents = Pick<CustomerEvents, 'CustomerMerged' | 'CustomerUnmerged'>;

/**
 * Has what is about a customer follow its merge. Documents of the read model tell the customer, and the merges by which they came to
 * it (`mergeIds`), by which they are found to go back.
 */
const follows = <Document extends { readonly mergeIds: readonly string[] }>({
  name,
  of,
  by,
  customer,
  command,
}: {
  readonly name: string;
  readonly of: Projection<Document>;
  readonly by: keyof Document & string;
  /** Path of the customer that a document is about. */
  readonly customer: string;
  readonly command: (id: string, merge: MergeToFollow) => object;
}): Sweep =>
  sweep<Document, MergeEvents>({
    name,
    version: 1,
    from: 'installation',
    on: {
      CustomerMerged: ({ data: { customerId } }) => ({ [customer]: customerId }),
      CustomerUnmerged: ({ data: { mergeId } }) => ({ mergeIds: { $has: mergeId } }),
    },
    of,
    by,
    command: (
      id,
      { type, data: { mergeId, customerId: loserId } }: RecordedEvent<string, MergeEvents[keyof MergeEvents]>,
    ) => command(id, { mergeId, loserId, back: type === 'CustomerUnmerged' }),
  });

export const opportunitiesOfMerged = follows({
  name: 'opportunities-of-merged',
  of: opportunityBoard,
  by: 'opportunityId',
  customer: 'customerId',
  command: (id, merge) => new MoveOpportunityByMerge(id, merge),
});

export const tasksOfMerged = follows({
  name: 'tasks-of-merged',
  of: taskList,
  by: 'taskId',
  customer: 'customerId',
  command: (id, merge) => new MoveTaskByMerge(id, merge),
});

export const leadsOfMerged = follows({
  name: 'leads-of-merged',
  of: leadList,
  by: 'leadId',
  customer: 'conversion.customerId',
  command: (id, merge) => new MoveLeadByMerge(id, merge),
});

export const subsidiariesOfMerged = follows({
  name: 'subsidiaries-of-merged',
  of: customerList,
  by: 'customerId',
  customer: 'parentCustomerId',
  command: (id, merge) => new MoveSubsidiaryByMerge(id, merge),
});
