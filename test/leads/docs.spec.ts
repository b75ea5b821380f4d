import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';

const page = readFileSync(new URL('../../docs/leads.md', import.meta.url), 'utf8');
const requests = [...page.matchAll(/^`POST (\S+)`(?: → (\w+))?[^\n]*\n\n```json\n(.*?)\n```/gms)];

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
  const filled = (text: string) => text.replace(/\b[A-Z]{4,}\b/g, (word) => ids.get(word) ?? word);
  let token = '';
  for (const [, path, makes, body] of requests) {
    const headers: Record<string, string> = path!.endsWith('/submissions') ? { 'x-form-token': token } : {};
    const answer = await app.post(filled(path!), filled(body!), headers);
    expect([path, answer.status < 300, answer.body]).toEqual([path, true, answer.body]);
    if (makes !== undefined) ids.set(makes, String(answer.body['id']));
    token = (answer.body['token'] as string | undefined) ?? token;
  }
  expect(requests).toHaveLength(8);
  const { body } = await app.get(`/leads/${ids.get('LEAD')}`);
  expect(body).toMatchObject({ grade: 'A', status: 'converted', firstResponse: 'met' });
});
