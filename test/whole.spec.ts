import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { highOf, joined, lowOf } from '../libs/read-models/wide-sums.js';
import { ascending, dividedBy, negative, plus, ratio, sumOf, whole, wholeOf, written } from '../libs/whole.js';
import { property } from './support/property.js';

const large = fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n });
const near = fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n });
const wholes = fc
  .oneof(
    large,
    near,
    near.map((value) => -value),
    fc.maxSafeInteger().map(BigInt),
  )
  .map(whole);

describe('a whole number', () => {
  it('is a number as far as numbers are exact, a bigint beyond', () => {
    expect([2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n) + 1n, -(2n ** 53n)].map(whole)).toEqual([
      Number.MAX_SAFE_INTEGER,
      2n ** 53n,
      Number.MIN_SAFE_INTEGER,
      -(2n ** 53n),
    ]);
  });

  it('is added up exactly, and comes back to its one form', () => {
    fc.assert(
      fc.property(wholes, wholes, (a, b) => {
        expect(plus(a, b)).toBe(whole(BigInt(a) + BigInt(b)));
        expect(plus(plus(a, b), negative(b))).toBe(a);
      }),
      property(1_000),
    );
    expect([plus(1, 0.5), plus(1, Number.NaN)]).toEqual([1.5, Number.NaN]);
    expect(Object.is(negative(0), 0)).toBe(true);
    expect(sumOf([Number.MAX_SAFE_INTEGER, 1, 1])).toBe(9_007_199_254_740_993n);
  });

  it('is read as it is written in JSON', () => {
    fc.assert(
      fc.property(wholes, (value) => {
        expect(wholeOf(JSON.parse(JSON.stringify(written(value))) as number | string)).toBe(value);
      }),
      property(500),
    );
    expect(
      [9_007_199_254_740_991n, 9_007_199_254_740_992n].map((value) => JSON.stringify(written(whole(value)))),
    ).toEqual(['9007199254740991', '"9007199254740992"']);
  });

  it('is split into two numbers, whose sums are its own', () => {
    fc.assert(
      fc.property(wholes, wholes, (a, b) => {
        expect(joined(highOf(a), lowOf(a))).toBe(a);
        expect(joined(highOf(a) + highOf(b), lowOf(a) + lowOf(b))).toBe(plus(a, b));
        expect([highOf(a), lowOf(a)].some((limb) => Object.is(limb, -0))).toBe(false);
      }),
      property(1_000),
    );
  });

  it('is divided to the nearest, halves up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.integer({ min: 1, max: 1_000 }),
        (value, count) => {
          expect(dividedBy(value, count)).toBe(Math.round(value / count) || 0);
        },
      ),
      property(1_000),
    );
    expect(dividedBy(3n * 2n ** 60n + 2n, 3)).toBe(2n ** 60n + 1n);
  });

  it('has an order and ratios', () => {
    expect([2n ** 60n, 3, -(2n ** 60n), 2n ** 53n].toSorted(ascending)).toEqual([
      -(2n ** 60n),
      3,
      2n ** 53n,
      2n ** 60n,
    ]);
    expect(ratio(2n ** 60n, 2n ** 61n)).toBe(0.5);
  });
});
