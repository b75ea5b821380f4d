import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partsOf } from '../../libs/targets/events.js';
import { addedUp } from '../../reports/attainment.js';
import { property } from '../support/property.js';
import { sellers } from './shop.js';

const subject = { kind: 'employee', id: sellers[0]!.employeeId } as const;
const of = (amounts: Readonly<Record<string, number>>, currency = 'EUR') =>
  Object.entries(amounts).map(([period, amount]) => ({ subject, period, value: { amount, currency } }));
const sum = (amounts: Readonly<Record<string, number>>) => addedUp(of(amounts))[0]?.amount;

describe('targets of several periods', () => {
  it('are added up', () => {
    expect(sum({ '2023-12': 1, '2024-01': 2, '2024-Q2': 4, '2025': 8 })).toBe(15);
    expect(sum({})).toBeUndefined();
  });

  it('count each month once: finer ones stand for a coarser one that they cover', () => {
    expect(sum({ '2024-Q1': 100, '2024-01': 10, '2024-02': 20, '2024-03': 30 })).toBe(60);
    expect(sum({ '2024': 100, '2024-Q1': 1, '2024-Q2': 2, '2024-Q3': 4, '2024-Q4': 8 })).toBe(15);
    expect(
      sum({ '2024': 99, '2024-Q1': 1, '2024-Q2': 2, '2024-Q3': 4, '2024-10': 1, '2024-11': 1, '2024-12': 1 }),
    ).toBe(10);
  });

  it('are parts of a coarser one that they do not cover', () => {
    expect(sum({ '2024-Q1': 100, '2024-01': 10, '2024-02': 20 })).toBe(100);
    expect(sum({ '2024': 100, '2024-Q1': 70, '2024-05': 50 })).toBe(100);
    expect(sum({ '2024-Q1': 100, '2024-01': 10, '2024-04': 7 })).toBe(107);
  });

  it('are kept apart by currency', () => {
    expect(
      addedUp([...of({ '2024-01': 1 }, 'USD'), ...of({ '2024-Q1': 5, '2024-02': 2 }), ...of({ '2025': 3 })]),
    ).toEqual([
      { amount: 8, currency: 'EUR' },
      { amount: 1, currency: 'USD' },
    ]);
  });

  it('come to those of the months where every month has one, in any order', () => {
    const quarters = partsOf('2024');
    const periods = ['2024', ...quarters, ...quarters.flatMap(partsOf)];
    const amounts = fc.tuple(...periods.map(() => fc.integer({ min: 1, max: 1_000 })));
    fc.assert(
      fc.property(amounts, fc.shuffledSubarray(periods, { minLength: 1 }), (values, some) => {
        const all = Object.fromEntries(periods.map((period, index) => [period, values[index]!]));
        const months = periods.slice(5).reduce((total, month) => total + all[month]!, 0);
        expect(sum(all)).toBe(months);
        const given = some.map((period) => [period, all[period]!] as const);
        const found = sum(Object.fromEntries(given))!;
        expect(found).toBe(sum(Object.fromEntries(given.toReversed())));
        // Whatever is counted is counted once, and all months that anything is known of are counted.
        const most = given.reduce((total, [, amount]) => total + amount, 0);
        expect(found).toBeLessThanOrEqual(most);
        if (
          some.includes('2024') &&
          quarters.some((each) => ![each, ...partsOf(each)].some((part) => some.includes(part)))
        )
          expect(found).toBe(all['2024']);
      }),
      property(200),
    );
  });
});
