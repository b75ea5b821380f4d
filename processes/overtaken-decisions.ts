import { ReviewCustomerArchive, ReviewCustomerParent } from '../libs/customers/commands.js';
import type { CustomerEvents } from '../libs/customers/events.js';
import { process } from '../libs/processes/process.js';

/**
 * Takes back decisions that another one overtook while they were made: what refers to a customer is found in read models, and
 * a log that appends to one stream at a time cannot check all customers above another one while it links it.
 */
export const overtakenDecisions = process<CustomerEvents>({
  name: 'overtaken-decisions',
  version: 1,
  from: 'installation',
  on: {
    CustomerArchived: ({ data: { customerId } }) => [{ command: new ReviewCustomerArchive(customerId) }],
    CustomerParentLinked: ({ data: { customerId, to } }) =>
      to === null ? [] : [{ command: new ReviewCustomerParent(customerId) }],
  },
});
