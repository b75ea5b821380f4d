import { describe, expect, it } from '@jest/globals';
import { isMet, ratiosOf, rounds, spreadOf } from '../../benchmarks/measure.js';
import type { Figure } from '../../benchmarks/measure.js';

const figure: Figure = {
  name: 'appends',
  unit: 'events/s',
  values: [60, 70, 200],
  ceiling: { name: 'raw', values: [100, 100, 400] },
};

describe('a figure', () => {
  it('is the median of its rounds, with the least and the most', () => {
    expect(spreadOf([5, 1, 3, 4, 2])).toEqual({ median: 3, min: 1, max: 5 });
    expect(spreadOf([7])).toEqual({ median: 7, min: 7, max: 7 });
  });

  it('is compared with its ceiling round by round', () => {
    expect(ratiosOf(figure)).toEqual({ median: 0.6, min: 0.5, max: 0.7 });
    expect(ratiosOf({ ...figure, values: [1], ceiling: { name: 'raw', values: [2] } })?.median).toBe(0.5);
  });

  it('meets its target or misses it, and says neither without one', () => {
    expect(isMet(figure)).toBeUndefined();
    expect(isMet({ ...figure, target: { of: 'ratio', atLeast: 0.6 } })).toBe(true);
    expect(isMet({ ...figure, target: { of: 'ratio', atLeast: 0.61 } })).toBe(false);
    expect(isMet({ ...figure, target: { of: 'value', atMost: 70 } })).toBe(true);
    expect(isMet({ ...figure, target: { of: 'value', atMost: 69 } })).toBe(false);
  });
});

it('gives each work its turn in every round', async () => {
  const turns: string[] = [];
  const work = (name: string) => async () => turns.push(name);
  expect(await rounds(2, { one: work('one'), other: work('other') })).toEqual({ one: [1, 3], other: [2, 4] });
  expect(turns).toEqual(['one', 'other', 'one', 'other']);
});
