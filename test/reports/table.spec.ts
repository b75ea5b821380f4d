import { describe, expect, it } from '@jest/globals';
import { reports } from '../../apps/program/definitions.js';
import { csv } from '../../libs/csv.js';
import type { Report } from '../../libs/reports/answer.js';
import { Reports } from '../../libs/reports/reports.js';
import { linesOf, table as tableOf } from '../../libs/reports/table.js';
import type { Style } from '../../libs/reports/table.js';

const byName = new Reports(reports);
const table = (answer: Report, style?: Style) => tableOf(answer, byName.of(answer.report), style);

const report = (over: Partial<Report>): Report => ({
  report: 'performance',
  definition: 'a@1 b@2',
  position: 1,
  basis: 'closed',
  by: ['employee'],
  window: {
    from: null,
    to: null,
    asOf: null,
  },
  axis: 'occurred',
  zone: 'UTC',
  awaited: null,
  parked: { count: 0, documents: [] },
  rows: [],
  ...over,
});

const performance = report({
  rows: [
    {
      employee: 'e1',
      employeeName: 'Ida, the first',
      won: 4238,
      lost: 2473,
      winRate: 0.631501,
      wonAmount: [
        {
          amount: 0x3ba33bb8,
          currency: 'USD',
        },
        {
          amount: 1e3,
          currency: 'JPY',
        },
      ],
      averageDeal: [],
      openAmount: [],
      weightedAmount: [],
      open: 0,
      daysToClose: {
        count: 3,
        p50: 1.23,
        p90: 45.6,
      },
      daysToWin: {
        count: 0,
        p50: null,
        p90: null,
      },
    },
    {
      employee: 'e2',
      employeeName: null,
      won: 0,
      lost: 0,
      winRate: null,
      wonAmount: [],
      averageDeal: [],
      openAmount: [
        {
          amount: -50,
          currency: 'USD',
        },
      ],
      weightedAmount: [],
      open: 1,
      daysToClose: {
        count: 0,
        p50: null,
        p90: null,
      },
      daysToWin: {
        count: 0,
        p50: null,
        p90: null,
      },
    },
  ],
});

