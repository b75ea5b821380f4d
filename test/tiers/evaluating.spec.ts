import { describe, expect, it } from '@jest/globals';
import { EvaluateCustomerTier, FollowCustomerTier, OverrideCustomerTier } from '../../libs/customers/commands.js';
import { customer } from '../../libs/customers/customer.decider.js';
import type { Customer } from '../../libs/customers/customer.decider.js';
import { evaluateTier, followTier, overrideTier } from '../../libs/customers/tier.rules.js';
import type { TierFacts } from '../../libs/customers/tier.rules.js';
import { replay } from '../../libs/event-store/decider.js';
import type { Tier } from '../../libs/tiering.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { archived, customerId, registered } from '../customers/customers.js';
import { given } from '../support/given.js';
import { boughtOn, facts, policy, spokenOn, upgraded } from './samples.js';
import type { CustomerEvent } from './samples.js';

const evaluating =
  (now: string, known: TierFacts = facts) =>
  (state: Customer) =>
    evaluateTier(state, new EvaluateCustomerTier(customerId), now, known);
const following =
  (learntAt: string, fact = learntAt, known: TierFacts = facts) =>
  (state: Customer) =>
    followTier(state, new FollowCustomerTier(customerId, { learntAt }), fact, known);
const overriding = (tier: Tier, now: string, until?: string) => (state: Customer) =>
  overrideTier(state, new OverrideCustomerTier(customerId, { tier, reason: 'said so', until }), now);

const evening = (day: string) => `${day}T18:00:00.000Z`;
const start = (day: string) => `${day}T00:00:00.000Z`;
const evidence = (amount: number, days: number | null, talks: number, ...points: [number, number, number]) => ({
  policyVersion: 4,
  score: points[0] + points[1] + points[2],
  inputs: [
    { name: 'bought in a year', value: amount, points: points[0], otherCurrencies: 0 },
    { name: 'bought lately', value: days, points: points[1] },
    { name: 'spoken to', value: talks, points: points[2] },
  ],
});
const important = [boughtOn('2026-01-10', 500_000), upgraded('ordinary', 'important', evening('2026-01-10'))];

describe('a customer comes higher', () => {
  it('by what it bought, with all that the score was made of and when time could bring it lower', () => {
    given(customer, registered, boughtOn('2026-01-10', 500_000))
      .when(evaluating(evening('2026-01-10')))
      .thenRecords({
        type: 'CustomerTierUpgraded',
        data: {
          customerId,
          from: 'ordinary',
          to: 'important',
          ...evidence(500_000, 0, 0, 40, 20, 0),
          // 40 points of the amount alone keep no important customer: after 120 days without a purchase.
          reviewAt: start('2026-05-10'),
          retroactive: null,
        },
        occurredAt: evening('2026-01-10'),
      })
      .thenReads(customerProfile, customerId, {
        tier: 'important',
        tierSince: evening('2026-01-10'),
        tierBecause: { policyVersion: 4, overriddenUntil: null, downgradeDueAt: null },
      });
  });

  it('once only: the same score again records nothing', () => {
    given(customer, registered, boughtOn('2026-01-10', 500_000))
      .when((state) => {
        const first = evaluating(evening('2026-01-10'))(state);
        const after = replay(customer, [registered, boughtOn('2026-01-10', 500_000), ...first]);
        return [evening('2026-01-10'), evening('2026-01-11'), evening('2026-02-11')].flatMap((at) =>
          evaluating(at)(after),
        );
      })
      .thenRecords();
  });

  it('at the threshold itself, and not below it', () => {
    const lately = boughtOn('2026-01-10', 100_000);
    given(customer, registered, lately)
      .when((state) =>
        evaluating('2026-01-10T13:00:00.000Z')(state).map(
          ({ type, data }) => ({ type, data: { ...data, score: 0, inputs: [] } }) as CustomerEvent,
        ),
      )
      .thenReads(customerProfile, customerId, { tier: 'potential' });
    given(customer, registered, boughtOn('2026-01-10', 99_999))
      .when(evaluating(evening('2026-01-10')))
      .thenRecords();
  });

  it('not by what was paid in another currency, which the evidence tells', () => {
    given(customer, registered, boughtOn('2026-01-10', 90_000_000, 'JPY'), boughtOn('2026-01-11', 100_000))
      .when((state) => {
        const [event] = evaluating(evening('2026-01-11'))(state);
        expect(event?.data).toMatchObject({
          to: 'potential',
          inputs: [{ value: 100_000, points: 20, otherCurrencies: 1 }, { points: 20 }, { points: 0 }],
        });
        return [];
      })
      .thenRecords();
  });

  it('by what counts on the day only: neither what is older than the window nor what comes later', () => {
    given(customer, registered, boughtOn('2025-01-10', 500_000), boughtOn('2026-03-01', 500_000))
      .when(evaluating(evening('2026-01-10')))
      .thenRecords();
  });
});

