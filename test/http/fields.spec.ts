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
    ['null', 'null'],
    ['a list', '[]'],
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

describe('a stage has a name', () => {
  const won = { id: 'won', kind: 'won', name: 'Won' };
  const lost = { id: 'lost', kind: 'lost', name: 'Lost' };
  const nameless = { id: 'new', probability: 10 };

  it.each([
    ['/pipelines', { name: 'Sales', stages: [nameless, won, lost] }, 'stages.0.name'],
    [`/pipelines/${nowhere}/definition`, { name: 'Sales', stages: [won, nameless, lost] }, 'stages.1.name'],
    [`/pipelines/${nowhere}/stages`, nameless, 'name'],
    [`/pipelines/${nowhere}/stages/new/details`, { name: null }, 'name'],
  ])('in %s', async (path, body, field) => {
    expect(await fieldsOf(path, body)).toEqual(refused(field));
  });

  it('that a change may leave as it is', async () => {
    const { id } = await app.done('/pipelines', { name: 'Sales', stages: [{ ...nameless, name: 'New' }, won, lost] });
    await app.done(`/pipelines/${id}/stages/new/details`, { probability: 20 });
  });
});

describe('null is no value of a field that always has one:', () => {
  const position = { title: 'Sales', orgUnitId: nowhere };
  const task = { kind: 'visit', title: 'Visit', dueAt: '2099-01-01T00:00:00Z' };
  it.each([
    ['/positions', { ...position, headcount: null, duties: null, processSteps: null }],
    [`/positions/${nowhere}/duties`, { duties: [], processSteps: null }],
    [`/positions/${nowhere}/customer-cap`, { cap: { max: 1, excludeWon: null } }],
    ['/employees', { name: 'Ada', positionId: nowhere, hiredAt: null, assignedFrom: null }],
    [`/employees/${nowhere}/leave`, { leftAt: null }],
    [`/org-units/${nowhere}/parent`, { parentId: nowhere, effectiveFrom: null }],
    ['/tasks', { ...task, subject: null, priority: null, reminders: null }],
  ])('%s', async (path, body) => {
    const { status, fields } = await fieldsOf(path, body);
    const nulls = JSON.stringify(body).match(/null/g)!;
    expect({ status, count: fields.length }).toEqual({ status: 400, count: nulls.length });
  });
});

describe('an object is no list, and a list no object:', () => {
  const task = { kind: 'visit', title: 'Visit', dueAt: '2099-01-01T00:00:00Z' };
  const channel = { kind: 'email', value: 'a@example.org' };
  const contacts = `/customers/${nowhere}/contacts`;
  it.each([
    ['a list of nothing as subject', '/tasks', { ...task, subject: [] }, 'subject'],
    ['a list as subject', '/tasks', { ...task, subject: [{ text: 'x' }] }, 'subject'],
    ['a text as subject', '/tasks', { ...task, subject: 'x' }, 'subject'],
    ['a list as amount', `/opportunities/${nowhere}/amount`, { amount: [{ amount: 1, currency: 'EUR' }] }, 'amount'],
    ['an object as channels', contacts, { name: 'Ada', channels: channel }, 'channels'],
    ['a list in channels', contacts, { name: 'Ada', channels: [[channel]] }, 'channels.0'],
    ['null in channels', contacts, { name: 'Ada', channels: [channel, null] }, 'channels.1'],
    ['a number in tags', '/customers', { kind: 'org', name: 'x', tags: [1] }, 'tags.0'],
    ['a list in tags', '/customers', { kind: 'org', name: 'x', tags: [['vip']] }, 'tags.0'],
  ])('%s', async (_, path, body, field) => {
    expect(await fieldsOf(path, body)).toEqual(refused(field));
  });
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
