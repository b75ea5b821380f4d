import type { CustomerEvents } from '../../libs/customers/events.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import type { TierPolicy } from '../../libs/tiers/tier-policy.decider.js';
import { bought, customerId, logged } from '../customers/customers.js';

export type CustomerEvent = EventOf<CustomerEvents>;

/** Buying for 1,000 euros a year and having bought this month make a potential customer; 5,000 and three talks an important one. */
export const policy: TierPolicy = {
  version: 4,
  currency: 'EUR',
  tiers: [
    { tier: 'ordinary', servicePlan: 'answers in two days', up: null, down: null },
    { tier: 'potential', servicePlan: 'a call each quarter', up: 30, down: 20 },
    { tier: 'important', servicePlan: 'a person of its own', up: 60, down: 45 },
  ],
  inputs: [
    {
      name: 'bought in a year',
      measure: 'amount',
      windowDays: 365,
      bands: [
        { from: 0, points: 0 },
        { from: 100_000, points: 20 },
        { from: 500_000, points: 40 },
      ],
    },
    {
      name: 'bought lately',
      measure: 'recency-days',
      windowDays: null,
      bands: [
        { from: 0, points: 20 },
        { from: 30, points: 10 },
        { from: 120, points: 0 },
      ],
    },
    {
      name: 'spoken to',
      measure: 'interactions',
      windowDays: 90,
      bands: [
        { from: 0, points: 0 },
        { from: 3, points: 15 },
      ],
    },
  ],
  graceDays: 14,
  reviewDays: 10,
  routing: [],
};

export const facts = { policy };

let number = 0;
const nextId = () => `01970000-0000-7000-8000-${String((number += 1)).padStart(12, '0')}`;

/** A purchase of so many minor units on a day. */
export const boughtOn = (
  day: string,
  amount: number,
  currency = 'EUR',
  product: string | null = null,
): CustomerEvent => ({
  ...bought,
  data: { ...bought.data, purchaseId: nextId(), amount: { amount, currency }, product },
  occurredAt: `${day}T12:00:00.000Z`,
});

export const spokenOn = (day: string): CustomerEvent => ({
  ...logged,
  data: { ...logged.data, interactionId: nextId() },
  occurredAt: `${day}T12:00:00.000Z`,
});

export const upgraded = (
  from: 'ordinary' | 'potential',
  to: 'potential' | 'important',
  occurredAt: string,
  reviewAt: string | null = null,
): CustomerEvent => ({
  type: 'CustomerTierUpgraded',
  data: { customerId, from, to, policyVersion: 4, score: 60, inputs: [], reviewAt, retroactive: null },
  occurredAt,
});
