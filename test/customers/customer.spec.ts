import { describe, expect, it } from '@jest/globals';
import {
  ArchiveCustomer,
  AssignCustomerOwner,
  ChangeCustomerDetails,
  CorrectCustomerDetails,
  LinkCustomerParent,
  MarkCustomerDormant,
  MarkCustomerLost,
  OverrideCustomerTier,
  ReactivateCustomer,
  ReviewCustomerArchive,
  ReviewCustomerParent,
  TagCustomer,
  UntagCustomer,
} from '../../libs/customers/commands.js';
import * as rules from '../../libs/customers/customer.rules.js';
import { customer } from '../../libs/customers/customer.decider.js';
import { replay } from '../../libs/event-store/decider.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import { customerList } from '../../projections/customer-list.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { given } from '../support/given.js';
import {
  assigned,
  bought,
  contactAdded,
  customerId,
  now,
  otherId,
  otherOwner,
  owner,
  registered,
} from './customers.js';

const archived = { type: 'CustomerArchived', data: { customerId, reason: 'typed twice' } } as const;

describe('changing a customer', () => {
  it('records the fields that differ, with their old values', () => {
    given(customer, registered)
      .when((state) =>
        rules.changeDetails(state, new ChangeCustomerDetails(customerId, { name: 'North Mills', region: 'north' })),
      )
      .thenRecords({
        type: 'CustomerDetailsChanged',
        data: { customerId, changes: [{ field: 'name', from: 'North Mill', to: 'North Mills' }] },
      })
      .thenReads(customerList, customerId, { name: 'North Mills', words: ['north', 'mills'] });
  });

  it('tells a correction from a change', () => {
    given(customer, registered)
      .when((state) => rules.correctDetails(state, new CorrectCustomerDetails(customerId, { sector: 'wholesale' })))
      .thenRecords({
        type: 'CustomerDetailsCorrected',
        data: { customerId, changes: [{ field: 'sector', from: 'retail', to: 'wholesale' }] },
      });
  });

  it('records nothing when nothing differs', () => {
    given(customer, registered)
      .when((state) => rules.changeDetails(state, new ChangeCustomerDetails(customerId, { region: 'north' })))
      .thenRecords();
  });

  it('refuses customers nobody registered and customers that were put away', () => {
    const change = new ChangeCustomerDetails(customerId, { region: 'south' });
    given(customer)
      .when((state) => rules.changeDetails(state, change))
      .thenRefuses('customer-unknown');
    given(customer, registered, archived)
      .when((state) => rules.changeDetails(state, change))
      .thenRefuses('customer-archived');
  });
});

describe('tags', () => {
  const tagged = { type: 'CustomerTagged', data: { customerId, tag: 'vip' } } as const;

  it('are put on once', () => {
    given(customer, registered)
      .when((state) => rules.addTag(state, new TagCustomer(customerId, { tag: 'vip' })))
      .thenRecords(tagged);
    given(customer, registered, tagged)
      .when((state) => rules.addTag(state, new TagCustomer(customerId, { tag: 'vip' })))
      .thenRecords();
  });

  it('are taken off when they are there', () => {
    given(customer, registered, tagged)
      .when((state) => rules.removeTag(state, new UntagCustomer(customerId, { tag: 'vip' })))
      .thenRecords({ type: 'CustomerUntagged', data: { customerId, tag: 'vip' } })
      .thenReads(customerList, customerId, { tags: [] });
    given(customer, registered)
      .when((state) => rules.removeTag(state, new UntagCustomer(customerId, { tag: 'vip' })))
      .thenRecords();
  });

  it('are limited in number', () => {
    const many = Array.from({ length: rules.MOST_TAGS }, (_, index) => `tag ${index}`);
    given(customer, { ...registered, data: { ...registered.data, tags: many } })
      .when((state) => rules.addTag(state, new TagCustomer(customerId, { tag: 'one more' })))
      .thenRefuses('too-many-tags');
  });
});

describe('the parent of a customer', () => {
  const under =
    (id: string | null, chain: rules.ParentFacts['chain']) => (state: Parameters<typeof rules.linkParent>[0]) =>
      rules.linkParent(state, new LinkCustomerParent(customerId, { parentCustomerId: id }), now, { chain });

  it('is linked and unlinked', () => {
    given(customer, registered)
      .when(under(otherId, [{ customerId: otherId, status: 'active' }]))
      .thenRecords({ type: 'CustomerParentLinked', data: { customerId, from: null, to: otherId } })
      .thenReads(customerProfile, customerId, { parentCustomerId: otherId });
    given(customer, registered).when(under(null, [])).thenRecords();
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
      .thenRefuses('parent-unknown');
  });
});

