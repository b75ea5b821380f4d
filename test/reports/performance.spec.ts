import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Money } from '../../libs/money.js';
import { table } from '../../libs/reports/table.js';
import { performance } from '../../reports/performance.js';
import { property } from '../support/property.js';
import { deal, factsOf, pipeline, ways } from './deals.js';
import type { Way } from './deals.js';
import { Reporting } from './reporting.js';
import { localDay, sellers, START, windows, within, zones } from './shop.js';

const [, first, second] = [null, ...sellers] as [null, (typeof sellers)[number], (typeof sellers)[number]];

const closed = (index: number, to: 'won' | 'lost', at: string, over: Parameters<typeof deal>[1] = {}): Way => ({
  ...deal(index, over),
  steps: [
    { at: '2024-01-01T00:00:00.000Z', to: 'find' },
    { at, to },
  ],
});

async function sixDeals(): Promise<Reporting> {
  const reporting = new Reporting();
  const deals = [
    closed(0, 'won', '2024-01-11T00:00:00.000Z', { owner: first, amount: 1_000 }),
    closed(1, 'won', '2024-02-11T00:00:00.000Z', { owner: first, amount: 2_001 }),
    closed(2, 'lost', '2024-02-12T00:00:00.000Z', { owner: first, amount: null }),
    closed(3, 'won', '2024-02-13T00:00:00.000Z', { owner: second, amount: 700, currency: 'USD' }),
    closed(4, 'lost', '2024-02-14T00:00:00.000Z', { owner: sellers[2]! }),
    { ...deal(5, { owner: second, amount: 400 }), steps: [{ at: '2024-01-05T00:00:00.000Z', to: 'find' }] },
  ];
  await reporting.record(
    ...sellers.map(({ employeeId, name }) => ({
      stream: 'organisation-main',
      type: 'EmployeeHired',
      data: { employeeId, name },
      at: START,
    })),
    ...pipeline(),
    ...deals.flatMap(factsOf),
  );
  return reporting;
}

const eur = (amount: number): Money[] => [{ amount, currency: 'EUR' }];

