import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { weighted } from '../../projections/weighted.js';
import { MOST_MINOR } from '../../libs/money.js';
import { property } from '../support/property.js';

it('an amount times its probability is exact, and rounded half up, for every amount there may be', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MOST_MINOR }), fc.integer({ min: 0, max: 100 }), (amount, percent) => {
      expect(weighted(amount, percent)).toBe(Number((BigInt(amount) * BigInt(percent) + 50n) / 100n));
    }),
    property(1_000),
  );
  expect(weighted(MOST_MINOR - 1, 99)).toBe(8_909_999_999_999_999);
});
