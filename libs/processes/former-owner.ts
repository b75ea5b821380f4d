import { ReleasePortfolioPlace } from '../customers/commands.js';
import type { CustomerEvents } from '../customers/events.js';
import { process } from './process.js';

/** A customer who went to somebody else no longer takes a place with the one before. */
export const formerOwner = process<CustomerEvents>({
  name: 'former-owner',
  version: 1,
  on: {
    CustomerOwnerAssigned({ data: { customerId, from } }) {
      return from ? [{ command: new ReleasePortfolioPlace(from.employeeId, customerId) }] : [];
    },
  },
});