describe('sales performance', () => {
  it('puts who won most first, and says what is open', async () => {
    const { rows, definition, by } = await (await sixDeals()).report('performance');
    expect(definition).toBe('stage-journey@3 sales-performance@1 performance-report@2 target-policy@1');
    expect(by).toEqual(['employee']);
    expect(rows).toMatchObject([
      {
        employee: first.employeeId,
        employeeName: 'Seller 1',
        won: 2,
        lost: 1,
        winRate: 2 / 3,
        open: 0,
        wonAmount: eur(3001),
        averageDeal: eur(1501),
        openAmount: [],
        weightedAmount: [],
        daysToClose: { count: 3 },
        daysToWin: { count: 2 },
      },
      {
        employee: second.employeeId,
        won: 1,
        lost: 0,
        winRate: 1,
        open: 1,
        wonAmount: [
          {
            amount: 700,
            currency: 'USD',
          },
        ],
        openAmount: eur(400),
        weightedAmount: eur(200),
      },
      { employee: sellers[2]!.employeeId, won: 0, lost: 1, winRate: 0, averageDeal: [], wonAmount: [] },
    ]);
  });

  it('has no win rate where nothing was closed', async () => {
    const reporting = new Reporting();
    await reporting.record();
    expect(await reporting.rows('performance')).toEqual([]);
    await reporting.record(...pipeline(), ...factsOf({ ...deal(0), steps: [{ at: START, to: 'find' }] }));
    const [row] = await reporting.rows('performance');
    expect(row).toMatchObject({
      won: 0,
      lost: 0,
      winRate: null,
      daysToClose: { count: 0, p50: null, p90: null },
      open: 1,
    });
  });

  it('counts what was closed in the window; what is open is open in every one', async () => {
    const rows = await (
      await sixDeals()
    ).rows('performance', { from: '2024-02-01', to: '2024-02-13', by: ['manager'] });
    const won = rows.reduce((sum, row) => sum + Number(row['won']), 0);
    const open = rows.reduce((sum, row) => sum + Number(row['open']), 0);
    expect([won, open]).toEqual([1, 1]);
  });

  it('goes by month, without what is open', async () => {
    const reporting = await sixDeals();
    const byMonth = await reporting.rows('performance', { by: ['month'] });
    expect(byMonth).toMatchObject([
      { month: '2024-01', won: 1, lost: 0 },
      { month: '2024-02', won: 2, lost: 2 },
    ]);
    const byDay = await reporting.rows('performance', { by: ['employee', 'day'], to: '2024-02-01' });
    expect(byDay).toMatchObject([{ day: '2024-01-11', won: 1 }]);
    for (const row of [...byMonth, ...byDay])
      for (const field of ['open', 'openAmount', 'weightedAmount']) expect(row).not.toHaveProperty(field);
    const { columns } = table(await reporting.report('performance', { by: ['month'] }), performance);
    expect(columns.filter(({ title }) => /open|weighted/.test(title))).toEqual([]);
  });

  it('says what was open at the end of a month, asked as of then', async () => {
    const [row] = await (await sixDeals()).rows('performance', { by: [], asOf: '2024-01-31' });
    expect(row).toMatchObject({ won: 1, open: 5 });
  });

  it('adds everything up when it is asked by nothing', async () => {
    const rows = await (await sixDeals()).rows('performance', { by: [] });
    expect(rows).toMatchObject([{ won: 3, lost: 2, winRate: 0.6, open: 1, daysToClose: { count: 5 } }]);
  });

  it('tells currencies apart when asked', async () => {
    const rows = await (await sixDeals()).rows('performance', { by: ['currency'] });
    expect(rows).toMatchObject([
      { currency: 'EUR', won: 2, wonAmount: eur(3_001) },
      { currency: 'USD', won: 1 },
      { currency: null, won: 0, lost: 1, wonAmount: [] },
    ]);
  });
});

describe('the performance of any history', () => {
  it('adds up to the same by employee, by manager and in all, and to what going through the facts gives', async () => {
    await fc.assert(
      fc.asyncProperty(ways, windows, fc.constantFrom(...zones), async (deals, window, zone) => {
        const reporting = new Reporting(zone);
        await reporting.record(...pipeline(), ...deals.flatMap(factsOf));
        const ended = (how: string) =>
          deals.filter(({ steps }) => steps.at(-1)!.to === how && within(localDay(zone, steps.at(-1)!.at), window));
        const amounts = new Map<string, number>();
        for (const { amount, currency } of ended('won'))
          amounts.set(currency, (amounts.get(currency) ?? 0) + (amount ?? 1));
        const expected = {
          won: ended('won').length,
          lost: ended('lost').length,
          open: deals.filter(({ steps }) => !['won', 'lost'].includes(steps.at(-1)!.to)).length,
          wonAmount: [...amounts]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([currency, amount]) => ({ amount, currency })),
        };
        for (const by of [
          ['employee'],
          ['manager'],
          ['orgUnit'],
          ['product', 'sector'],
          ['employee', 'manager', 'currency'],
        ]) {
          const rows = await reporting.rows('performance', { ...window, by });
          const sum = (field: string) => rows.reduce((all, row) => all + Number(row[field]), 0);
          const sums = new Map<string, number>();
          for (const { amount, currency } of rows.flatMap((row) => row['wonAmount'] as Money[]))
            sums.set(currency, (sums.get(currency) ?? 0) + amount);
          expect({
            won: sum('won'),
            lost: sum('lost'),
            open: sum('open'),
            wonAmount: [...sums]
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([currency, amount]) => ({ amount, currency })),
          }).toEqual(expected);
        }
      }),
      property(25),
    );
  }, 60_000);
});
