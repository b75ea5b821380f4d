import { describe, it } from '@jest/globals';
import { CorrectInteraction, LogInteraction, RecordPurchase } from '../../libs/customers/commands.js';
import { customer } from '../../libs/customers/customer.decider.js';
import { correctInteraction, logInteraction, recordPurchase } from '../../libs/customers/interaction.rules.js';
import { releaseFormerPlace, releasePlace, reservePlace, portfolio } from '../../libs/customers/portfolio.decider.js';
import { identifier, reserveIdentifier } from '../../libs/customers/identifier.decider.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { customerTimeline } from '../../projections/customer-timeline.js';
import { given } from '../support/given.js';
import {
  assigned,
  bought,
  contactAdded,
  contactId,
  customerId,
  now,
  otherId,
  owner,
  registered,
  secondContactId,
} from './customers.js';

const interactionId = '01970000-0000-7000-8000-0000000000f1';
const call = {
  channel: 'call',
  direction: 'outbound',
  summary: 'asked for a quote',
  contactIds: [],
  durationMinutes: null,
  location: null,
  nextStep: null,
} as const;
const logged = {
  type: 'InteractionLogged',
  data: { customerId, interactionId, ownerId: null, ...call },
} as const;
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
  });

  it('are corrected with the old values kept', () => {
    const corrected = {
      type: 'InteractionCorrected',
      data: {
        customerId,
        interactionId,
        changes: [{ field: 'summary', from: 'asked for a quote', to: 'asked for two quotes' }],
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
  const buying = (amount: number) => (state: Parameters<typeof recordPurchase>[0]) =>
    recordPurchase(
      state,
      new RecordPurchase(customerId, { purchaseId: bought.data.purchaseId, amount: { amount, currency: 'EUR' } }),
      now,
      here,
    );

  it('make a prospect an active customer', () => {
    given(customer, registered)
      .when(buying(12_500))
      .thenRecords(bought)
      .thenReads(customerProfile, customerId, { status: 'active', purchased: [{ amount: 12_500, currency: 'EUR' }] });
  });

  it('are recorded once, with an amount', () => {
    given(customer, registered, bought).when(buying(12_500)).thenRecords();
    given(customer, registered).when(buying(0)).thenRefuses('amount-not-positive');
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

  it('bring back a customer that was lost', () => {
    given(customer, registered, { type: 'CustomerLost', data: { customerId, reason: 'price', note: null } })
      .when(buying(12_500))
      .thenRecords(bought, {
        type: 'CustomerReactivated',
        data: { customerId, status: 'active', reason: 'bought again' },
      });
  });
});

describe('what only one may have', () => {
  const { employeeId } = owner;
  const held = { type: 'PortfolioPlaceReserved', data: { employeeId, customerId } } as const;

  it('a place in a portfolio, up to the cap', () => {
    const reserve = (id: string, cap: number | null) => (state: Parameters<typeof reservePlace>[0]) =>
      reservePlace(state, { employeeId, customerId: id, cap });
    given(portfolio).when(reserve(customerId, 1)).thenRecords(held);
    given(portfolio, held).when(reserve(customerId, 1)).thenRecords();
    given(portfolio, held)
      .when(reserve(otherId, 1))
      .thenRefuses('holding-limit-exceeded', { cap: 1, held: 1, remaining: 0 });
    given(portfolio, held)
      .when(reserve(otherId, null))
      .thenRecords({ type: 'PortfolioPlaceReserved', data: { employeeId, customerId: otherId } });
    given(portfolio, held)
      .when((state) => reservePlace(state, { employeeId, customerId: otherId, cap: 1, stale: [customerId] }))
      .thenRecords(
        { type: 'PortfolioPlaceReleased', data: { employeeId, customerId } },
        { type: 'PortfolioPlaceReserved', data: { employeeId, customerId: otherId } },
      );
  });

  it('is freed once, and not while it is used again', () => {
    const freed = { type: 'PortfolioPlaceReleased', data: { employeeId, customerId } } as const;
    given(portfolio, held)
      .when((state) => releasePlace(state, { employeeId, customerId }))
      .thenRecords(freed);
    given(portfolio)
      .when((state) => releasePlace(state, { employeeId, customerId }))
      .thenRecords();
    given(portfolio, held)
      .when((state) => releaseFormerPlace(state, { employeeId, customerId }, now, { ownerId: employeeId }))
      .thenRecords();
  });

  it('a tax number, unless who holds it turned out not to use it', () => {
    const identifierId = 'hash';
    const taken = { type: 'CustomerIdentifierReserved', data: { identifierId, customerId: otherId } } as const;
    const reserve = (stale: boolean) => (state: Parameters<typeof reserveIdentifier>[0]) =>
      reserveIdentifier(state, { identifierId, customerId, stale });
    given(identifier, taken)
      .when(reserve(false))
      .thenRefuses('tax-id-taken', { candidates: [otherId] });
    given(identifier, taken)
      .when(reserve(true))
      .thenRecords(
        { type: 'CustomerIdentifierReleased', data: { identifierId, customerId: otherId } },
        { type: 'CustomerIdentifierReserved', data: { identifierId, customerId } },
      );
  });
});
