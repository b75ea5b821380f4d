import { describe, it } from '@jest/globals';
import {
  AssignCustomerOwner,
  MarkCustomerDormant,
  MarkCustomerLost,
  OverrideCustomerTier,
  ReactivateCustomer,
} from '../../libs/customers/commands.js';
import * as rules from '../../libs/customers/customer.rules.js';
import { assignOwner } from '../../libs/customers/owner.rules.js';
import { customer } from '../../libs/customers/customer.decider.js';
import { overrideTier } from '../../libs/customers/tier.rules.js';
import { customerList } from '../../projections/customer-list.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { given } from '../support/given.js';
import { assigned, bought, customerId, now, otherOwner, owner, registered } from './customers.js';

describe('the owner of a customer', () => {
  it('is the first one where there was none', () => {
    given(customer, registered)
      .when((state) =>
        assignOwner(
          state,
          new AssignCustomerOwner(customerId, { ownerId: owner.employeeId, basis: 'supervisor' }),
          now,
          { owner, cooldownDays: null, openTransferId: null },
        ),
      )
      .thenRecords(assigned)
      .thenReads(customerList, customerId, { ownerId: owner.employeeId, ownerName: owner.name });
  });

  it('is recorded with the one before', () => {
    given(customer, registered, assigned)
      .when((state) =>
        assignOwner(
          state,
          new AssignCustomerOwner(customerId, { ownerId: otherOwner.employeeId, basis: 'transfer' }),
          now,
          {
            owner: otherOwner,
            cooldownDays: null,
            openTransferId: null,
          },
        ),
      )
      .thenRecords({
        type: 'CustomerOwnerAssigned',
        data: { customerId, from: owner, to: otherOwner, basis: 'transfer' },
      })
      .thenReads(customerProfile, customerId, { owner: otherOwner });
  });

  it('stays without an event when it is the same', () => {
    given(customer, registered, assigned)
      .when((state) =>
        assignOwner(state, new AssignCustomerOwner(customerId, { ownerId: owner.employeeId, basis: 'transfer' }), now, {
          owner,
          cooldownDays: null,
          openTransferId: null,
        }),
      )
      .thenRecords();
  });
});

describe('the tier of a customer', () => {
  it('is changed by hand with a reason', () => {
    given(customer, registered)
      .when((state) =>
        overrideTier(
          state,
          new OverrideCustomerTier(customerId, { tier: 'important', reason: 'asked for by the board' }),
          now,
        ),
      )
      .thenRecords({
        type: 'CustomerTierOverridden',
        data: { customerId, from: 'ordinary', to: 'important', reason: 'asked for by the board' },
      })
      .thenReads(customerProfile, customerId, { tier: 'important', tierReason: 'asked for by the board' });
  });

  it('records nothing when it is that tier already', () => {
    given(customer, registered)
      .when((state) =>
        overrideTier(state, new OverrideCustomerTier(customerId, { tier: 'ordinary', reason: 'again' }), now),
      )
      .thenRecords();
    const moved = { customerId, from: 'ordinary', to: 'important', reason: 'asked for by the board' } as const;
    given(customer, registered, { type: 'CustomerTierOverridden', data: moved })
      .when((state) =>
        overrideTier(state, new OverrideCustomerTier(customerId, { tier: 'important', reason: 'again' }), now),
      )
      .thenRecords();
  });
});

describe('the status of a customer', () => {
  const dormant = { type: 'CustomerWentDormant', data: { customerId, reason: 'silent' } } as const;
  const lost = { type: 'CustomerLost', data: { customerId, reason: 'price', note: null } } as const;

  it('goes dormant once', () => {
    given(customer, registered)
      .when((state) => rules.markDormant(state, new MarkCustomerDormant(customerId, { reason: 'silent' })))
      .thenRecords(dormant)
      .thenReads(customerList, customerId, { status: 'dormant' });
    given(customer, registered, dormant)
      .when((state) => rules.markDormant(state, new MarkCustomerDormant(customerId, { reason: 'silent' })))
      .thenRefuses('status-unchanged');
    given(customer, registered, lost)
      .when((state) => rules.markDormant(state, new MarkCustomerDormant(customerId, { reason: 'silent' })))
      .thenRefuses('customer-lost');
  });

  it('comes back as what it was by its purchases', () => {
    const back = (state: Parameters<typeof rules.reactivate>[0]) =>
      rules.reactivate(state, new ReactivateCustomer(customerId, { reason: 'called us' }));
    given(customer, registered, dormant)
      .when(back)
      .thenRecords({ type: 'CustomerReactivated', data: { customerId, status: 'prospect', reason: 'called us' } });
    given(customer, registered, bought, lost)
      .when(back)
      .thenRecords({ type: 'CustomerReactivated', data: { customerId, status: 'active', reason: 'called us' } });
    given(customer, registered).when(back).thenRefuses('status-unchanged');
    const reactivated = { customerId, status: 'prospect', reason: 'called us' } as const;
    given(customer, registered, dormant, { type: 'CustomerReactivated', data: reactivated })
      .when(back)
      .thenRefuses('status-unchanged');
  });

  it('is lost for a reason, and "other" says which', () => {
    given(customer, registered)
      .when((state) => rules.markLost(state, new MarkCustomerLost(customerId, { reason: 'price', note: null })))
      .thenRecords(lost)
      .thenReads(customerList, customerId, { status: 'lost' });
    given(customer, registered, dormant)
      .when((state) => rules.markLost(state, new MarkCustomerLost(customerId, { reason: 'price', note: null })))
      .thenRecords(lost);
    given(customer, registered)
      .when((state) => rules.markLost(state, new MarkCustomerLost(customerId, { reason: 'other', note: 'moved away' })))
      .thenRecords({ type: 'CustomerLost', data: { customerId, reason: 'other', note: 'moved away' } });
    given(customer, registered)
      .when((state) => rules.markLost(state, new MarkCustomerLost(customerId, { reason: 'other', note: null })))
      .thenRefuses('note-required', { field: 'note' });
    given(customer, registered, lost)
      .when((state) => rules.markLost(state, new MarkCustomerLost(customerId, { reason: 'price', note: null })))
      .thenRefuses('status-unchanged');
  });
});
