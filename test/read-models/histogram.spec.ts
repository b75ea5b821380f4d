import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, Histogram } from '../../libs/read-models/histogram.js';
import { property } from '../support/property.js';

const year = 366 * 86_400_000;
const durations = fc.array(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 10 * year })), {
  minLength: 1,
  maxLength: 200,
});

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(bucketOf(value), 1, value);
  return histogram;
}

describe('a histogram of durations', () => {
  it('knows their number and their sum exactly', () => {
    fc.assert(
      fc.property(durations, (values) => {
        expect(histogramOf(values)).toMatchObject({
          count: values.length,
          sum: values.reduce((sum, each) => sum + each, 0),
        });
      }),
      property(100),
    );
  });

  it('knows every percentile within 5 %', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const exact = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)]!;
        const found = histogramOf(values).percentile(share)!;
        // Rounded to whole milliseconds.
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.05 + 0.5);
      }),
      property(1_000),
    );
  });

  it('has the middle and the extremes where they are', () => {
    const histogram = histogramOf([0, 1, 2, 3, 1_000]);
    expect([0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => histogram.percentile(share))).toEqual([
      0,
      0,
      1,
      2,
      3,
      expect.any(Number),
    ]);
  });

  it('has none when it is empty, or when everything was taken away again', () => {
    expect(new Histogram().percentile(0.5)).toBeNull();
    const histogram = histogramOf([5, 7]);
    histogram.add(bucketOf(5), -1, -5);
    expect([histogram.count, histogram.sum, histogram.percentile(0), histogram.percentile(1)]).toEqual([1, 7, 7, 7]);
    histogram.add(bucketOf(7), -1, -7);
    expect(histogram.percentile(0.5)).toBeNull();
  });

  it('counts a duration that is less than nothing as none', () => {
    expect(bucketOf(-5)).toBe(0);
    expect(bucketOf(0)).toBe(0);
    expect(histogramOf([-5]).percentile(0.5)).toBe(0);
  });

  it('puts a value and one that is greater never the wrong way round', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 * year }), fc.integer({ min: 0, max: 10 * year }), (a, b) => {
        expect(Math.sign(bucketOf(a) - bucketOf(b)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0);
      }),
      property(500),
    );
  });
});
