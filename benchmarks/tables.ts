import colors from 'picocolors';
import { render } from '../apps/cli/table.js';
import type { Report } from '../libs/reports/answer.js';
import { table } from '../libs/reports/table.js';
import { rfm } from '../reports/rfm.js';
import { rounds } from './measure.js';
import type { Measurement } from './measure.js';

const ROWS = 20_000;

/** Every customer of a large installation, ranked. */
function report(count: number): Report {
  const rows = Array.from({ length: count }, (_, index) => ({
    currency: 'EUR',
    customer: `01970000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    customerName: index % 3 === 0 ? `Große Mühle ${index}` : `North Mill ${index}`,
    lastPurchaseOn: '2024-06-30',
    purchases: index % 70,
    amount: { amount: index * 12_345, currency: 'EUR' },
    recency: 5,
    frequency: 4,
    monetary: 3,
    segment: 'champions',
  }));
  const window = { from: null, to: null, asOf: null };
  const parked = { count: 0, documents: [] };
  const said = {
    definition: 'customer-value@1 rfm@1',
    position: count,
    window,
    axis: 'occurred',
    zone: 'UTC',
  } as const;
  return { report: 'rfm', basis: 'customer', by: [], ...said, awaited: null, parked, rows };
}

/** Reports as people read them: what laying out takes, in proportion to the rows. */
export const tables: Measurement = {
  name: 'tables',
  async run({ rounds: count }) {
    const written = (each: Report) => render(table(each, rfm), Infinity, colors.createColors(false));
    const [one, two] = [report(ROWS), report(2 * ROWS)];
    const values = await rounds(count, {
      json: () => milliseconds(() => JSON.stringify(one, null, 2)),
      one: () => milliseconds(() => written(one)),
      two: () => milliseconds(() => written(two)),
    });
    return [
      {
        name: `a report of ${ROWS.toLocaleString('en')} rows as a table`,
        unit: 'ms',
        values: values.one,
        ceiling: { name: 'the same as JSON', values: values.json },
        target: { of: 'ratio', atMost: 10 },
      },
      {
        name: `a report of ${(2 * ROWS).toLocaleString('en')} rows as a table`,
        unit: 'ms',
        values: values.two,
        ceiling: { name: 'half of the rows, twice', values: values.one.map((value) => 2 * value) },
        target: { of: 'ratio', atMost: 1.5 },
      },
    ];
  },
};

async function milliseconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  work();
  return performance.now() - start;
}
