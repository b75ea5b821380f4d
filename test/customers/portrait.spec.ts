import * as fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { portraitOn } from '../../libs/customers/portrait.js';
import { frequencyOn } from '../../libs/frequency.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { dayNumber } from '../../libs/tiering.js';
import { addDays } from '../../libs/time.js';
import { customerPortrait, portraitOfBoth } from '../../projections/customer-portrait.js';
import type { CustomerPortrait } from '../../projections/customer-portrait.js';
import { recorded } from '../support/given.js';
import { property } from '../support/property.js';
import { boughtOn, spokenOn, upgraded } from '../tiers/samples.js';
import { customerId, logged, registered } from './customers.js';

type Event = EventOf<CustomerEvents>;

const portraitOf = (...events: Event[]): CustomerPortrait =>
  recorded([registered, ...events]).reduce<CustomerPortrait | null>(
    (document, event) => customerPortrait.evolve(document, event, customerId),
    null,
  )!;
const on = (day: string, ...events: Event[]) => portraitOn(portraitOf(...events), dayNumber(`${day}T12:00:00.000Z`));
const talk = (channel: 'call' | 'email' | 'visit', direction: 'inbound' | 'outbound', day = '2026-02-01'): Event => ({
  ...logged,
  data: { ...logged.data, channel, direction },
  occurredAt: `${day}T09:00:00.000Z`,
});

describe('a portrait', () => {
  it('of a customer that did nothing yet says so', () => {
    expect(on('2026-03-01')).toMatchObject({
      purchases: { count: 0, lastAt: null, byCurrency: [], products: [] },
      frequency: { days: 0, medianDays: null, p90Days: null, rhythm: 'never', expectedOn: null, overdueDays: null },
      interactions: { count: 0, channels: [], inbound: 0, outbound: 0, response: null },
      activeMonths: { count: 0, first: null, last: null },
      tiers: [{ tier: 'ordinary', basis: 'registration' }],
    });
  });

  it('has purchases by currency with their averages, and products, the most frequent first', () => {
    const { purchases, activeMonths } = on(
      '2026-03-01',
      boughtOn('2026-01-05', 100, 'EUR', 'pump'),
      boughtOn('2026-02-05', 201, 'EUR', 'hose'),
      boughtOn('2026-02-06', 50, 'USD', 'hose'),
      boughtOn('2026-02-07', 9, 'USD', 'constructor'),
    );
    expect(purchases).toEqual({
      count: 4,
      lastAt: '2026-02-07T12:00:00.000Z',
      byCurrency: [
        { currency: 'EUR', count: 2, amount: 301, average: 151 },
        { currency: 'USD', count: 2, amount: 59, average: 30 },
      ],
      products: [
        { product: 'hose', count: 2 },
        { product: 'constructor', count: 1 },
        { product: 'pump', count: 1 },
      ],
    });
    expect(activeMonths).toEqual({ count: 2, first: '2026-01', last: '2026-02' });
  });

  it('has the channels and the directions as they were corrected', () => {
    const corrected: Event = {
      type: 'InteractionCorrected',
      data: {
        customerId,
        interactionId: logged.data.interactionId,
        changes: { channel: { from: 'call', to: 'email' }, direction: { from: 'outbound', to: 'inbound' } },
      },
    };
    const talks = [talk('call', 'outbound'), talk('visit', 'outbound'), talk('visit', 'outbound')];
    expect(on('2026-03-01', ...talks).interactions).toMatchObject({
      channels: [
        { channel: 'visit', count: 2, share: 2 / 3 },
        { channel: 'call', count: 1, share: 1 / 3 },
      ],
      response: 0,
    });
    expect(on('2026-03-01', ...talks, corrected).interactions).toMatchObject({
      count: 3,
      channels: [{ channel: 'visit' }, { channel: 'email', count: 1 }],
      inbound: 1,
      outbound: 2,
      response: 0.5,
    });
    expect(on('2026-03-01', talk('call', 'inbound')).interactions.response).toBeNull();
  });

  it('has the tiers it came through', () => {
    const at = '2026-02-01T00:00:00.000Z';
    const byHand: Event = {
      type: 'CustomerTierOverridden',
      data: { customerId, from: 'important', to: 'important', reason: 'stays' },
    };
    expect(on('2026-03-01', upgraded('ordinary', 'important', at), byHand).tiers).toMatchObject([
      { tier: 'ordinary', basis: 'registration' },
      { tier: 'important', since: at, basis: 'policy' },
    ]);
  });
});

