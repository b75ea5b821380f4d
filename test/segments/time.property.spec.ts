import * as fc from 'fast-check';
import { List } from 'immutable';
import { expect, it } from '@jest/globals';
import { dayFields, isInSegment, nextDay } from '../../libs/segmenting.js';
import type { SegmentCondition, Segmented } from '../../libs/segmenting.js';
import { dayNumber } from '../../libs/tiering.js';
import { property } from '../support/property.js';
import { condition } from './samples.js';

const TODAY = dayNumber('2026-06-01T00:00:00.000Z');
/** Nothing changes later than this: the longest window and the largest number of days. */
const HORIZON = 120;

const day = fc.integer({ min: TODAY - 90, max: TODAY });
const customer: fc.Arbitrary<Segmented> = fc
  .record({
    registered: fc.integer({ min: 0, max: 80 }),
    held: fc.integer({ min: 0, max: 60 }),
    bought: fc.uniqueArray(day, { maxLength: 6 }),
    spoken: fc.uniqueArray(day, { maxLength: 6 }),
  })
  .map(({ registered, held, bought, spoken }) => {
    const at = (days: number) => new Date(Date.UTC(2026, 5, 1) - days * 86_400_000).toISOString();
    const ascending = (days: number[]) => days.toSorted((one, other) => one - other);
    return {
      words: { tag: ['vip'] },
      employees: null,
      establishedIn: null,
      registeredAt: at(registered),
      heldSince: at(held),
      purchases: List(
        ascending(bought).map((each, index) => ({
          day: each,
          amounts: [{ currency: index % 2 ? 'EUR' : 'USD', count: 1 + (index % 3), amount: 100 * (index + 1) }],
          products: [index % 2 ? 'pump' : 'hose'],
        })),
      ),
      interactions: List(ascending(spoken).map((each) => ({ day: each, count: 2 }))),
    };
  });

const bounds = fc
  .tuple(fc.option(fc.integer({ min: 0, max: 20 })), fc.option(fc.integer({ min: 0, max: 25 })))
  .filter(([least, most]) => least !== null || most !== null)
  .map(([atLeast, atMost]) => ({ atLeast, atMost }));
const withinDays = fc.option(fc.integer({ min: 1, max: 60 }));
const asked: fc.Arbitrary<SegmentCondition> = fc
  .oneof(
    fc.record({ field: fc.constantFrom(...dayFields), of: bounds }).map(({ field, of }) => condition(field, of)),
    fc
      .record({
        field: fc.constantFrom('purchases' as const, 'products' as const, 'interactions' as const),
        of: bounds,
        withinDays,
      })
      .map(({ field, of, withinDays: window }) => condition(field, { ...of, withinDays: window })),
    fc
      .record({ of: fc.integer({ min: 0, max: 900 }), withinDays })
      .map(({ of, withinDays: window }) => condition('amount', { atLeast: of, withinDays: window, currency: 'EUR' })),
    withinDays.map((window) => condition('product', { is: ['PUMP'], withinDays: window })),
    fc.constantFrom('once', 'irregular', 'regular').map((rhythm) => condition('rhythm', { is: [rhythm] })),
    fc.constantFrom('vip', 'other').map((tag) => condition('tag', { is: [tag] })),
  )
  .chain((each) => fc.boolean().map((not) => ({ ...each, not })));
const rules = fc
  .array(fc.array(asked, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
  .map((groups) => ({ anyOf: groups.map((allOf) => ({ allOf })) }));

it('time alone changes nothing before the day that is said, and nothing at all where none is', () => {
  fc.assert(
    fc.property(rules, customer, (segment, of) => {
      const next = nextDay(segment, of, TODAY);
      if (next !== null) expect(next).toBeGreaterThan(TODAY);
      const isIn = isInSegment(segment, of, TODAY);
      for (let later = TODAY + 1; later < (next ?? TODAY + HORIZON); later += 1) {
        expect({ later, isIn: isInSegment(segment, of, later) }).toEqual({ later, isIn });
      }
    }),
    property(2_000),
  );
});
