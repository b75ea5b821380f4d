import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { simulate } from '../../benchmarks/simulation.js';
import type { Plan } from '../../benchmarks/simulation.js';
import { property } from '../support/property.js';

const places = (counts: Readonly<Record<string, number>>): Plan['resources'] =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, { places: count }]));

const plan = (change: Partial<Plan> = {}): Plan => ({
  resources: { store: { places: 1 }, cpu: { places: 2 }, models: { places: 1 } },
  stages: [
    { at: ['store'], perPage: 0.001, perShare: 0, perEvent: 0 },
    { at: ['cpu'], perPage: 0, perShare: 0, perEvent: 0.000_05 },
    { at: ['models'], perPage: 0, perShare: 0.002, perEvent: 0.000_05 },
  ],
  workers: 1,
  shares: 4,
  page: 100,
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
    const four = simulate(plan({ workers: 4, resources: places({ store: 1, cpu: 4, models: 1 }) }));
    expect(four.busy['models']).toBeGreaterThan(0.95);
    expect(four.seconds).toBeGreaterThanOrEqual(0.28);
    const more = simulate(plan({ workers: 4, resources: places({ store: 4, cpu: 4, models: 4 }) }));
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

  it('lets a worker go on while other threads of it still work, and has them take a core all the same', () => {
    const stages = [
      { at: ['cpu'], beside: true as const, perPage: 0.001, perShare: 0, perEvent: 0 },
      { at: ['cpu'], perPage: 0.002, perShare: 0, perEvent: 0 },
    ];
    // One worker has a core for each, two share two cores for what would fill three.
    expect(simulate(plan({ stages })).seconds).toBeCloseTo(0.02, 9);
    expect(simulate(plan({ stages, workers: 2, shares: 2 })).seconds).toBeCloseTo(0.03, 9);
    expect(simulate(plan({ stages, workers: 2, shares: 2 })).busy['cpu']).toBeCloseTo(1, 1);
  });

  it('passes through what is only for a first or last page once', () => {
    const stages = [
      { at: ['cpu'], only: 'first' as const, perPage: 0.5, perShare: 0, perEvent: 0 },
      { at: ['cpu'], perPage: 0.001, perShare: 0, perEvent: 0 },
      { at: ['models'], only: 'last' as const, perPage: 0, perShare: 0.1, perEvent: 0 },
    ];
    expect(simulate(plan({ stages })).seconds).toBeCloseTo(0.5 + 0.01 + 0.4, 9);
    // Of two, each has half of the shares, and one place to end them at.
    expect(simulate(plan({ stages, workers: 2 })).seconds).toBeCloseTo(0.5 + 0.01 + 0.4, 9);
  });

  it('works more slowly where the other places are taken', () => {
    const stages = [{ at: ['cpu'], perPage: 0.001, perShare: 0, perEvent: 0 }];
    const resources = { cpu: { places: 2, crowded: 1.5 } };
    expect(simulate(plan({ stages, resources })).seconds).toBeCloseTo(0.01, 9);
    const { seconds } = simulate(plan({ stages, resources, workers: 2, shares: 2 }));
    expect(seconds).toBeGreaterThan(0.0145);
    expect(seconds).toBeLessThanOrEqual(0.015 + 1e-9);
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
        const resources = places({ store: 1, cpu: 2, models });
        const { seconds, busy } = simulate(plan({ ...change, resources }));
        for (const share of Object.values(busy)) expect(share).toBeLessThanOrEqual(1 + 1e-9);
        expect(seconds).toBeLessThanOrEqual(simulate(plan({ ...change, resources, workers: 1 })).seconds + 1e-9);
      }),
      property(200),
    );
  });
});
