import { describe, expect, it } from '@jest/globals';
import { reports } from '../../apps/program/definitions.js';
import { csv } from '../../libs/csv.js';
import { notesOf } from '../../libs/reports/notes.js';
import { linesOf, table } from '../../libs/reports/table.js';
import { portfolio } from '../../reports/portfolio.js';
import { needed, Reporting } from './reporting.js';
import { bought, idOf, registered, START } from './shop.js';

const AT = '2024-01-31T20:00:00.000Z';
const MOST = 9_000_000_000_000_000;

describe('amounts of which few are more than a number holds', () => {
  /** Two customers, each with seven purchases of 90 trillion rupiah; the first has one of a rupiah more. */
  async function rupiah(): Promise<Reporting> {
    const reporting = new Reporting();
    await reporting.record(registered(idOf(0), START), registered(idOf(1), START));
    for (let day = 1; day <= 7; day += 1) {
      const at = `2024-01-0${day}T10:00:00.000Z`;
      await reporting.record(bought(idOf(0), at, MOST, 'IDR'), bought(idOf(1), at, MOST, 'IDR'));
    }
    await reporting.record(bought(idOf(0), '2024-01-09T10:00:00.000Z', 100, 'IDR'));
    return reporting;
  }
  const [one, other, both] = ['63000000000000100', '63000000000000000', '126000000000000100'];

  it('are ranked and added up exactly, now and as of a moment', async () => {
    const reporting = await rupiah();
    for (const asOf of [undefined, '2024-02-01']) {
      const customers = await reporting.rows('rfm', { basis: 'customer', asOf });
      expect(customers.map(({ customer, amount, monetary }) => [customer, amount, monetary])).toEqual([
        [idOf(0), { amount: one, currency: 'IDR' }, 3],
        [idOf(1), { amount: other, currency: 'IDR' }, 1],
      ]);
      const segments = await reporting.rows('rfm', { asOf });
      expect(segments.map(({ amount }) => amount)).toEqual([one, other].map((amount) => ({ amount, currency: 'IDR' })));
      const [held] = await reporting.rows('portfolio', { by: [], asOf });
      expect(held?.['amounts']).toEqual([{ amount: both, currency: 'IDR' }]);
    }
  });

  it('are written whole in CSV and on the screen', async () => {
    const report = await (await rupiah()).report('portfolio', { by: [] });
    expect(csv(linesOf(table(report, portfolio, 'data')))).toContain(',IDR 1260000000000001.00,');
    expect(table(report, portfolio).rows[0]).toContain('IDR 1,260,000,000,000,001.00');
  });
});

describe('a document that no report can count', () => {
  async function broken(): Promise<Reporting> {
    const reporting = new Reporting('UTC', true);
    await reporting.record(
      registered(idOf(0), START),
      bought(idOf(0), AT),
      registered(idOf(1), START),
      bought(idOf(1), AT, 0.5),
    );
    return reporting;
  }
  const parked = {
    count: 1,
    documents: [{ document: idOf(1), position: 4, error: 'a cell holds whole numbers, not 0.5' }],
  };

  it('is named with the figures it is missing in, now and as of a moment', async () => {
    const reporting = await broken();
    for (const asOf of [undefined, '2024-02-01']) {
      for (const name of ['rfm', 'retention', 'portfolio'] as const) {
        expect(await reporting.report(name, { asOf })).toMatchObject({ parked });
      }
      expect(await reporting.rows('rfm', { asOf })).toMatchObject([{ customers: 1, purchases: 1 }]);
      expect(await reporting.report('funnel', { asOf })).toMatchObject({ parked: { count: 0, documents: [] } });
    }
  });

  it('is named in the note of a table', async () => {
    expect(notesOf(await (await broken()).report('rfm'))).toEqual([
      `1 document is parked: it is missing in these figures, or in them as of an earlier event. ${idOf(1)} (position 4: a cell holds whole numbers, not 0.5).`,
    ]);
  });

  it('that was served before stays in the figures as it was, and is named', async () => {
    const reporting = new Reporting('UTC', true);
    await reporting.record(registered(idOf(0), START), bought(idOf(0), AT));
    await reporting.record(bought(idOf(0), '2024-02-01T00:00:00.000Z', 0.5));
    const { rows, parked: named } = await reporting.report('rfm');
    expect(rows).toMatchObject([{ purchases: 1 }]);
    expect(named).toMatchObject({ count: 1, documents: [{ document: idOf(0), position: 3 }] });
  });

  it('does not hold up the zone that was asked for', async () => {
    const reporting = await broken();
    await reporting.project('Asia/Tokyo');
    expect(await reporting.report('retention', {}, 'Asia/Tokyo')).toMatchObject({
      zone: 'Asia/Tokyo',
      rows: [{ cohort: '2024-02', customers: 1 }],
      awaited: null,
      parked,
    });
  });
});

