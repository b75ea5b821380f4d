import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { fitting } from '../support/bodies.js';
import { operations } from '../support/openapi.js';
import { property } from '../support/property.js';

const nowhere = '01970000-0000-7000-8000-00000000dead';
/** What a path names first, by its first part. */
const SUBJECTS: Readonly<Record<string, string>> = {
  opportunities: 'opportunity',
  'lead-policies': 'lead-policy',
  'tier-policies': 'tier-policy',
  'key-field-policies': 'key-field-policy',
  // A process that has parked nothing has nothing to try again, whatever its name is.
  processes: 'parked-stream',
};
/** Defines what is not there yet, too. */
const CREATES = 'POST /pipelines/{pipelineId}/definition';

const routes = operations.flatMap(({ route, operation: { requestBody } }) => {
  const [, method, url] = /^(\w+) (\/.*\{.*)$/.exec(route) ?? [];
  if (url === undefined || route === CREATES) return [];
  const first = url.split('/')[1]!;
  const schema = requestBody && !('$ref' in requestBody) ? requestBody.content['application/json']!.schema! : undefined;
  return [
    { route, method: method as 'GET' | 'POST', url, subject: SUBJECTS[first] ?? first.replace(/s$/, ''), schema },
  ];
});

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

// A customer that was not there was told that its new owner is not.
describe('where nothing is there, what the path names is said to be missing', () => {
  it.each(routes)('$route', async ({ method, url, subject, schema }) => {
    await fc.assert(
      fc.asyncProperty(schema ? fitting(schema) : fc.constant(undefined), async (body) => {
        const { status, body: answer } = await app.request(method, url.replace(/\{\w+\}/g, nowhere), body);
        expect({ status, code: answer['code'] }).toEqual({ status: 404, code: `${subject}-unknown` });
      }),
      property(10),
    );
  });
});

describe('an opportunity', () => {
  const stages = [
    { id: 'talk', name: 'Talk', probability: 10 },
    { id: 'won', name: 'Won', kind: 'won' },
    { id: 'lost', name: 'Lost', kind: 'lost' },
  ];

  it('names its pipeline first, then its customer, then its owner', async () => {
    const wanted = { name: 'Deal', pipelineId: nowhere, customerId: nowhere, ownerId: nowhere };
    const register = async (body: object) => (await app.post('/opportunities', body)).body['code'];
    expect(await register(wanted)).toBe('pipeline-unknown');
    const { id: pipelineId } = await app.done('/pipelines', { name: 'Direct', stages });
    expect(await register({ ...wanted, pipelineId })).toBe('customer-unknown');
    const { id: customerId } = await app.done('/customers', { kind: 'org', name: 'North Mill' });
    expect(await register({ ...wanted, pipelineId, customerId })).toBe('employee-unknown');
  });
});