describe('the owner of a customer', () => {
  it('is recorded with the one before', () => {
    given(customer, registered, assigned)
      .when((state) =>
        rules.assignOwner(
          state,
          new AssignCustomerOwner(customerId, { ownerId: otherOwner.employeeId, basis: 'transfer' }),
          now,
          {
            owner: otherOwner,
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
        rules.assignOwner(
          state,
          new AssignCustomerOwner(customerId, { ownerId: owner.employeeId, basis: 'transfer' }),
          now,
          { owner },
        ),
      )
      .thenRecords();
  });
});

describe('the tier of a customer', () => {
  it('is changed by hand with a reason', () => {
    given(customer, registered)
      .when((state) =>
        rules.overrideTier(
          state,
          new OverrideCustomerTier(customerId, { tier: 'important', reason: 'asked for by the board' }),
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
        rules.overrideTier(state, new OverrideCustomerTier(customerId, { tier: 'ordinary', reason: 'again' })),
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
      .thenRecords(dormant);
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
  });

  it('is lost for a reason, and "other" says which', () => {
    given(customer, registered)
      .when((state) => rules.markLost(state, new MarkCustomerLost(customerId, { reason: 'price', note: null })))
      .thenRecords(lost);
    given(customer, registered)
      .when((state) => rules.markLost(state, new MarkCustomerLost(customerId, { reason: 'other', note: null })))
      .thenRefuses('note-required');
    given(customer, registered, lost)
      .when((state) => rules.markLost(state, new MarkCustomerLost(customerId, { reason: 'price', note: null })))
      .thenRefuses('status-unchanged');
  });

  it('is put away only when nothing refers to it', () => {
    const put =
      (facts: Parameters<typeof rules.archiveCustomer>[3]) => (state: Parameters<typeof rules.archiveCustomer>[0]) =>
        rules.archiveCustomer(state, new ArchiveCustomer(customerId, { reason: 'typed twice' }), now, facts);
    const nothing = { opportunities: 0, subsidiaries: 0, archivedSubsidiaries: 0, tasks: 0 };
    given(customer, registered).when(put(nothing)).thenRecords(archived);
    given(customer, registered, contactAdded, bought)
      .when(put({ ...nothing, opportunities: 2 }))
      .thenRefuses('customer-referenced', { references: ['opportunities', 'contacts', 'purchases'] });
    given(customer, registered)
      .when(put({ ...nothing, subsidiaries: 2, archivedSubsidiaries: 1 }))
      .thenRefuses('customer-referenced', { references: ['subsidiaries'] });
    given(customer, registered)
      .when(put({ ...nothing, subsidiaries: 2, archivedSubsidiaries: 2 }))
      .thenRecords(archived);
  });

  it('comes back as what it was when something came to refer to it meanwhile', () => {
    const review =
      (facts: Parameters<typeof rules.reviewArchive>[3]) => (state: Parameters<typeof rules.reviewArchive>[0]) =>
        rules.reviewArchive(state, new ReviewCustomerArchive(customerId), now, facts);
    const nothing = { opportunities: 0, subsidiaries: 0, archivedSubsidiaries: 0, tasks: 0 };
    const dormant = { type: 'CustomerWentDormant', data: { customerId, reason: 'silent' } } as const;
    given(customer, registered, archived).when(review(nothing)).thenRecords();
    given(customer, registered, archived)
      .when(review({ ...nothing, subsidiaries: 2, archivedSubsidiaries: 2 }))
      .thenRecords();
    given(customer, registered)
      .when(review({ ...nothing, tasks: 1 }))
      .thenRecords();
    given(customer, registered, dormant, archived)
      .when(review({ ...nothing, opportunities: 1, tasks: 3 }))
      .thenRecords({
        type: 'CustomerRestored',
        data: { customerId, status: 'dormant', references: ['opportunities', 'tasks'] },
      })
      .thenReads(customerList, customerId, { status: 'dormant' });
  });

  it('is unlinked from its parent when that belongs to it', () => {
    const linked = { type: 'CustomerParentLinked', data: { customerId, from: null, to: 'above' } } as const;
    const review = (chain: readonly string[]) => (state: Parameters<typeof rules.reviewParent>[0]) =>
      rules.reviewParent(state, new ReviewCustomerParent(customerId), now, {
        chain: chain.map((each) => ({ customerId: each, status: 'prospect' })),
      });
    given(customer, registered, linked)
      .when(review(['above', 'top']))
      .thenRecords();
    given(customer, registered, linked)
      .when(review(['above', customerId]))
      .thenRecords({ type: 'CustomerParentLinked', data: { customerId, from: 'above', to: null } });
  });

  it('holds its tax number and a place with its owner, until it is archived', () => {
    const numbered = {
      type: 'CustomerDetailsChanged',
      data: { customerId, changes: [{ field: 'taxId', from: null, to: 'DE 1' }] },
    } as const;
    const streams = (...events: Parameters<typeof replay<never, CustomerEvents>>[1]) =>
      customer.reserves!(replay(customer, events), customerId).map(({ stream }) => stream.split('-')[0]);
    expect(streams(registered)).toEqual([]);
    expect(streams(registered, numbered, assigned)).toEqual(['customerIdentifier', 'portfolio']);
    expect(streams(registered, numbered, assigned, archived)).toEqual([]);
  });
});