describe('a customer comes lower', () => {
  it('not while the score keeps its tier, although it would not reach it any more', () => {
    // 40 and 10 points: below 60, not below 45.
    given(customer, registered, ...important)
      .when(evaluating(evening('2026-03-01')))
      .thenRecords({
        type: 'CustomerTierEvaluated',
        data: {
          customerId,
          tier: 'important',
          ...evidence(500_000, 50, 0, 40, 10, 0),
          reviewAt: start('2026-05-10'),
        },
        occurredAt: evening('2026-03-01'),
      });
  });

  it('after a grace, by one step that skips what it does not keep', () => {
    const due: CustomerEvent = {
      type: 'CustomerTierDowngradeDue',
      data: {
        customerId,
        from: 'important',
        to: 'potential',
        ...evidence(500_000, 120, 0, 40, 0, 0),
        dueAt: evening('2026-05-24'),
      },
      occurredAt: evening('2026-05-10'),
    };
    given(customer, registered, ...important)
      .when(evaluating(evening('2026-05-10')))
      .thenRecords(due)
      .thenReads(customerProfile, customerId, {
        tier: 'important',
        tierBecause: { policyVersion: 4, overriddenUntil: null, downgradeDueAt: evening('2026-05-24') },
      });
    given(customer, registered, ...important, due)
      .when(evaluating(evening('2026-05-20')))
      .thenRecords();
    given(customer, registered, ...important, due)
      .when(evaluating(evening('2026-05-24')))
      .thenRecords({
        type: 'CustomerTierDowngraded',
        data: {
          customerId,
          from: 'important',
          to: 'potential',
          ...evidence(500_000, 134, 0, 40, 0, 0),
          // The year of the purchase ends on 10 January; looked at in steps of ten days.
          reviewAt: start('2027-01-19'),
        },
        occurredAt: evening('2026-05-24'),
      })
      .thenReads(customerProfile, customerId, { tier: 'potential' });
    given(customer, registered, ...important, due)
      .when(evaluating(evening('2027-03-01')))
      .thenReads(customerProfile, customerId, { tier: 'ordinary' });
  });

  it('not when the points come back within the grace', () => {
    const due = given(customer, registered, ...important);
    const [event] = evaluating(evening('2026-05-10'))(replay(customer, [registered, ...important]));
    due.when(() => [event!]).thenRecords(event!);
    given(customer, registered, ...important, event!, boughtOn('2026-05-12', 1_000))
      .when(evaluating(evening('2026-05-12')))
      .thenRecords({
        type: 'CustomerTierDowngradeAverted',
        data: {
          customerId,
          tier: 'important',
          ...evidence(501_000, 0, 0, 40, 20, 0),
          reviewAt: start('2026-09-09'),
        },
        occurredAt: evening('2026-05-12'),
      });
  });

  it('at once where the policy has no grace', () => {
    given(customer, registered, ...important)
      .when(evaluating(evening('2026-05-10'), { policy: { ...policy, graceDays: 0 } }))
      .thenReads(customerProfile, customerId, { tier: 'potential', tierSince: evening('2026-05-10') });
  });
});

