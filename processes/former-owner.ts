import { ReleasePortfolioPlace } from '../libs/customers/commands.js';
import type { CustomerEvents } from '../libs/customers/events.js';
import { process } from '../libs/processes/process.js';

/** A customer who went to somebody else no longer takes a place with the one before. */
export const formerOwner = process<CustomerEvents>({
  name: 'former-owner',
  version: 1,
  from: 'installation',
  on: {
    CustomerOwnerAssigned({ data: { customerId, from } }) {
      return from ? [{ command: new ReleasePortfolioPlace(from.employeeId, { customerId }) }] : [];
    },
  },
});
