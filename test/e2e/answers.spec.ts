import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import type { Answer } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { faultsOf } from '../support/openapi.js';

/** Enough of a company that no list is empty and no document is bare, with every answer held against docs/openapi.json. */
const clock = new TestClock('2026-01-05T09:00:00.000Z');
let app: TestApp;
const ids: Record<string, string> = {};
let position = 0;

function fits(asked: string, answer: Answer): Answer {
  expect({ asked, faults: faultsOf(asked, answer), answer }).toMatchObject({ faults: [] });
  return answer;
}

async function change(url: string, body: object): Promise<string> {
  const done = await app.done(url, body);
  ({ position } = done);
  return done.id;
}

const create = async (name: string, url: string, body: object) => {
  ids[name] = await change(url, body);
};
const placed = (place: string) => place.replace(/:(\w+)/, (_, name: string) => ids[name]!);
const upToDate = (place: string) => `${placed(place)}${place.includes('?') ? '&' : '?'}after=${position}`;
const EUR = (amount: number) => ({ amount, currency: 'EUR' });

beforeAll(async () => {
  app = await TestApp.start({ clock });
  const { post } = app;
  app.post = async (url, ...rest) => fits(`POST ${url}`, await post.call(app, url, ...rest));
  await create('company', '/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  await create('seat', '/positions', { title: 'Seller', orgUnitId: ids.company, headcount: 2, duties: ['sells'] });
  await change(`/positions/${ids.seat}/customer-cap`, { cap: { max: 9 } });
  await create('seller', '/employees', { name: 'Alex Seller', positionId: ids.seat });
  await create('pipeline', '/pipelines', {
    name: 'Direct',
    stages: [
      { id: 'first', name: 'First talk', kind: 'open', probability: 10, forecastCategory: 'pipeline', allowWin: true },
      { id: 'offer', name: 'Offer', kind: 'open', probability: 50, forecastCategory: 'commit', entryGate: ['amount'] },
      { id: 'won', name: 'Won', kind: 'won', probability: 100, forecastCategory: 'closed' },
      { id: 'lost', name: 'Lost', kind: 'lost', probability: 0, forecastCategory: 'omitted' },
    ],
  });
  await create('customer', '/customers', { kind: 'org', name: 'North Mill', ownerId: ids.seller, tags: ['mill'] });
  const { pipeline: pipelineId, seller: ownerId, customer: customerId } = ids;
  const customer = `/customers/${customerId}`;
  await change(`${customer}/contacts`, { name: 'Kim Buyer', channels: [{ kind: 'email', value: 'kim@example.org' }] });
  await change(`${customer}/interactions`, { channel: 'web', direction: 'inbound', summary: 'Please call' });
  await change(`${customer}/purchases`, { amount: EUR(12_500) });
  await create('lost', '/opportunities', { name: 'Mill wheels', pipelineId, ownerId, customerId });
  await change(`/opportunities/${ids.lost}/lose`, { reason: 'price' });
  await create('deal', '/opportunities', { name: 'Mill stones', pipelineId, ownerId, customerId });
  const deal = `/opportunities/${ids.deal}`;
  await change(`${deal}/team`, { employeeId: ownerId, role: 'engineer' });
  await change(`${deal}/amount`, { amount: EUR(500_000) });
  await change(`${deal}/visits`, { visitorId: ownerId, plannedFor: '2026-02-01T09:00:00Z', purpose: 'Show them' });
  await change(`${deal}/stage`, { stageId: 'offer' });
  clock.advance(86_400_000);
  await change(`${deal}/win`, {});
  const subject = { kind: 'employee', id: ownerId };
  await create('target', '/targets', { kpi: 'won-amount', subject, period: '2026-01', value: EUR(900_000) });
  const task = { kind: 'care', title: 'Call', dueAt: '2026-03-01T09:00:00Z', subject: { customerId } };
  await create('task', '/tasks', task);
  const interaction = { channel: 'call', direction: 'outbound', summary: 'Called' };
  await change(`/tasks/${ids.task}/complete`, { outcome: 'given', interaction });
});
afterAll(() => app.stop());

describe('the API answers what its description says', () => {
  it.each([
    '/organisation/chart',
    '/employees',
    '/employees/:seller',
    '/employees/:seller/history',
    '/pipelines',
    '/pipelines/:pipeline',
    '/customers',
    '/customers/:customer',
    '/customers/:customer/timeline?limit=3',
    '/customers/:customer/history?limit=3',
    '/contacts',
    '/opportunities',
    '/opportunities/:deal',
    '/opportunities/:lost',
    '/opportunities/:deal/history',
    '/tasks',
    '/tasks/:task',
    '/targets',
    '/targets/:target',
  ])('to %s', async (place) => {
    const { status, body } = fits(`GET ${placed(place)}`, await app.get(upToDate(place)));
    expect(status).toBe(200);
    for (const list of ['items', 'entries', 'units']) expect(body[list]).not.toEqual([]);
  });

  it.each(['/projections', '/processes', '/health/live', '/health/ready', '/metrics'])('to %s', async (url) => {
    expect(fits(`GET ${url}`, await app.get(url)).status).toBe(200);
  });

  it.each([
    '/reports/funnel',
    '/reports/funnel?basis=activity',
    '/reports/performance?by=employee',
    '/reports/retention',
    '/reports/retention?basis=churn',
    '/reports/rfm',
    '/reports/rfm?basis=customer',
    '/reports/portfolio',
    '/reports/portfolio?basis=fairness',
  ])('to %s, as JSON and as CSV', async (url) => {
    const { body } = fits(`GET ${url}`, await app.get(upToDate(url)));
    expect(body['rows']).not.toHaveLength(0);
    fits(`GET ${url}`, await app.get(url, { accept: 'text/csv' }));
  });

  it('to a rebuild', async () => {
    expect(await app.post('/projections/target-list/rebuild')).toMatchObject({ status: 202 });
  });

  it.each([
    ['/customers', { kind: 'org' }, 400],
    ['/customers/:seller/tier', { tier: 'important', reason: 'large' }, 404],
    ['/customers', { kind: 'org', name: 'North Mill' }, 409],
    ['/opportunities/:deal/stage', { stageId: 'offer' }, 422],
  ])('where it refuses %s %j', async (place, body, status) => {
    expect(await app.post(placed(place), body)).toMatchObject({ status });
  });
});
