import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { simulate } from '../../benchmarks/simulation.js';
import type { Plan } from '../../benchmarks/simulation.js';
import { property } from '../support/property.js';

const plan = (change: Partial<Plan> = {}): Plan => ({
  resources: { store: 1, cpu: 2, models: 1 },
  stages: [
    { at: ['store'], perPage: 0.001, perShare: 0, perEvent: 0 },
    { at: ['cpu'], perPage: 0, perShare: 0, perEvent: 0.0001 },
    { at: ['models'], perPage: 0, perShare: 0.002, perEvent: 0.0001 },
  ],
  workers: 1,
  shares: 4,
  page: 100,
  own: 0.5,
  events: 1_000,
  ...change,
});

describe('the simulation of workers', () => {
  it('adds up what one worker does, since it does one thing at a time', () => {
    // 10 pages × (1 ms + 4 shares × (5 + 2 + 5 ms)).
    const { seconds, rate, busy } = simulate(plan());
    expect(seconds).toBeCloseTo(0.49, 9);
    expect(rate).toBeCloseTo(1_000 / 0.49, 6);
    expect(busy).toEqual({
      store: expect.closeTo(0.01 / 0.49, 9),
      cpu: expect.closeTo(0.2 / 0.49 / 2, 9),
      models: expect.closeTo(0.28 / 0.49, 9),
    });
  });

  it('ends where a place is always taken: more workers make it no faster', () => {
    const four = simulate(plan({ workers: 4, resources: { store: 1, cpu: 4, models: 1 } }));
    expect(four.busy['models']).toBeGreaterThan(0.95);
    expect(four.seconds).toBeGreaterThanOrEqual(0.28);
    const more = simulate(plan({ workers: 4, resources: { store: 4, cpu: 4, models: 4 } }));
    // Each has one share and everything to itself: what is read once by one worker is read four times.
    expect(more.seconds).toBeCloseTo(0.13, 9);
  });

  it('holds all places of a stage at once', () => {
    // Writing takes a core and the only writer: two workers with a core each still write one after the other.
    const stages = [
      { at: ['cpu'], perPage: 0.001, perShare: 0, perEvent: 0 },
      { at: ['cpu', 'models'], perPage: 0.002, perShare: 0, perEvent: 0 },
    ];
    const { seconds, busy } = simulate(plan({ stages, workers: 2, shares: 2 }));
    // 10 pages each, of which 20 × 2 ms one after the other, behind the first 1 ms.
    expect(seconds).toBeCloseTo(0.041, 9);
    expect(busy['cpu']).toBeCloseTo(0.06 / 0.041 / 2, 9);
  });

  it('is never faster than its busiest place nor slower than one worker', () => {
    const plans = fc.record({
      workers: fc.integer({ min: 1, max: 8 }),
      shares: fc.integer({ min: 1, max: 12 }),
      page: fc.integer({ min: 10, max: 500 }),
      events: fc.integer({ min: 1, max: 5_000 }),
      models: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(plans, ({ models, ...change }) => {
        const resources = { store: 1, cpu: 2, models };
        const { seconds, busy } = simulate(plan({ ...change, resources }));
        for (const share of Object.values(busy)) expect(share).toBeLessThanOrEqual(1 + 1e-9);
        expect(seconds).toBeLessThanOrEqual(simulate(plan({ ...change, resources, workers: 1 })).seconds + 1e-9);
      }),
      property(200),
    );
  });
});
