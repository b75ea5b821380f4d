import { describe, it } from '@jest/globals';
import {
  ChangeCustomerDetails,
  CorrectCustomerDetails,
  TagCustomer,
  UntagCustomer,
} from '../../libs/customers/commands.js';
import * as rules from '../../libs/customers/customer.rules.js';
import { customer } from '../../libs/customers/customer.decider.js';
import { customerList } from '../../projections/customer-list.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { given } from '../support/given.js';
import { customerId, details, registered } from './customers.js';

describe('changing a customer', () => {
  it('records the fields that differ, with their old values', () => {
    given(customer, registered)
      .when((state) =>
        rules.changeDetails(state, new ChangeCustomerDetails(customerId, { name: 'North Mills', region: 'north' })),
      )
      .thenRecords({
        type: 'CustomerDetailsChanged',
        data: { customerId, changes: { name: { from: 'North Mill', to: 'North Mills' } } },
      })
      .thenReads(customerList, customerId, { name: 'North Mills', words: ['north', 'mills'] });
  });

  it('tells a correction from a change', () => {
    given(customer, registered)
      .when((state) => rules.correctDetails(state, new CorrectCustomerDetails(customerId, { sector: 'wholesale' })))
      .thenRecords({
        type: 'CustomerDetailsCorrected',
        data: { customerId, changes: { sector: { from: 'retail', to: 'wholesale' } } },
      })
      .thenReads(customerList, customerId, { sector: 'wholesale' })
      .thenReads(customerProfile, customerId, { details: { ...details, sector: 'wholesale' } });
  });

  it('records nothing when nothing differs', () => {
    given(customer, registered)
      .when((state) => rules.changeDetails(state, new ChangeCustomerDetails(customerId, { region: 'north' })))
      .thenRecords();
  });

  const both = [
    ['CustomerDetailsChanged', rules.changeDetails],
    ['CustomerDetailsCorrected', rules.correctDetails],
  ] as const;

  it.each(both)('again changes nothing: %s', (type, rule) => {
    const data = { customerId, changes: { sector: { from: 'retail', to: 'wholesale' } } };
    given(customer, registered, { type, data })
      .when((state) => rule(state, new ChangeCustomerDetails(customerId, { sector: 'wholesale' })))
      .thenRecords();
  });

  it.each(both)('forgets what is no longer known, and leaves what is not named: %s', (type, rule) => {
    given(customer, registered)
      .when((state) => rule(state, new ChangeCustomerDetails(customerId, { sector: null })))
      .thenRecords({ type, data: { customerId, changes: { sector: { from: 'retail', to: null } } } })
      .thenReads(customerProfile, customerId, { details: { ...details, sector: null } });
  });

  it.each(both)('records a phone number in E.164, and refuses what is none: %s', (type, rule) => {
    given(customer, registered)
      .when((state) => rule(state, new ChangeCustomerDetails(customerId, { phone: '+49 (0)30 123456' })))
      .thenRecords({ type, data: { customerId, changes: { phone: { from: null, to: '+4930123456' } } } });
    given(customer, registered)
      .when((state) => rule(state, new ChangeCustomerDetails(customerId, { phone: '030 123456' })))
      .thenRefuses('phone-invalid', { field: 'phone' });
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

  it('are one tag in every spelling', () => {
    given(customer, registered, tagged)
      .when((state) => rules.addTag(state, new TagCustomer(customerId, { tag: 'VIP' })))
      .thenRecords();
    const twice = { ...registered, data: { ...registered.data, tags: ['vip', 'other', 'VIP'] } };
    given(customer, twice)
      .when((state) => rules.removeTag(state, new UntagCustomer(customerId, { tag: 'Vip' })))
      .thenRecords(
        { type: 'CustomerUntagged', data: { customerId, tag: 'vip' } },
        { type: 'CustomerUntagged', data: { customerId, tag: 'VIP' } },
      )
      .thenReads(customerList, customerId, { tags: ['other'] });
  });

  it('are limited in number', () => {
    const many = Array.from({ length: rules.MOST_TAGS }, (_, index) => `tag ${index}`);
    given(customer, { ...registered, data: { ...registered.data, tags: many } })
      .when((state) => rules.addTag(state, new TagCustomer(customerId, { tag: 'one more' })))
      .thenRefuses('too-many-tags');
    given(customer, { ...registered, data: { ...registered.data, tags: many } })
      .when((state) => rules.addTag(state, new TagCustomer(customerId, { tag: 'TAG 0' })))
      .thenRecords();
    given(customer, { ...registered, data: { ...registered.data, tags: many.slice(1) } })
      .when((state) => rules.addTag(state, new TagCustomer(customerId, { tag: 'one more' })))
      .thenRecords({ type: 'CustomerTagged', data: { customerId, tag: 'one more' } });
  });
});