describe('a report as a table', () => {
  it('is written for people', () => {
    const { columns, rows } = table(performance);
    expect(columns.map(({ title }) => title)).toEqual([
      'employee',
      'won',
      'lost',
      'win rate',
      'won amount',
      'target',
      'attainment',
      'average deal',
      'days to close count',
      'days to close p50',
      'days to close p90',
      'days to win count',
      'days to win p50',
      'days to win p90',
      'open',
      'open amount',
      'weighted amount',
    ]);
    expect(rows).toEqual([
      'Ida, the first|4,238|2,473|63.2%|USD 10,005,534.00 · JPY 1,000|–|–|–|3|1.2|46|0|–|–|0|–|–'.split('|'),
      'e2|0|0|–|–|–|–|–|0|–|–|0|–|–|1|USD -0.50|–'.split('|'),
    ]);
    expect(columns.map(({ number }) => number)).toEqual([false, ...Array<boolean>(16).fill(true)]);
  });

  it('is written for programs', () => {
    const lines = csv(linesOf(table(performance, 'data'))).split('\r\n');
    expect(lines).toEqual([
      'employee,employeeName,won,lost,winRate,wonAmount,target,attainment,averageDeal,daysToClose count,daysToClose p50,' +
        'daysToClose p90,daysToWin count,daysToWin p50,daysToWin p90,open,openAmount,weightedAmount,definition',
      'e1,"Ida, the first",4238,2473,0.631501,USD 10005534.00; JPY 1000,,,,3,1.23,45.6,0,,,0,,,a@1 b@2',
      'e2,,0,0,,,,,,0,,,0,,,1,USD -0.50,,a@1 b@2',
      '',
    ]);
  });

  it('has the same columns whatever is found, and plain amounts by currency', () => {
    const [row] = performance.rows;
    const titles = (over: Partial<Report>, style: 'people' | 'data') =>
      table(report({ by: ['employee', 'currency'], ...over }), style).columns.map(({ title }) => title);
    const euros = { ...row!, currency: 'EUR', wonAmount: [{ amount: -50, currency: 'EUR' }] };
    for (const style of ['people', 'data'] as const) {
      expect(titles({ rows: [euros] }, style)).toEqual(titles({ rows: [] }, style));
      expect(table(performance, style).columns).toEqual(table(report({}), style).columns);
    }
    const { columns, rows } = table(report({ by: ['employee', 'currency'], rows: [euros] }), 'data');
    expect(rows[0]![columns.findIndex(({ title }) => title === 'wonAmount')]).toBe('-0.50');
  });

  it('puts targets beside what was won, each currency with its own share', () => {
    const [row] = performance.rows;
    const euros = { amount: 80_000, currency: 'EUR' };
    const rows = [
      {
        ...row!,
        wonAmount: [euros],
        target: [{ ...euros, amount: 64_000 }],
        attainment: [{ currency: 'EUR', share: 1.25 }],
      },
      { ...row!, wonAmount: [], target: null, attainment: null },
    ];
    const shown = (style: 'people' | 'data') => {
      const { columns, rows: lines } = table(report({ rows }), style);
      const from = columns.findIndex(({ title }) => /^won ?amount$/i.test(title));
      return [columns.map(({ title }) => title), ...lines].map((line) => line.slice(from, from + 3));
    };
    expect(shown('people')).toEqual([
      ['won amount', 'target', 'attainment'],
      ['EUR 800.00', 'EUR 640.00', 'EUR 125.0%'],
      ['–', '–', '–'],
    ]);
    expect(shown('data')).toEqual([
      ['wonAmount', 'target', 'attainment'],
      ['EUR 800.00', 'EUR 640.00', 'EUR 1.25'],
      ['', '', ''],
    ]);
  });

  it('says yes or no, or nothing', () => {
    const churn = { boughtBefore: '2024-01-01', customers: 2, churned: 1, churnRate: 0.5, tooNew: 4, band: 0.3 };
    const rows = [
      { ...churn, alert: true },
      { ...churn, alert: false },
      { ...churn, alert: null },
    ];
    const alerts = (style: 'people' | 'data') =>
      table(report({ report: 'retention', basis: 'churn', by: [], rows }), style).rows.map((line) => line.slice(5, 7));
    expect(alerts('people')).toEqual([
      ['30.0%', 'yes'],
      ['30.0%', 'no'],
      ['30.0%', '–'],
    ]);
    expect(alerts('data').map(([, alert]) => alert)).toEqual(['true', 'false', '']);
  });

  it('lays a matrix of months out in columns, empty where the future is', () => {
    const rows = [
      { cohort: '2024-01', customers: 2, repeat: 1, repeatRate: 0.5, active: [2, 1], rates: [1, 0.5] },
      { cohort: '2024-02', customers: 1, repeat: 0, repeatRate: 0, active: [1], rates: [1] },
    ];
    const retention = report({ report: 'retention', basis: 'cohort', by: [], rows });
    expect(table(retention)).toMatchObject({
      columns: ['cohort', 'customers', 'repeat', 'repeat rate', '+0', '+1'].map((title) => ({ title })),
      rows: [
        ['2024-01', '2', '1', '50.0%', '100.0%', '50.0%'],
        ['2024-02', '1', '0', '0.0%', '100.0%', ''],
      ],
    });
    expect(linesOf(table(retention, 'data'))).toEqual([
      ['cohort', 'customers', 'repeat', 'repeatRate', 'monthsAfter', 'active', 'rates', 'definition'],
      ['2024-01', '2', '1', '0.5', '0', '2', '1', 'a@1 b@2'],
      ['2024-01', '2', '1', '0.5', '1', '1', '0.5', 'a@1 b@2'],
      ['2024-02', '1', '0', '0', '0', '1', '1', 'a@1 b@2'],
    ]);
  });

  it.each(byName.names)('has its columns for %s also without rows', (name) => {
    for (const [basis, { by }] of Object.entries(byName.of(name).bases)) {
      for (const style of ['people', 'data'] as const) {
        const { columns, rows } = table(report({ report: name, basis, by }), style);
        expect(rows).toEqual([]);
        expect(new Set(columns.map(({ title }) => title)).size).toBe(columns.length);
      }
    }
  });
});

describe('CSV', () => {
  const cells = (...values: string[]) => csv([values]);

  it('quotes what would be read as something else', () => {
    expect(cells('a,b', 'say "no"', 'two\nlines', ' blank', 'plain')).toBe(
      '"a,b","say ""no""","two\nlines"," blank",plain\r\n',
    );
  });

  it('lets no text become a formula', () => {
    expect(cells('=1+1', '+49 30', '-x', '@sum', '\tx', '＝1+1')).toBe(`'=1+1,'+49 30,'-x,'@sum,'\tx,'＝1+1\r\n`);
    expect(cells('=HYPERLINK("x","y")')).toBe(`"'=HYPERLINK(""x"",""y"")"\r\n`);
  });

  it('leaves numbers as they are', () => {
    expect(cells('-12.50', '0', '7', '-')).toBe(`-12.50,0,7,'-\r\n`);
  });
});
