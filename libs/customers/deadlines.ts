import { deadline } from '../deadline.js';
import { EvaluateCustomerTier } from './commands.js';
import type { CustomerEvents } from './events.js';

const at = (time: string | null | undefined): readonly string[] => (typeof time === 'string' ? [time] : []);

/** The time of a customer's tier that the clock watches: the end of what was set by hand or of a grace, or the next review. */
export const customerDeadlines = [
  deadline<CustomerEvents>({
    kind: 'customer-tier',
    subject: 'customerId',
    sets: {
      CustomerTierOverridden: ({ until }) => at(until),
      CustomerTierOverrideExpired: () => [],
      CustomerTierUpgraded: ({ reviewAt }) => at(reviewAt),
      CustomerTierDowngraded: ({ reviewAt }) => at(reviewAt),
      CustomerTierDowngradeDue: ({ dueAt }) => [dueAt],
      CustomerTierDowngradeAverted: ({ reviewAt }) => at(reviewAt),
      CustomerTierEvaluated: ({ reviewAt }) => at(reviewAt),
    },
    settles: ['CustomerArchived'],
    record: (customerId) => new EvaluateCustomerTier(customerId),
  }),
];
