import { ReviewArchive } from '../customers/commands.js';
import type { CustomerEvents } from '../customers/events.js';
import { process } from './process.js';

/** A customer that something came to refer to while it was archived is restored. */
export const overtakenArchive = process<CustomerEvents>({
  name: 'overtaken-archive',
  version: 1,
  on: {
    CustomerArchived({ data: { customerId } }) {
      return [{ command: new ReviewArchive(customerId) }];
    },
  },
});