describe('a report of which another one is wanted', () => {
  it('says in which zone it counts, until the zone of the settings is built', async () => {
    const reporting = new Reporting('UTC');
    await reporting.record(registered(idOf(0), START), bought(idOf(0), AT));
    const before = await reporting.report('retention', {}, 'Asia/Tokyo');
    expect(before).toMatchObject({
      zone: 'UTC',
      rows: [{ cohort: '2024-01' }],
      awaited: {
        definition: expect.stringMatching(/Asia\/Tokyo$/),
        zone: 'Asia/Tokyo',
        state: null,
        position: 0,
        head: 2,
      },
    });
    expect(notesOf(before)).toEqual(['Days are those of UTC; the same in Asia/Tokyo is not built yet.']);
    // Both zones can be asked for by name meanwhile, and a past moment is counted as the present is.
    const asked = await reporting.report('retention', { zone: 'Asia/Tokyo' }, 'Asia/Tokyo');
    expect(asked).toMatchObject({ zone: 'Asia/Tokyo', rows: [{ cohort: '2024-02' }], awaited: null });
    const past = await reporting.report('retention', { asOf: '2024-03-01' }, 'Asia/Tokyo');
    expect(past).toMatchObject({ zone: 'UTC', rows: [{ cohort: '2024-01' }] });

    await reporting.project('Asia/Tokyo');
    const after = await reporting.report('retention', {}, 'Asia/Tokyo');
    expect(after).toMatchObject({ zone: 'Asia/Tokyo', rows: [{ cohort: '2024-02' }], awaited: null });
    expect(notesOf(after)).toEqual([]);
  });

  it('says how far it is while it is not built yet, and answers about the past', async () => {
    const reporting = new Reporting('UTC');
    const without = needed.map((each) => (each.projection.name === 'customer-value' ? { ...each, rollups: [] } : each));
    await reporting.append(registered(idOf(0), START), bought(idOf(0), AT));
    await reporting.project('UTC', without);
    await expect(reporting.report('rfm')).rejects.toMatchObject({
      code: 'report-building',
      message: 'The report rfm is not built yet.',
      status: 503,
      seconds: 1,
      details: { report: 'rfm', state: null, position: 0, head: 2, secondsLeft: null },
    });
    expect(await reporting.rows('rfm', { asOf: '2024-02-01' })).toMatchObject([{ purchases: 1 }]);
    await reporting.begin('customer-value');
    await expect(reporting.report('rfm')).rejects.toMatchObject({
      code: 'report-building',
      message: 'The report rfm is being built: it has looked at the log up to position 0 of 2.',
      details: { state: 'building' },
    });
    await reporting.project();
    expect(await reporting.rows('rfm')).toMatchObject([{ purchases: 1 }]);
  });

  it('is called by the name it was asked for under, whatever it adds up', async () => {
    for (const { name } of reports) {
      await expect(new Reporting().report(name)).rejects.toMatchObject({
        code: 'report-building',
        message: `The report ${name} is not built yet.`,
        details: { report: name },
      });
    }
  });
});
