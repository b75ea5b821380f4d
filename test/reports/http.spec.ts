import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QueryBus } from '@nestjs/cqrs';
import { GetReport } from '../../libs/reports/queries.js';
import { TestApp } from '../support/app.js';

let app: TestApp;
let after: number;

beforeAll(async () => {
  app = await TestApp.start();
  const { id } = await app.done('/customers', {
    kind: 'org',
    name: '=North, Mill',
    tier: 'important',
    region: 'north',
  });
  await app.done(`/customers/${id}/purchases`, { amount: { amount: 12_500, currency: 'EUR' } });
  ({ position: after } = await app.done(`/customers/${id}/purchases`, { amount: { amount: 2_500, currency: 'EUR' } }));
});
afterAll(() => app.stop());

describe('reports over HTTP', () => {
  it('answers with what decides the figures, and where it stands', async () => {
    const { status, body } = await app.get(`/reports/rfm?after=${after}&by=tier`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      report: 'rfm',
      definition: expect.stringContaining('rfm@'),
      basis: 'segment',
      by: ['tier'],
      window: {
        from: null,
        to: null,
        asOf: null,
      },
      axis: 'occurred',
      zone: 'UTC',
      rows: [
        {
          tier: 'important',
          customers: 1,
          purchases: 2,
          amount: {
            amount: 15e3,
            currency: 'EUR',
          },
        },
      ],
    });
    expect(body['position']).toBeGreaterThanOrEqual(after);
  });

  it.each(['funnel', 'performance', 'retention', 'rfm', 'portfolio'] as const)(
    'gives the same for %s as the query bus gives the command line',
    async (name) => {
      const { status, body } = await app.get(`/reports/${name}`);
      expect(status).toBe(200);
      expect(body).toEqual(await app.http.get(QueryBus).execute(new GetReport(name)));
    },
  );

  it('filters by any dimension, once, often, or by what is not known', async () => {
    const customers = async (filter: string) => {
      const { body } = await app.get(`/reports/portfolio?by=tier&${filter}`);
      const { rows } = body as unknown as { rows: readonly { customers: number }[] };
      return rows.reduce((sum, row) => sum + row.customers, 0);
    };
    expect(await customers('region=north')).toBe(1);
    expect(await customers('tier=ordinary&tier=important')).toBe(1);
    expect(await customers('tier=ordinary')).toBe(0);
    expect(await customers('owner=')).toBe(1);
  });

  it.each([
    ['portfolio?region=south', 'value-unknown'],
    ['portfolio?region=south&region=north', 'value-unknown'],
    ['portfolio?region=$gt', 'value-unknown'],
    ['portfolio?tier=gold', 'value-unknown'],
    ['portfolio?status=sleeping', 'value-unknown'],
    ['portfolio?assignment=luck', 'value-unknown'],
    ['portfolio?owner=01970000-0000-7000-8000-00000000dead', 'employee-unknown'],
    ['portfolio?orgUnit=sales', 'org-unit-unknown'],
    ['rfm?customer=01970000-0000-7000-8000-00000000dead', 'customer-unknown'],
    ['rfm?currency=eur', 'value-unknown'],
    ['performance?product=GTX', 'value-unknown'],
    ['performance?manager=nobody', 'employee-unknown'],
    ['funnel?source=stars', 'value-unknown'],
    ['funnel?pipeline=direct', 'pipeline-unknown'],
  ])('does not answer %s with nothing, but that there is no such thing', async (report, code) => {
    expect(await app.get(`/reports/${report}`)).toMatchObject({ status: 404, body: { code } });
  });

  it.each(['portfolio?tier=potential', 'funnel?source=referral', 'rfm?currency=CHF'])(
    'answers %s, which there can be, with nothing',
    async (report) => {
      expect(await app.get(`/reports/${report}`)).toMatchObject({ status: 200 });
    },
  );

  it('refuses an axis without a moment', async () => {
    expect(await app.get('/reports/rfm?axis=recorded')).toMatchObject({
      status: 400,
      body: { code: 'axis-without-moment' },
    });
    expect(await app.get('/reports/rfm?axis=recorded&zone=Asia/Tokyo')).toMatchObject({ status: 400 });
  });

  it('answers as CSV when asked, safe for spreadsheets', async () => {
    for (const [url, headers] of [
      ['/reports/rfm?basis=customer&format=csv', {}],
      ['/reports/rfm?basis=customer', { accept: 'text/csv' }],
    ] as const) {
      const { status, headers: said, body } = await app.get(url, headers);
      expect(status).toBe(200);
      expect(said).toMatchObject({
        'content-type': 'text/csv; charset=utf-8; header=present',
        'x-report-definition': expect.stringContaining('rfm@'),
        'x-report-zone': 'UTC',
      });
      const [header, line] = String(body['text']).split('\r\n');
      expect(header).toBe(
        'currency,customer,customerName,lastPurchaseOn,purchases,amount,recency,frequency,monetary,segment,definition',
      );
      expect(line).toMatch(
        /^EUR,[0-9a-f-]{36},"'=North, Mill",\d{4}-\d{2}-\d{2},2,150\.00,1,1,1,lost,.* rfm-report@\d+ rfm-policy@\d+$/,
      );
    }
    const { headers } = await app.get('/reports/rfm', { accept: 'application/json, text/csv' });
    expect(headers['content-type']).toMatch(/^application\/json/);
  });

  it.each([
    ['from=2024-02-01&to=2024-01-01', 'window-invalid'],
    ['by=colour', 'dimension-unknown'],
    ['product=GTX', 'dimension-unknown'],
    ['basis=guess', 'basis-unknown'],
    ['zone=Mars', 'zone-unknown'],
    ['format=xml', 'validation-failed'],
    ['after=999999', 'log-position-unknown'],
  ])('refuses %s', async (query, code) => {
    const { status, headers, body } = await app.get(`/reports/rfm?${query}`, { accept: 'text/csv' });
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect([status, body['code']]).toEqual([400, code]);
  });

  it('knows no other reports', async () => {
    expect(await app.get('/reports/gossip')).toMatchObject({ status: 404 });
    expect(await app.get('/reports/funnel?pipeline=elsewhere')).toMatchObject({
      status: 404,
      body: { code: 'pipeline-unknown' },
    });
  });
});
