import { describe, expect, it } from '@jest/globals';
import { csv } from '../../libs/reports/csv.js';
import { reportNames } from '../../libs/reports/report.js';
import type { Report } from '../../libs/reports/report.js';
import { sources } from '../../libs/reports/sources.js';
import { table } from '../../libs/reports/table.js';

const report = (over: Partial<Report>): Report => ({
  report: 'performance',
  definition: 'a@1',
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
      'won amount JPY',
      'won amount USD',
      'days to close p50',
      'days to close p90',
      'days to win p50',
      'days to win p90',
      'open',
      'open amount USD',
    ]);
    expect(rows).toEqual([
      ['Ida, the first', '4,238', '2,473', '63.2%', '1,000', '10,005,534.00', '1.2', '46', '–', '–', '0', '–'],
      ['e2', '0', '0', '–', '–', '–', '–', '–', '–', '–', '1', '-0.50'],
    ]);
    expect(columns.map(({ number }) => number)).toEqual([false, ...Array<boolean>(11).fill(true)]);
  });

  it('is written for programs', () => {
    const lines = csv(table(performance, 'data')).split('\r\n');
    expect(lines).toEqual([
      'employee,employeeName,won,lost,winRate,wonAmount JPY,wonAmount USD,daysToClose count,daysToClose p50,daysToClose p90,' +
        'daysToWin count,daysToWin p50,daysToWin p90,open,openAmount USD',
      'e1,"Ida, the first",4238,2473,0.631501,1000,10005534.00,3,1.23,45.6,0,,,0,',
      'e2,,0,0,,,,0,,,0,,,1,-0.50',
      '',
    ]);
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
      const from = columns.findIndex(({ title }) => title.startsWith('won') && title.endsWith('EUR'));
      return [columns.map(({ title }) => title), ...lines].map((line) => line.slice(from, from + 3));
    };
    expect(shown('people')).toEqual([
      ['won amount EUR', 'target EUR', 'attainment EUR'],
      ['800.00', '640.00', '125.0%'],
      ['–', '–', '–'],
    ]);
    expect(shown('data')).toEqual([
      ['wonAmount EUR', 'target EUR', 'attainment EUR'],
      ['800.00', '640.00', '1.25'],
      ['', '', ''],
    ]);
  });

  it('says yes or no, or nothing', () => {
    const churn = { boughtBefore: '2024-01-01', customers: 2, churned: 1, churnRate: 0.5, band: 0.3 };
    const rows = [
      { ...churn, alert: true },
      { ...churn, alert: false },
      { ...churn, alert: null },
    ];
    const alerts = (style: 'people' | 'data') =>
      table(report({ report: 'retention', basis: 'churn', by: [], rows }), style).rows.map((line) => line.slice(-2));
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
    expect(
      table(retention, 'data')
        .columns.slice(4)
        .map(({ title }) => title),
    ).toEqual(['active+0', 'active+1', 'rates+0', 'rates+1']);
  });

  it.each(reportNames)('has its columns for %s also without rows', (name) => {
    for (const basis of sources[name].bases) {
      for (const style of ['people', 'data'] as const) {
        const { columns, rows } = table(report({ report: name, basis, by: sources[name].by(basis) }), style);
        expect(rows).toEqual([]);
        expect(new Set(columns.map(({ title }) => title)).size).toBe(columns.length);
      }
    }
  });
});

describe('CSV', () => {
  const cells = (...values: string[]) => csv({ columns: values.map((title) => ({ title, number: false })), rows: [] });

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
