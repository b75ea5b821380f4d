import { describe, it } from '@jest/globals';
import { CorrectInteraction, LogInteraction, RecordPurchase } from '../../libs/customers/commands.js';
import { customer } from '../../libs/customers/customer.decider.js';
import { correctInteraction, logInteraction, recordPurchase } from '../../libs/customers/interaction.rules.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { customerTimeline } from '../../projections/customer-timeline.js';
import { given, past } from '../support/given.js';
import {
  assigned,
  bought,
  call,
  contactAdded,
  contactId,
  customerId,
  interactionId,
  logged,
  now,
  owner,
  registered,
  secondContactId,
} from './customers.js';

const here = { imported: false };
const logging =
  (more: object = {}, facts = here) =>
  (state: Parameters<typeof logInteraction>[0]) =>
    logInteraction(state, new LogInteraction(customerId, { interactionId, ...call, ...more }), now, facts);

describe('interactions', () => {
  it('are logged with the owner of then', () => {
    given(customer, registered, assigned)
      .when(logging())
      .thenRecords({ ...logged, data: { ...logged.data, ownerId: owner.employeeId } })
      .thenReads(customerProfile, customerId, { interactions: 1 })
      .thenReads(customerTimeline, interactionId, {
        kind: 'interaction',
        title: 'call, outbound',
        text: 'asked for a quote',
      });
  });

  it('are logged once', () => {
    given(customer, registered, logged).when(logging()).thenRecords();
  });

  it('may be reported late, but not before they happen, nor before the customer was one', () => {
    const yesterday = '2026-02-28T09:00:00.000Z';
    given(customer, registered)
      .when(logging({ occurredAt: yesterday }))
      .thenRecords({ ...logged, occurredAt: yesterday });
    given(customer, registered)
      .when(logging({ occurredAt: '2026-03-01T09:05:00.001Z' }))
      .thenRefuses('in-the-future');
    given(customer, registered)
      .when(logging({ occurredAt: '2025-12-31T09:00:00.000Z' }))
      .thenRefuses('before-registration');
    given(customer, registered)
      .when(logging({ occurredAt: '2025-12-31T09:00:00.000Z' }, { imported: true }))
      .thenRecords({ ...logged, occurredAt: '2025-12-31T09:00:00.000Z' });
  });

  it('take place with contacts of this customer', () => {
    given(customer, registered, contactAdded)
      .when(logging({ contactIds: [contactId, secondContactId] }))
      .thenRefuses('contact-customer-mismatch', { unknown: [secondContactId] });
    given(customer, registered, contactAdded)
      .when(logging({ contactIds: [contactId] }))
      .thenRecords({ ...logged, data: { ...logged.data, contactIds: [contactId] } });
  });

  it('are corrected with the old values kept', () => {
    const corrected = {
      type: 'InteractionCorrected',
      data: {
        customerId,
        interactionId,
        changes: { summary: { from: 'asked for a quote', to: 'asked for two quotes' } },
      },
    } as const;
    const correct = (state: Parameters<typeof correctInteraction>[0]) =>
      correctInteraction(state, new CorrectInteraction(customerId, { interactionId, summary: 'asked for two quotes' }));
    given(customer, registered, logged)
      .when(correct)
      .thenRecords(corrected)
      .thenReads(customerTimeline, interactionId, { title: 'call, outbound', text: 'asked for two quotes' });
    given(customer, registered, logged, corrected).when(correct).thenRecords();
    given(customer, registered).when(correct).thenRefuses('interaction-unknown');
  });
});

describe('purchases', () => {
  const buying =
    (amount: number, more: object = {}, facts = here) =>
    (state: Parameters<typeof recordPurchase>[0]) =>
      recordPurchase(
        state,
        new RecordPurchase(customerId, {
          purchaseId: bought.data.purchaseId,
          amount: { amount, currency: 'EUR' },
          ...more,
        }),
        now,
        facts,
      );

  it('make a prospect an active customer', () => {
    given(customer, registered)
      .when(buying(12_500))
      .thenRecords(bought)
      .thenReads(customerProfile, customerId, { status: 'active', purchased: [{ amount: 12_500, currency: 'EUR' }] });
  });

  it('are recorded once, with an amount', () => {
    given(customer, registered, bought).when(buying(12_500)).thenRecords();
    given(customer, registered).when(buying(0)).thenRefuses('amount-not-positive', { field: 'amount' });
    given(customer, registered).when(buying(-1)).thenRefuses('amount-not-positive');
    given(customer, registered)
      .when(buying(-1, {}, { imported: true }))
      .thenRefuses('amount-not-positive');
  });

  it('are recorded with the owner of then', () => {
    given(customer, registered, assigned)
      .when(buying(12_500))
      .thenRecords({ ...bought, data: { ...bought.data, ownerId: owner.employeeId } });
  });

  it('may be reported late, but not before they happen, nor before the customer was one', () => {
    const yesterday = '2026-02-28T09:00:00.000Z';
    const lastYear = '2025-12-31T09:00:00.000Z';
    given(customer, registered)
      .when(buying(12_500, { occurredAt: yesterday }))
      .thenRecords({ ...bought, occurredAt: yesterday })
      .thenReads(customerProfile, customerId, { lastPurchaseAt: yesterday });
    given(customer, registered)
      .when(buying(12_500, { occurredAt: '2026-03-01T09:05:00.001Z' }))
      .thenRefuses('in-the-future', { field: 'occurredAt' });
    given(customer, registered)
      .when(buying(12_500, { occurredAt: lastYear }))
      .thenRefuses('before-registration', { field: 'occurredAt', registeredAt: past });
    given(customer, registered)
      .when(buying(12_500, { occurredAt: lastYear }, { imported: true }))
      .thenRecords({ ...bought, occurredAt: lastYear });
  });

  it('are imported for nothing too, and say how much was bought', () => {
    const asked = { ...bought.data, amount: { amount: 0, currency: 'EUR' }, quantity: 2.5 };
    const buyingMuch = (state: Parameters<typeof recordPurchase>[0]) =>
      recordPurchase(state, new RecordPurchase(customerId, asked), now, { imported: true });
    given(customer, registered)
      .when(buyingMuch)
      .thenRecords({ ...bought, data: { ...asked, ownerId: null } })
      .thenReads(customerProfile, customerId, { purchased: [{ amount: 0, currency: 'EUR' }] });
  });

  it('bring back a customer that was dormant or lost', () => {
    given(customer, registered, { type: 'CustomerWentDormant', data: { customerId, reason: 'silent' } })
      .when(buying(12_500))
      .thenRecords(bought, {
        type: 'CustomerReactivated',
        data: { customerId, status: 'active', reason: 'bought again' },
      });
    given(customer, registered, { type: 'CustomerLost', data: { customerId, reason: 'price', note: null } })
      .when(buying(12_500))
      .thenRecords(bought, {
        type: 'CustomerReactivated',
        data: { customerId, status: 'active', reason: 'bought again' },
      });
  });
});
