import { describe, it } from '@jest/globals';
import { customer } from '../../libs/customers/customer.decider.js';
import type { Customer } from '../../libs/customers/customer.decider.js';
import { MergeCustomer, RevokeMerge } from '../../libs/customers/merge.commands.js';
import { mergeCustomer, revokeMerge } from '../../libs/customers/merge.rules.js';
import type { MergeFacts } from '../../libs/customers/merge.rules.js';
import { evolve } from '../../libs/event-store/decider.js';
import { commonPools } from '../../libs/pools/events.js';
import { given } from '../support/given.js';
import { customerId, now, otherId, registered } from './customers.js';

const mergeId = '01970000-0000-7000-8000-0000000000d1';
const tagged = (prefix: string, count: number) => ({
  ...registered,
  data: { ...registered.data, tags: Array.from({ length: count }, (_, index) => `${prefix} ${index}`) },
});
const other = (tags = 0): Customer => evolve(customer, customer.initial, { ...tagged('other', tags), occurredAt: now });
const facts: MergeFacts = {
  survivor: other(),
  above: { loser: [], survivor: [] },
  leaving: [],
  transferIds: [],
};
const terms = { choices: {}, tags: 'both' } as const;
const merging =
  (more: Partial<MergeFacts> = {}, asked: Partial<typeof terms | { tags: 'survivor' }> = {}) =>
  (state: Customer) =>
    mergeCustomer(
      state,
      new MergeCustomer(customerId, { mergeId, survivorId: otherId, reason: 'the same', ...terms, ...asked }),
      now,
      { ...facts, ...more },
    );
const merged = {
  type: 'CustomerMerged',
  data: {
    customerId,
    survivorId: otherId,
    mergeId,
    reason: 'the same',
    before: { status: 'prospect', ownerId: null, poolId: commonPools.customer },
    ...terms,
  },
} as const;
const unmerged = {
  type: 'CustomerUnmerged',
  data: {
    customerId,
    survivorId: otherId,
    mergeId,
    status: 'prospect',
    reason: null,
    refused: 'too-many',
    contactIds: [],
    primaryContactId: null,
    watched: { lock: null, protection: null, recycling: null, tier: null },
  },
} as const;

describe('a merge', () => {
  it('says what the customer was, and changes nothing when it is asked for again', () => {
    given(customer, registered).when(merging()).thenRecords(merged);
    given(customer, registered, merged).when(merging()).thenRecords();
    given(customer, registered, merged)
      .when(merging({}, { tags: 'survivor' }))
      .thenRefuses('customer-merged', { survivorId: otherId });
  });

  it('does not give the survivor more tags than a customer has, unless its own are all that it keeps', () => {
    const [loser, survivor] = [tagged('own', 60), other(60)];
    given(customer, loser).when(merging({ survivor })).thenRefuses('too-many-tags');
    given(customer, loser)
      .when(merging({ survivor }, { tags: 'survivor' }))
      .thenRecords({ ...merged, data: { ...merged.data, tags: 'survivor' } });
  });

  it('waits for the end of another one, and for an open transfer, and names both', () => {
    const both = { leaving: ['a'], transferIds: ['t'] };
    given(customer, registered)
      .when(merging({ leaving: ['a'] }))
      .thenRefuses('merge-unfinished', { customers: ['a'] });
    given(customer, registered)
      .when(merging({ transferIds: ['t'] }))
      .thenRefuses('merge-blocked', { transferIds: ['t'] });
    given(customer, registered)
      .when(merging(both))
      .thenRefuses('merge-blocked', {
        unmet: [
          { code: 'merge-blocked', transferIds: ['t'] },
          { code: 'merge-unfinished', customers: ['a'] },
        ],
      });
  });

  it('that the survivor refused is taken back once, and no other', () => {
    const revoking = (id: string) => (state: Customer) =>
      revokeMerge(state, new RevokeMerge(customerId, { mergeId: id, code: 'too-many' }), now, {
        survivor: facts.survivor,
        ownerLost: null,
        lockFree: true,
        poolUsed: true,
      });
    given(customer, registered, merged).when(revoking(mergeId)).thenRecords(unmerged);
    given(customer, registered, merged).when(revoking(otherId)).thenRecords();
    given(customer, registered, merged, unmerged).when(revoking(mergeId)).thenRecords();
  });
});
