import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { sendShown } from '../support/shown-requests.js';

let app: TestApp;
/** Ids by the words that stand for them on the page. */
const ids = new Map<string, string>();

beforeAll(async () => {
  app = await TestApp.start();
  const { id: orgUnitId } = await app.done('/org-units', { name: 'Sales', kind: 'company', level: 'senior' });
  const { id: positionId } = await app.done('/positions', { title: 'Seller', orgUnitId });
  ids.set('EMPLOYEE', (await app.done('/employees', { name: 'Ada', positionId })).id);
  const stages = [
    { id: 'talk', name: 'Talk', probability: 10 },
    { id: 'won', name: 'Won', kind: 'won' },
    { id: 'lost', name: 'Lost', kind: 'lost' },
  ];
  ids.set('PIPELINE', (await app.done('/pipelines', { name: 'Deals', stages })).id);
});
afterAll(() => app.stop());

it('docs/leads.md shows requests that are answered as it says', async () => {
  expect(await sendShown('leads.md', app, ids)).toBe(8);
  const { body } = await app.get(`/leads/${ids.get('LEAD')}`);
  expect(body).toMatchObject({ grade: 'A', status: 'converted', firstResponse: 'met' });
});