describe('a tier that was set by hand', () => {
  const until = start('2026-06-01');
  const byHand: CustomerEvent = {
    type: 'CustomerTierOverridden',
    data: { customerId, from: 'ordinary', to: 'important', reason: 'said so', until },
    occurredAt: evening('2026-01-20'),
  };

  it('holds until its end, whatever the score is', () => {
    given(customer, registered)
      .when(overriding('important', evening('2026-01-20'), until))
      .thenRecords({
        type: 'CustomerTierOverridden',
        data: { customerId, from: 'ordinary', to: 'important', reason: 'said so', until },
      });
    given(customer, registered, byHand)
      .when(evaluating(evening('2026-05-31')))
      .thenRecords();
    given(customer, registered, byHand, boughtOn('2026-02-01', 900_000))
      .when(following(evening('2026-02-01')))
      .thenRecords();
  });

  it('ends then, and the customer is evaluated from the tier that it had before', () => {
    const expired: CustomerEvent = {
      type: 'CustomerTierOverrideExpired',
      data: { customerId, from: 'important', to: 'ordinary', until },
      occurredAt: until,
    };
    given(customer, registered, byHand)
      .when(evaluating('2026-06-01T00:00:01.000Z'))
      .thenRecords(expired)
      .thenReads(customerProfile, customerId, { tier: 'ordinary', tierReason: null });
    given(customer, registered, byHand)
      .when(evaluating(until, { policy: undefined }))
      .thenRecords(expired);
    given(customer, registered, byHand, boughtOn('2026-05-20', 100_000))
      .when(evaluating(until))
      .thenReads(customerProfile, customerId, { tier: 'potential' });
  });

  it('goes back to what was before both, where one with an end takes the place of another', () => {
    given(customer, registered, byHand)
      .when((state) => {
        const second = overriding('potential', evening('2026-02-01'), start('2026-03-01'))(state);
        const after = replay(customer, [registered, byHand, ...second], evening('2026-02-01'));
        return [...second, ...evaluating(start('2026-03-01'))(after)];
      })
      .thenReads(customerProfile, customerId, { tier: 'ordinary' });
  });

  it('is kept until another moment when that is said again, and does not change when the same is', () => {
    given(customer, registered, byHand)
      .when(overriding('important', evening('2026-02-01'), until))
      .thenRecords();
    given(customer, registered, byHand)
      .when(overriding('important', evening('2026-02-01'), start('2026-07-01')))
      .thenRecords({
        type: 'CustomerTierOverridden',
        data: { customerId, from: 'important', to: 'important', reason: 'said so', until: start('2026-07-01') },
      })
      .thenReads(customerProfile, customerId, { tierSince: evening('2026-01-20') });
    given(customer, registered)
      .when(overriding('important', until, until))
      .thenRefuses('tier-until-past');
  });

  it('comes higher but never lower where it has no end, as one of the registration does', () => {
    const { until: _, ...forGood } = byHand.data as { until?: string };
    const set = { ...byHand, data: { ...forGood, to: 'potential' } } as CustomerEvent;
    given(customer, registered, set)
      .when(evaluating(evening('2027-01-01')))
      .thenRecords();
    given(customer, registered, set, boughtOn('2026-02-01', 500_000))
      .when(following(evening('2026-02-01')))
      .thenReads(customerProfile, customerId, { tier: 'important' });
    const asPotential = { ...registered, data: { ...registered.data, tier: 'potential' as const } };
    given(customer, asPotential)
      .when(evaluating(evening('2027-01-01')))
      .thenRecords();
  });
});

describe('facts that are learnt late', () => {
  it('give the tier of now, which says since when they would have led to it', () => {
    given(customer, registered, boughtOn('2026-02-01', 500_000))
      .when((state) => {
        const [event] = following(evening('2026-02-20'), '2026-02-01T12:00:00.000Z')(state);
        expect(event).toMatchObject({
          occurredAt: evening('2026-02-20'),
          data: { to: 'important', retroactive: { since: '2026-02-01T12:00:00.000Z' } },
        });
        return [];
      })
      .thenRecords();
  });

  it('say nothing of before where they lead to it with later ones only', () => {
    const talks = ['2026-02-18', '2026-02-19', '2026-02-19'].map(spokenOn);
    given(customer, registered, ...talks, boughtOn('2026-01-10', 500_000))
      .when((state) => {
        const [event] = following(evening('2026-02-20'), '2026-01-10T12:00:00.000Z', {
          policy: { ...policy, tiers: [policy.tiers[0]!, policy.tiers[1]!, { ...policy.tiers[2]!, up: 65 }] },
        })(state);
        expect(event).toMatchObject({ data: { to: 'important', retroactive: null } });
        return [];
      })
      .thenRecords();
  });

  it('are never decided before the last decision', () => {
    given(
      customer,
      registered,
      boughtOn('2026-02-01', 100_000),
      upgraded('ordinary', 'potential', evening('2026-03-01'), null),
      boughtOn('2026-02-20', 900_000),
    )
      .when((state) =>
        following(evening('2026-02-20'))(state).map(({ occurredAt }) => {
          expect(occurredAt).toBe(evening('2026-03-01'));
          return { type: 'CustomerTagged' as const, data: { customerId, tag: 'seen' } };
        }),
      )
      .thenRecords({ type: 'CustomerTagged', data: { customerId, tag: 'seen' } });
  });
});

describe('without a policy', () => {
  it('nothing follows from facts, and asking for it is refused', () => {
    given(customer, registered, boughtOn('2026-01-10', 900_000))
      .when(following(evening('2026-01-10'), undefined, { policy: undefined }))
      .thenRecords();
    given(customer, registered)
      .when(evaluating(evening('2026-01-10'), { policy: undefined }))
      .thenRefuses('tier-policy-missing');
  });

  it('nothing follows for a customer that is not there or was put away', () => {
    given(customer)
      .when(following(evening('2026-01-10')))
      .thenRecords();
    given(customer, registered, ...important, archived)
      .when(following(evening('2026-06-10')))
      .thenRecords();
  });
});
