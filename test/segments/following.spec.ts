import { describe, it } from '@jest/globals';
import { FollowCustomerSegments } from '../../libs/customers/commands.js';
import { customer } from '../../libs/customers/customer.decider.js';
import type { Customer } from '../../libs/customers/customer.decider.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import { followSegments } from '../../libs/customers/segment.rules.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import type { Segment, SegmentRules } from '../../libs/segmenting.js';
import { archived, customerId, registered } from '../customers/customers.js';
import { given } from '../support/given.js';
import { boughtOn, spokenOn } from '../tiers/samples.js';
import { allOf, condition } from './samples.js';

type Event = EventOf<CustomerEvents>;

const segmentId = '01970000-0000-7000-8000-0000000000a1';
const of = (rules: SegmentRules, version = 1): Segment => ({ segmentId, version, ...rules });
const vips = of(allOf(condition('tag', { is: ['VIP'] })));
const quiet = of(
  allOf(condition('days-since-interaction', { atLeast: 30 }), condition('amount', { atLeast: 100, currency: 'EUR' })),
);
const following =
  (at: string, ...segments: readonly Segment[]) =>
  (state: Customer) =>
    followSegments(state, new FollowCustomerSegments(customerId, { learntAt: at }), at, { segments });
const tagged: Event = { type: 'CustomerTagged', data: { customerId, tag: 'vip' } };
const untagged: Event = { type: 'CustomerUntagged', data: { customerId, tag: 'vip' } };
const at = (day: string): string => `${day}T09:00:00.000Z`;
const stay = (number = 1, version = 1) => ({ customerId, segmentId, version, stay: number });
const entered = (inputs: CustomerEvents['SegmentMemberEntered']['inputs'], day: string, number = 1): Event => ({
  type: 'SegmentMemberEntered',
  data: { ...stay(number), inputs },
  occurredAt: at(day),
});
const vip = [{ name: 'tag', value: ['vip'] }];
const planned = (day: string | null, on: string): Event => ({
  type: 'SegmentReviewPlanned',
  data: { customerId, reviewAt: day && `${day}T00:00:00.000Z` },
  occurredAt: at(on),
});

describe('a customer and a segment', () => {
  it('belong together while the conditions hold, which is said once, with what was found', () => {
    const first = entered(vip, '2026-02-01');
    given(customer, registered, tagged)
      .when(following(at('2026-02-01'), vips))
      .thenRecords(first);
    given(customer, registered, tagged, first)
      .when(following(at('2026-02-02'), vips))
      .thenRecords();
    given(customer, registered)
      .when(following(at('2026-02-02'), vips))
      .thenRecords();
    const left: Event = {
      type: 'SegmentMemberLeft',
      data: { ...stay(), because: 'conditions', inputs: [{ name: 'tag', value: [] }] },
      occurredAt: at('2026-02-03'),
    };
    given(customer, registered, tagged, first, untagged)
      .when(following(at('2026-02-03'), vips))
      .thenRecords(left);
    given(customer, registered, tagged, first, untagged, left, tagged)
      .when(following(at('2026-02-04'), vips))
      .thenRecords(entered(vip, '2026-02-04', 2));
  });

  it('part when the segment is given up, or the customer is put away', () => {
    const first = entered(vip, '2026-02-01');
    const left = (because: 'segment-retired' | 'customer-gone'): Event => ({
      type: 'SegmentMemberLeft',
      data: { ...stay(), because, inputs: [] },
      occurredAt: at('2026-02-05'),
    });
    given(customer, registered, tagged, first)
      .when(following(at('2026-02-05')))
      .thenRecords(left('segment-retired'));
    given(customer, registered, tagged, first, archived)
      .when(following(at('2026-02-05'), vips))
      .thenRecords(left('customer-gone'));
    given(customer)
      .when(following(at('2026-02-05'), vips))
      .thenRecords();
  });

  it('are looked at again on the first day on which time could change something', () => {
    const spoken = spokenOn('2026-02-01');
    const facts = [registered, boughtOn('2026-01-15', 100), spoken];
    given(customer, ...facts)
      .when(following(at('2026-02-02'), quiet))
      .thenRecords(planned('2026-03-03', '2026-02-02'));
    const inputs = [
      { name: 'days-since-interaction', value: 30 },
      { name: 'amount EUR', value: 100 },
    ];
    given(customer, ...facts, planned('2026-03-03', '2026-02-02'))
      .when(following(at('2026-03-03'), quiet))
      .thenRecords(entered(inputs, '2026-03-03'), planned(null, '2026-03-03'));
  });

  it('are decided by a clock that looks late as of when it was to look', () => {
    const facts = [
      registered,
      boughtOn('2026-01-15', 100),
      spokenOn('2026-02-01'),
      planned('2026-03-03', '2026-02-02'),
    ];
    const midnight = '2026-03-03T00:00:00.000Z';
    const late = (state: Customer) =>
      followSegments(state, new FollowCustomerSegments(customerId, { learntAt: null }), at('2026-05-01'), {
        segments: [quiet],
      });
    const inputs = [
      { name: 'days-since-interaction', value: 30 },
      { name: 'amount EUR', value: 100 },
    ];
    given(customer, ...facts)
      .when(late)
      .thenRecords(
        { ...entered(inputs, '2026-03-03'), occurredAt: midnight },
        { ...planned(null, '2026-03-03'), occurredAt: midnight },
      );
  });

  it('part and meet at each of their moments, in one look of a clock that stood still over several', () => {
    const passing = of(allOf(condition('days-since-interaction', { atLeast: 30, atMost: 59 })));
    const facts = [registered, spokenOn('2026-02-01'), planned('2026-03-03', '2026-02-01')];
    const midnight = (day: string) => `${day}T00:00:00.000Z`;
    const days = (value: number) => [{ name: 'days-since-interaction', value }];
    given(customer, ...facts)
      .when((state) =>
        followSegments(state, new FollowCustomerSegments(customerId, { learntAt: null }), at('2026-09-01'), {
          segments: [passing],
        }),
      )
      .thenRecords(
        { ...entered(days(30), '2026-03-03'), occurredAt: midnight('2026-03-03') },
        {
          type: 'SegmentMemberLeft',
          data: { ...stay(), because: 'conditions', inputs: days(60) },
          occurredAt: midnight('2026-04-02'),
        },
        { ...planned(null, '2026-04-02'), occurredAt: midnight('2026-04-02') },
      );
  });

  it('need no other plan while one is made that is early enough, and one when its time has come', () => {
    const plan = planned('2026-03-03', '2026-02-02');
    const facts = [registered, boughtOn('2026-01-15', 100), spokenOn('2026-02-01'), plan, spokenOn('2026-02-20')];
    given(customer, ...facts)
      .when(following(at('2026-02-20'), quiet))
      .thenRecords();
    given(customer, ...facts)
      .when(following(at('2026-03-03'), quiet))
      .thenRecords(planned('2026-03-22', '2026-03-03'));
  });

  it('are never decided about an earlier moment than before', () => {
    const first = entered(vip, '2026-02-10');
    given(customer, registered, tagged, first, untagged)
      .when(following(at('2026-02-01'), vips))
      .thenRecords({
        type: 'SegmentMemberLeft',
        data: { ...stay(), because: 'conditions', inputs: [{ name: 'tag', value: [] }] },
        occurredAt: at('2026-02-10'),
      });
  });

  it('have the version that was asked last', () => {
    const second = { ...vips, version: 2 };
    given(customer, registered, tagged, entered(vip, '2026-02-01'))
      .when(following(at('2026-02-02'), second))
      .thenRecords();
  });
});
