import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';

let app: TestApp;
/** Ends in Shanghai while it is still afternoon by UTC. */
const day = '2026-01-31';
const END = '2026-01-31T15:59:59.999Z';
let [before, after] = ['', ''];

beforeAll(async () => {
  const clock = new TestClock('2026-01-31T15:30:00.000Z');
  app = await TestApp.start({ clock, REPORT_ZONE: 'Asia/Shanghai' });
  before = (await app.done('/customers', { kind: 'org', name: 'North Mill' })).id;
  clock.time = '2026-01-31T16:30:00.000Z';
  const last = await app.done('/customers', { kind: 'org', name: 'South Mill' });
  after = last.id;
  await app.get(`/customers?after=${last.position}`);
});
afterAll(() => app.stop());

it('a list of a day is what it was at its end, in the zone of the installation', async () => {
  const { body } = await app.get(`/customers?asOf=${day}`);
  expect((body['items']! as { name: string }[]).map(({ name }) => name)).toEqual(['North Mill']);
  expect((await app.get('/customers?asOf=2026-02-01')).body['items']).toHaveLength(2);
});

it('so are a document, a history and the structure', async () => {
  expect(await app.get(`/customers/${before}?asOf=${day}`)).toMatchObject({ status: 200 });
  expect(await app.get(`/customers/${after}?asOf=${day}`)).toMatchObject({ status: 404 });
  expect((await app.get(`/customers/${before}/history?asOf=${day}`)).body['entries']).toHaveLength(1);
  expect(await app.get(`/customers/${after}/history?asOf=${day}`)).toMatchObject({ status: 404 });
  expect((await app.get(`/organisation/chart?asOf=${day}`)).body).toMatchObject({ at: END });
});

it('and a report, in its own zone where it has one', async () => {
  const windowOf = async (query: string) => (await app.get(`/reports/portfolio?${query}`)).body['window'];
  expect(await windowOf(`asOf=${day}`)).toMatchObject({ asOf: END });
  expect(await windowOf(`asOf=${day}&zone=UTC`)).toMatchObject({ asOf: '2026-01-31T23:59:59.999Z' });
});
