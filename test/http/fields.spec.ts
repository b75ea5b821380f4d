import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const nowhere = '01970000-0000-7000-8000-00000000dead';
const fieldsOf = async (path: string, body: unknown) => {
  const { status, body: answer } = await app.post(path, body);
  const { errors = [] } = answer as unknown as { errors?: readonly { field: string }[] };
  return { status, fields: errors.map(({ field }) => field) };
};
const refused = (...fields: string[]) => ({ status: 400, fields });

describe('a customer leaves its group', () => {
  let child: string;
  const parent = async () =>
    ((await app.get(`/customers/${child}`)).body as { parentCustomerId?: string | null }).parentCustomerId;
  let group: string;

  beforeAll(async () => {
    group = (await app.done('/customers', { kind: 'org', name: 'Mills' })).id;
    child = (await app.done('/customers', { kind: 'org', name: 'North Mill', parentCustomerId: group })).id;
  });

  it.each([
    ['no body', ''],
    ['a body of nothing', {}],
  ])('not by %s', async (_, body) => {
    expect(await fieldsOf(`/customers/${child}/parent`, body)).toMatchObject({ status: 400 });
    expect(await parent()).toBe(group);
  });

  it('when null is said of it', async () => {
    const { position } = await app.done(`/customers/${child}/parent`, { parentCustomerId: null });
    await app.get(`/customers/${child}?after=${position}`);
    expect(await parent()).toBeNull();
  });
});

describe('what a field takes away by null is not taken away by leaving it out:', () => {
  it.each([
    [`/org-units/${nowhere}/head`, 'positionId'],
    [`/positions/${nowhere}/reporting-line`, 'reportsToPositionId'],
    [`/positions/${nowhere}/approval-limit`, 'limit'],
    [`/positions/${nowhere}/customer-cap`, 'cap'],
    [`/customers/${nowhere}/parent`, 'parentCustomerId'],
  ])('%s', async (path, field) => {
    expect(await fieldsOf(path, {})).toEqual(refused(field));
  });
});

it('a change of a stage may leave its name as it is', async () => {
  const stages = [
    { id: 'new', name: 'New', probability: 10 },
    { id: 'won', kind: 'won', name: 'Won' },
    { id: 'lost', kind: 'lost', name: 'Lost' },
  ];
  const { id } = await app.done('/pipelines', { name: 'Sales', stages });
  await app.done(`/pipelines/${id}/stages/new/details`, { probability: 20 });
});

// These were refused as a body that is not JSON.
describe('names of the language are fields that no form has:', () => {
  it.each([
    ['__proto__', '{"kind":"org","name":"x","__proto__":{"admin":true}}', '__proto__'],
    ['its escaped form', '{"kind":"org","name":"x","\\u005f_proto__":{"admin":true}}', '__proto__'],
    ['constructor', '{"kind":"org","name":"x","constructor":{"prototype":{"a":1}}}', 'constructor'],
    ['prototype', '{"kind":"org","name":"x","prototype":{}}', 'prototype'],
    ['toString', '{"kind":"org","name":"x","toString":1}', 'toString'],
    [
      '__proto__ in a part',
      '{"kind":"org","name":"x","annualRevenue":{"amount":1,"currency":"EUR","__proto__":{"amount":2}}}',
      'annualRevenue.__proto__',
    ],
  ])('%s', async (_, body, field) => {
    expect(await fieldsOf('/customers', body)).toEqual(refused(field));
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('in a list', async () => {
    const body = '{"name":"Ada","channels":[{"kind":"email","value":"a@example.org","__proto__":{"kind":"phone"}}]}';
    expect(await fieldsOf(`/customers/${nowhere}/contacts`, body)).toEqual(refused('channels.0.__proto__'));
  });
});
