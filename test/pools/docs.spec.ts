import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { sendShown } from '../support/shown-requests.js';
import { until } from '../support/until.js';

let app: TestApp;
const ids = new Map<string, string>();

beforeAll(async () => {
  app = await TestApp.start();
  const { id: unit } = await app.done('/org-units', { name: 'Sales', kind: 'company', level: 'senior' });
  const { id: head } = await app.done('/positions', { title: 'Lead', orgUnitId: unit });
  const { id: positionId } = await app.done('/positions', { title: 'Seller', orgUnitId: unit, headcount: 9 });
  ids.set('UNIT', unit);
  ids.set('LEADER', (await app.done('/employees', { name: 'Lin', positionId: head })).id);
  await app.done(`/org-units/${unit}/head`, { positionId: head });
  ids.set('EMPLOYEE', (await app.done('/employees', { name: 'Ada', positionId })).id);
  ids.set('COLLEAGUE', (await app.done('/employees', { name: 'Kim', positionId })).id);
  ids.set('SUCCESSOR', (await app.done('/employees', { name: 'Noa', positionId })).id);
  ids.set('CUSTOMER', (await app.done('/customers', { name: 'Mill', kind: 'org', ownerId: ids.get('EMPLOYEE') })).id);
  ids.set('DOUBLE', (await app.done('/customers', { name: 'Mill & Co', kind: 'org', domain: 'mill.example' })).id);
});
afterAll(() => app.stop());

it('docs/ownership.md shows requests that are answered as it says', async () => {
  expect(await sendShown('ownership.md', app, ids)).toBe(12);
  const transfer = async () =>
    (await app.get(`/transfers/${ids.get('TRANSFER')}`)).body as Readonly<Record<string, unknown>>;
  await until(async () => (await app.get(`/approvals/${String((await transfer())['approvalId'])}`)).status === 200);
  await app.done(`/approvals/${String((await transfer())['approvalId'])}/approve`, { by: ids.get('LEADER') });
  await until(async () => (await transfer())['status'] === 'completed');
  const { body } = await app.get(`/customers/${ids.get('CUSTOMER')}`);
  expect(body).toMatchObject({ owner: { employeeId: ids.get('SUCCESSOR') }, poolId: null });
});
