import { deadline } from '../deadline.js';
import { EvaluateCustomerTier, FollowCustomerSegments } from './commands.js';
import type { CustomerEvents } from './events.js';
import { EndCustomerLock, RecordProtectionEnd, ReviewCustomerRecycling } from './pool.commands.js';

/** What ends everything that an owner began with a customer. */
const ends = ['CustomerOwnerAssigned', 'CustomerReleasedToPool', 'CustomerArchived', 'CustomerMerged'] as const;

const at = (time: string | null | undefined): readonly string[] => (typeof time === 'string' ? [time] : []);

/** The times of a customer that the clock watches. */
export const customerDeadlines = [
  deadline<CustomerEvents>({
    kind: 'customer-lock',
    subject: 'customerId',
    sets: { CustomerLocked: ({ until }) => at(until), CustomerUnmerged: ({ watched }) => at(watched.lock) },
    settles: ['CustomerUnlocked', ...ends],
    record: (customerId, until) => new EndCustomerLock(customerId, { until }),
  }),
  deadline<CustomerEvents>({
    kind: 'customer-protection',
    subject: 'customerId',
    sets: {
      CustomerProtectionStarted: ({ until }) => [until],
      CustomerUnmerged: ({ watched }) => at(watched.protection),
    },
    settles: ['CustomerProtectionEnded', ...ends],
    record: (customerId, until) => new RecordProtectionEnd(customerId, { until }),
  }),
  deadline<CustomerEvents>({
    kind: 'customer-recycling',
    subject: 'customerId',
    sets: {
      CustomerRecyclingPlanned: ({ plan }) => (plan ? [plan.nextAt] : []),
      RecyclingWarned: ({ plan }) => [plan.nextAt],
      CustomerUnmerged: ({ watched }) => at(watched.recycling),
    },
    settles: [...ends],
    record: (customerId) => new ReviewCustomerRecycling(customerId, { isDue: true }),
  }),
  // The end of a tier that was set by hand or of a grace, or the next review.
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
      CustomerUnmerged: ({ watched }) => at(watched.tier),
    },
    settles: ['CustomerArchived', 'CustomerMerged'],
    record: (customerId) => new EvaluateCustomerTier(customerId),
  }),
  // When time alone could bring it into a segment or out of one.
  deadline<CustomerEvents>({
    kind: 'customer-segments',
    subject: 'customerId',
    sets: { SegmentReviewPlanned: ({ reviewAt }) => at(reviewAt) },
    settles: ['CustomerArchived', 'CustomerMerged'],
    record: (customerId) => new FollowCustomerSegments(customerId, { learntAt: null }),
  }),
];
