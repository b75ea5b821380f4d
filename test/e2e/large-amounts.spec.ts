import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { TestApp } from '../support/app.js';
import type { Answer } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { faultsOf } from '../support/openapi.js';

const TRILLION = 100_000_000_000_000;
const IDR = (amount: number | string) => ({ amount, currency: 'IDR' });

let app: TestApp;
let position = 0;
const ids: Record<string, string> = {};

async function change(url: string, body: object): Promise<string> {
  const done = await app.done(url, body);
  ({ position } = done);
  return done.id;
}

async function read(url: string, headers?: Record<string, string>): Promise<Answer> {
  const answer = await app.get(`${url}${url.includes('?') ? '&' : '?'}after=${position}`, headers);
  expect({ url, status: answer.status, faults: faultsOf(`GET ${url}`, answer), answer }).toMatchObject({
    status: 200,
    faults: [],
  });
  return answer;
}

const rows = async (url: string) => (await read(url)).body['rows'] as unknown as Record<string, unknown>[];

beforeAll(async () => {
  app = await TestApp.start({ clock: new TestClock('2026-01-05T09:00:00.000Z') });
  const company = await change('/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  const seat = await change('/positions', { title: 'Seller', orgUnitId: company });
  ids.seller = await change('/employees', { name: 'Alex Seller', positionId: seat });
  ids.pipeline = await change('/pipelines', {
    name: 'Direct',
    stages: [
      { id: 'first', name: 'First talk', kind: 'open', probability: 10, allowWin: true },
      { id: 'won', name: 'Won', kind: 'won' },
      { id: 'lost', name: 'Lost', kind: 'lost' },
    ],
  });
  ids.customer = await change('/customers', { kind: 'org', name: 'North Mill', ownerId: ids.seller });
});
afterAll(() => app.stop());

const register = (name: string, amount: object | null) =>
  change('/opportunities', { name, pipelineId: ids.pipeline, ownerId: ids.seller, customerId: ids.customer, amount });

describe('91 deals and 91 purchases of a trillion rupiah', () => {
  const sum = IDR('9100000000000000');

  beforeAll(async () => {
    for (let index = 0; index < 91; index += 1) {
      ids[`deal ${index}`] = await register(`Deal ${index}`, IDR(TRILLION));
      await change(`/customers/${ids.customer}/purchases`, { amount: IDR(TRILLION) });
    }
  });

  it('are added up in every report, and in the view of the customer', async () => {
    expect(await rows('/reports/performance')).toMatchObject([
      { open: 91, openAmount: [sum], weightedAmount: [IDR(910_000_000_000_000)] },
    ]);
    expect((await rows('/reports/funnel'))[0]).toMatchObject({ entered: 91, amountAtEntry: [sum] });
    expect(await rows('/reports/rfm')).toMatchObject([{ purchases: 91, amount: sum }]);
    expect(await rows('/reports/retention')).toMatchObject([{ customers: 1, repeat: 1 }]);
    expect(await rows('/reports/portfolio')).toMatchObject([{ customers: 1, amounts: [sum] }]);
    expect((await read(`/customers/${ids.customer}`)).body).toMatchObject({ purchased: [sum] });
    expect((await app.get('/health/ready')).body).toMatchObject({ status: 'ok' });
  });

  it('are won, with an average that is exact', async () => {
    for (let index = 0; index < 91; index += 1) await change(`/opportunities/${ids[`deal ${index}`]}/win`, {});
    const [row] = await rows('/reports/performance');
    expect(row).toMatchObject({ won: 91, wonAmount: [sum], averageDeal: [IDR(TRILLION)], openAmount: [] });
  });

  it('are as many at the moment they were known', async () => {
    expect(await rows('/reports/rfm?asOf=2026-01-06T00:00:00Z')).toMatchObject([{ amount: sum }]);
  });

  it('stand whole in CSV', async () => {
    const { body } = await read('/reports/portfolio?format=csv');
    expect(String(body['text'])).toContain(',91000000000000.00,');
  });
});

describe('one amount', () => {
  const purchase = (amount: number, currency: string) =>
    app.post(`/customers/${ids.customer}/purchases`, { amount: { amount, currency } });

  it.each([
    ['EUR', 9_000_000_000_000_000, '90000000000000.00 EUR'],
    ['IDR', 9_000_000_000_000_000, '90000000000000.00 IDR'],
    ['JPY', 90_000_000_000_000, '90000000000000 JPY'],
    ['KWD', 9_000_000_000_000_000, '9000000000000.000 KWD'],
    ['CLF', 9_000_000_000_000_000, '900000000000.0000 CLF'],
  ])('in %s is at most %d minor units', async (currency, most, said) => {
    expect(await purchase(most, currency)).toMatchObject({ status: 201 });
    const { status, body } = await purchase(most + 1, currency);
    expect([status, body['code']]).toEqual([400, 'validation-failed']);
    expect(JSON.stringify(body)).toContain(said);
  });

  it.each(['HRK', 'ANG', 'BGN', 'XXX'])('is not in %s now', async (currency) => {
    expect(await purchase(1, currency)).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
  });
});

describe('opportunities by amount', () => {
  const names = async (query: string) =>
    ((await read(`/opportunities?status=open&${query}`)).body['items'] as unknown as { name: string }[]).map(
      ({ name }) => name,
    );

  beforeAll(async () => {
    await register('a dollar', { amount: 100, currency: 'USD' });
    await register('two euros', { amount: 200, currency: 'EUR' });
    await register('unknown', null);
    await register('a euro', { amount: 100, currency: 'EUR' });
    await register('five dollars', { amount: 500, currency: 'USD' });
  });

  it('come currency by currency, and without one last, in both directions and over pages', async () => {
    const up = ['a euro', 'two euros', 'a dollar', 'five dollars', 'unknown'];
    const down = ['five dollars', 'a dollar', 'two euros', 'a euro', 'unknown'];
    expect(await names('sort=amount')).toEqual(up);
    expect(await names('sort=-amount')).toEqual(down);
    for (const [sort, all] of [
      ['amount', up],
      ['-amount', down],
    ] as const) {
      const found: string[] = [];
      for (let cursor = ''; ;) {
        const { body } = await read(`/opportunities?status=open&sort=${sort}&limit=2${cursor}`);
        const { items, next } = body as unknown as { items: { name: string }[]; next?: string };
        found.push(...items.map(({ name }) => name));
        if (next === undefined) break;
        cursor = `&cursor=${next}`;
      }
      expect(found).toEqual(all);
    }
  });

  it('are listed in one currency', async () => {
    expect(await names('sort=-amount&currency=EUR')).toEqual(['two euros', 'a euro']);
    expect(await app.get('/opportunities?currency=XXX')).toMatchObject({ status: 400 });
  });
});

describe('a document that is parked', () => {
  beforeAll(async () => {
    const readModels = app.http.get(ReadModels);
    const { id } = (await readModels.generations()).find(({ name }) => name === 'customer-value')!;
    await readModels.attempt(id, ids.customer!, position, 'it fails – always', 1);
  });

  it('makes the program degraded, which is ready all the same', async () => {
    const { status, body } = await read('/health/ready');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'degraded',
      details: { readModels: { status: 'degraded', parked: ['customer-value'] } },
    });
  });

  it('is named beside the figures it is missing in, in JSON and in CSV', async () => {
    expect((await read('/reports/rfm')).body).toMatchObject({
      parked: { count: 1, documents: [{ document: ids.customer, error: 'it fails – always' }] },
    });
    const { headers } = await read('/reports/rfm?format=csv');
    expect(headers).toMatchObject({ 'x-report-parked': `1 ${ids.customer}` });
    expect((await read('/reports/funnel')).body).toMatchObject({ parked: { count: 0 } });
  });
});