describe('how often a customer buys', () => {
  const frequency = (today: string, ...days: string[]) => on(today, ...days.map((day) => boughtOn(day, 100))).frequency;

  it('is regular by three days at least, and expected again after the median', () => {
    expect(frequency('2026-03-01', '2026-01-01')).toMatchObject({ days: 1, rhythm: 'once', expectedOn: null });
    expect(frequency('2026-01-15', '2026-01-01', '2026-01-11')).toMatchObject({
      rhythm: 'irregular',
      medianDays: 10,
      expectedOn: '2026-01-21',
      overdueDays: 0,
    });
    expect(frequency('2026-02-10', '2026-01-01', '2026-01-11', '2026-01-11', '2026-01-22')).toEqual({
      days: 3,
      medianDays: 10,
      p90Days: 11,
      rhythm: 'regular',
      expectedOn: '2026-02-01',
      overdueDays: 9,
    });
    expect(frequency('2026-06-01', '2026-01-01', '2026-01-11', '2026-05-01').rhythm).toBe('irregular');
  });

  it('does not depend on the order in which purchases become known, and no pause but some is longer than p90', () => {
    const days = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 1_000 }), (some, later) => {
        const events = some.map((day) => boughtOn(addDays('2023-01-01T00:00:00.000Z', day).slice(0, 10), 100));
        const sorted = events.toSorted((one, other) => (one.occurredAt! < other.occurredAt! ? -1 : 1));
        const { purchaseDays } = portraitOf(...events);
        expect(portraitOf(...sorted).purchaseDays).toEqual(purchaseDays);
        expect(purchaseDays).toEqual([...new Set(purchaseDays)].toSorted((one, other) => one - other));
        const { medianDays, p90Days, overdueDays } = frequencyOn(purchaseDays, purchaseDays.at(-1)! + later);
        const pauses = purchaseDays.slice(1).map((day, before) => day - purchaseDays[before]!);
        if (medianDays === null) return expect(pauses).toEqual([]);
        const within = (most: number) => pauses.filter((pause) => pause <= most).length / pauses.length;
        expect(within(medianDays)).toBeGreaterThanOrEqual(0.5);
        expect(within(medianDays - 1)).toBeLessThan(0.5);
        expect(within(p90Days!)).toBeGreaterThanOrEqual(0.9);
        expect(within(p90Days! - 1)).toBeLessThan(0.9);
        expect(overdueDays).toBe(Math.max(0, later - medianDays));
      }),
      property(200),
    );
  });

  it('counts a talk as no purchase', () => {
    expect(on('2026-03-01', spokenOn('2026-01-05')).frequency.rhythm).toBe('never');
  });
});

describe('the portrait of two customers that are one', () => {
  const act = fc.oneof(
    fc
      .record({
        day: fc.integer({ min: 10, max: 28 }),
        amount: fc.integer({ min: 1, max: 900 }),
        currency: fc.constantFrom('EUR', 'USD'),
        product: fc.constantFrom('pump', 'hose', 'valve'),
      })
      .map(({ day, amount, currency, product }) => boughtOn(`2026-03-${day}`, amount, currency, product)),
    fc
      .record({
        channel: fc.constantFrom('call' as const, 'email' as const, 'visit' as const),
        direction: fc.constantFrom('inbound' as const, 'outbound' as const),
        day: fc.integer({ min: 10, max: 28 }),
      })
      .map(({ channel, direction, day }) => talk(channel, direction, `2026-04-${day}`)),
  );
  const acts = fc.array(act, { maxLength: 12 });

  it('is that of one to whom all of it happened', () => {
    fc.assert(
      fc.property(acts, acts, (one, other) => {
        const both = portraitOfBoth(portraitOf(...one), portraitOf(...other));
        const today = dayNumber('2026-05-01T00:00:00.000Z');
        expect(portraitOn(both, today)).toEqual(portraitOn(portraitOf(...one, ...other), today));
      }),
      property(200),
    );
  });
});
