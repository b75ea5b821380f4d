import { describe, expect, it } from '@jest/globals';
import { ArchiveCustomer, ReviewCustomerArchive } from '../../libs/customers/commands.js';
import * as rules from '../../libs/customers/customer.rules.js';
import { customer } from '../../libs/customers/customer.decider.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import { replay } from '../../libs/event-store/decider.js';
import { customerList } from '../../projections/customer-list.js';
import { given } from '../support/given.js';
import { archived, assigned, bought, contactAdded, customerId, logged, now, registered } from './customers.js';

const nothing = { opportunities: 0, subsidiaries: 0, archivedSubsidiaries: 0, tasks: 0, leads: 0 };

describe('an archived customer', () => {
  it('is put away only when nothing refers to it', () => {
    const put =
      (facts: Parameters<typeof rules.archiveCustomer>[3]) => (state: Parameters<typeof rules.archiveCustomer>[0]) =>
        rules.archiveCustomer(state, new ArchiveCustomer(customerId, { reason: 'typed twice' }), now, facts);
    given(customer, registered)
      .when(put(nothing))
      .thenRecords(archived)
      .thenReads(customerList, customerId, { status: 'archived' });
    given(customer, registered, archived).when(put(nothing)).thenRefuses('customer-archived');
    given(customer, registered, contactAdded, bought)
      .when(put({ ...nothing, opportunities: 2 }))
      .thenRefuses('customer-referenced', { references: ['opportunities', 'contacts', 'purchases'] });
    given(customer, registered)
      .when(put({ ...nothing, subsidiaries: 2, archivedSubsidiaries: 1 }))
      .thenRefuses('customer-referenced', { references: ['subsidiaries'] });
    given(customer, registered, logged)
      .when(put({ ...nothing, tasks: 1 }))
      .thenRefuses('customer-referenced', { references: ['tasks', 'interactions'] });
    given(customer, registered)
      .when(put({ ...nothing, subsidiaries: 2, archivedSubsidiaries: 2 }))
      .thenRecords(archived);
  });

  it('comes back as what it was when something came to refer to it meanwhile', () => {
    const review =
      (facts: Parameters<typeof rules.reviewArchive>[3]) => (state: Parameters<typeof rules.reviewArchive>[0]) =>
        rules.reviewArchive(state, new ReviewCustomerArchive(customerId), now, facts);
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
    const data = { customerId, status: 'dormant' as const, references: ['tasks'] };
    given(customer, registered, dormant, archived, { type: 'CustomerRestored', data })
      .when(review({ ...nothing, tasks: 1 }))
      .thenRecords();
    given(customer)
      .when(review({ ...nothing, tasks: 1 }))
      .thenRecords();
  });

  it('holds its tax number and a place with its owner, until it is archived', () => {
    const numbered = {
      type: 'CustomerDetailsChanged',
      data: { customerId, changes: { taxId: { from: null, to: 'DE 1' } } },
    } as const;
    const streams = (...events: Parameters<typeof replay<never, CustomerEvents>>[1]) =>
      customer.reserves!(replay(customer, events), customerId).map(({ stream }) => stream.split('-')[0]);
    expect(streams(registered)).toEqual([]);
    expect(streams(registered, numbered, assigned)).toEqual(['customerIdentifier', 'portfolio']);
    expect(streams(registered, numbered, assigned, archived)).toEqual([]);
  });
});
