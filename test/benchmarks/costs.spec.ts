import { expect, it } from '@jest/globals';
import { stagesFor } from '../../benchmarks/costs.js';
import type { Spent } from '../../benchmarks/costs.js';
import { simulate } from '../../benchmarks/simulation.js';

const EVENTS = 100_000;

/** A worker whose costs are known, on a log of so many events. */
function spent(shares: number, page: number): Spent {
  const pages = EVENTS / page;
  const reading = pages * (0.001 + 0.000_004 * page);
  const writing = pages * (0.0005 * shares + (0.000_001 * shares + 0.000_02) * page);
  const folding = pages * (0.0002 * shares + (0.000_002 * shares + 0.000_05) * page);
  const paging = reading + writing + folding;
  const worked = { starting: 0.02 * shares, reading, writing, paging, processors: paging, filling: 1.5, pages };
  return { worked, seconds: worked.starting + paging + 1.5 + 0.5, events: EVENTS, shares };
}

const costs = { alone: spent(45, 4_000), small: spent(45, 1_000), few: spent(15, 4_000) };
const resources = { cores: { places: 2 }, writer: { places: 1 } };

it.each([
  [45, 4_000],
  [45, 500],
  [15, 10_000],
  [90, 2_000],
])('what one worker spends on %i shares in pages of %i is known from three other runs', (shares, page) => {
  const size = { shares, page, events: EVENTS };
  const { seconds } = simulate({ ...size, stages: stagesFor(costs, size), resources, workers: 1 });
  expect(seconds).toBeCloseTo(spent(shares, page).seconds, 6);
});

it('two workers read everything each, and part what is done with it', () => {
  const size = { shares: 30, page: 4_000, events: EVENTS };
  const { worked } = spent(30, 4_000);
  const { seconds } = simulate({ ...size, stages: stagesFor(costs, size), resources, workers: 2 });
  const half = worked.reading + (worked.paging - worked.reading) / 2;
  expect(seconds).toBeGreaterThan(half);
  // All there is to wait for is the writer, at the first and the last pages, and who is just writing.
  expect(seconds).toBeLessThan(half + worked.starting + 1.5 + 0.5 + 0.2);
});
