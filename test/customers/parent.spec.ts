import { describe, it } from '@jest/globals';
import { LinkCustomerParent, ReviewCustomerParent } from '../../libs/customers/commands.js';
import * as rules from '../../libs/customers/customer.rules.js';
import { customer } from '../../libs/customers/customer.decider.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { given } from '../support/given.js';
import { customerId, now, otherId, registered } from './customers.js';

describe('the parent of a customer', () => {
  const under =
    (id: string | null, chain: rules.ParentFacts['chain']) => (state: Parameters<typeof rules.linkParent>[0]) =>
      rules.linkParent(state, new LinkCustomerParent(customerId, { parentCustomerId: id }), now, { chain });

  const linked = { type: 'CustomerParentLinked', data: { customerId, from: null, to: otherId } } as const;

  it('is linked and unlinked', () => {
    given(customer, registered)
      .when(under(otherId, [{ customerId: otherId, status: 'active' }]))
      .thenRecords(linked)
      .thenReads(customerProfile, customerId, { parentCustomerId: otherId });
    given(customer, registered, linked)
      .when(under(null, []))
      .thenRecords({ type: 'CustomerParentLinked', data: { customerId, from: otherId, to: null } })
      .thenReads(customerProfile, customerId, { parentCustomerId: null });
  });

  it('stays without an event when it is the same', () => {
    given(customer, registered).when(under(null, [])).thenRecords();
    given(customer, registered, linked)
      .when(under(otherId, [{ customerId: otherId, status: 'active' }]))
      .thenRecords();
  });

  it('cannot be the customer itself, or one below it', () => {
    given(customer, registered)
      .when(
        under(otherId, [
          { customerId: otherId, status: 'active' },
          { customerId, status: 'active' },
        ]),
      )
      .thenRefuses('parent-cycle');
  });

  it('has to exist', () => {
    given(customer, registered)
      .when(under(otherId, [{ customerId: otherId, status: 'unknown' }]))
      .thenRefuses('parent-unknown', { field: 'parentCustomerId' });
    given(customer, registered).when(under(otherId, [])).thenRefuses('parent-unknown');
    given(customer, registered)
      .when(under(otherId, [{ customerId: otherId, status: 'archived' }]))
      .thenRefuses('parent-unknown');
  });

  it('is unlinked from its parent when that belongs to it', () => {
    const review = (chain: readonly string[]) => (state: Parameters<typeof rules.reviewParent>[0]) =>
      rules.reviewParent(state, new ReviewCustomerParent(customerId), now, {
        chain: chain.map((each) => ({ customerId: each, status: 'prospect' })),
      });
    given(customer, registered, linked)
      .when(review([otherId, 'top']))
      .thenRecords();
    given(customer, registered, linked)
      .when(review([otherId, customerId]))
      .thenRecords({ type: 'CustomerParentLinked', data: { customerId, from: otherId, to: null } });
    const unlinked = { type: 'CustomerParentLinked', data: { customerId, from: otherId, to: null } } as const;
    given(customer, registered, linked, unlinked).when(review([])).thenRecords();
    given(customer)
      .when(review([customerId]))
      .thenRecords();
  });
});
