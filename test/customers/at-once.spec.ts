import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStore } from '../../libs/event-store/event-store.js';
import { Processes } from '../../libs/processes/processes.js';
import { TestApp } from '../support/app.js';
import type { Answer } from '../support/app.js';
import { wholeLog } from '../support/events.js';
import { LockHolder } from '../support/lock-holder.js';
import { until } from '../support/until.js';

/** What two callers ask for at the same moment, or one caller right after the other was answered. */
const ROUNDS = 20;

const stages = [
  { id: 'first', name: 'First', kind: 'open', probability: 10, forecastCategory: 'pipeline' },
  { id: 'won', name: 'Won', kind: 'won', probability: 100, forecastCategory: 'closed' },
  { id: 'lost', name: 'Lost', kind: 'lost', probability: 0, forecastCategory: 'omitted' },
];

let app: TestApp;
let ownerId: string;
let pipelineId: string;
let seat: string;

beforeAll(async () => {
  app = await TestApp.start();
  const { id: unit } = await app.done('/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  ({ id: seat } = await app.done('/positions', { title: 'Seller', orgUnitId: unit, headcount: 100 }));
  ({ id: ownerId } = await app.done('/employees', { name: 'Person', positionId: seat }));
  ({ id: pipelineId } = await app.done('/pipelines', { name: 'Pipeline', stages }));
});
afterAll(() => app.stop());

const register = (name: string, more: object = {}) => app.post('/customers', { kind: 'org', name, ...more });
const registered = async (name: string, more: object = {}) =>
  (await app.done('/customers', { kind: 'org', name, ...more })).id;

/** Statuses and codes, sorted, of several requests at the same moment. */
async function atOnce(...requests: (() => Promise<{ status: number; body: { code?: string } }>)[]): Promise<string[]> {
  const answers = await Promise.all(requests.map((request) => request()));
  return answers.map(({ status, body }) => `${status} ${body.code ?? ''}`.trim()).toSorted();
}

const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
const all = <Outcome>(outcome: Outcome): Outcome[] => rounds.map(() => outcome);

describe('two callers at the same moment', () => {
  it('do not both register one tax number', async () => {
    const outcomes: string[][] = [];
    for (const round of rounds) {
      const taxId = `DE ${round}`;
      outcomes.push(
        await atOnce(
          () => register(`First ${round}`, { taxId }),
          () => register(`Second ${round}`, { taxId }),
        ),
      );
    }
    expect(outcomes).toEqual(all(['201', '409 tax-id-taken']));
  });

  it.each(['details', 'corrections'])('do not both come to one tax number by %s', async (how) => {
    const [first, second] = [await registered(`One ${how}`), await registered(`Two ${how}`)];
    const outcomes: string[][] = [];
    for (const round of rounds) {
      const taxId = `${how} ${round}`;
      outcomes.push(
        await atOnce(
          () => app.post(`/customers/${first}/${how}`, { taxId }),
          () => app.post(`/customers/${second}/${how}`, { taxId }),
        ),
      );
    }
    expect(outcomes).toEqual(all(['200', '409 tax-id-taken']));
  });

  it('do not both get the last place in a portfolio', async () => {
    await app.done(`/positions/${seat}/customer-cap`, { cap: { max: 1 } });
    const outcomes: string[][] = [];
    for (const round of rounds) {
      const { id } = await app.done('/employees', { name: `Holder ${round}`, positionId: seat });
      const [first, second] = [await registered(`Left ${round}`), await registered(`Right ${round}`)];
      outcomes.push(
        await atOnce(
          () => app.post(`/customers/${first}/owner`, { ownerId: id }),
          () => app.post(`/customers/${second}/owner`, { ownerId: id }),
        ),
      );
    }
    await app.done(`/positions/${seat}/customer-cap`, { cap: null });
    expect(outcomes).toEqual(all(['200', '422 holding-limit-exceeded']));
  });

  it('do not put two customers above each other', async () => {
    const outcomes: string[][] = [];
    for (const round of rounds) {
      const [first, second] = [await registered(`Above ${round}`), await registered(`Below ${round}`)];
      outcomes.push(
        await atOnce(
          () => app.post(`/customers/${first}/parent`, { parentCustomerId: second }),
          () => app.post(`/customers/${second}/parent`, { parentCustomerId: first }),
        ),
      );
    }
    expect(outcomes).toEqual(all(['200', '422 parent-cycle']));
  });

  it('do not both register one name', async () => {
    const outcomes: string[][] = [];
    for (const round of rounds) {
      const both = () => register(`Same ${round}`, { region: 'North' });
      outcomes.push(await atOnce(both, both));
    }
    expect(outcomes).toEqual(all(['201', '409 possible-duplicate']));
  });

  it('of whom one archives what the other refers to leave no reference to what stays archived', async () => {
    const archived: string[] = [];
    for (const round of rounds) {
      const customerId = await registered(`Going ${round}`);
      archived.push(customerId);
      const refer = () => app.post('/opportunities', { name: 'Deal', pipelineId, ownerId, customerId });
      await atOnce(() => app.post(`/customers/${customerId}/archive`, { reason: 'by mistake' }), refer, refer, refer);
    }
    const store = app.http.get(EventStore);
    const head = await store.head();
    const processes = app.http.get(Processes);
    await until(async () => (await processes.status()).processes.every(({ position }) => position >= head));
    const log = await wholeLog(store, { types: ['OpportunityRegistered'] });
    const referred = new Set(log.map(({ data }) => (data as { customerId: string }).customerId));
    for (const customerId of archived.filter((each) => referred.has(each))) {
      expect((await app.get(`/customers/${customerId}`)).body).toMatchObject({ status: 'prospect' });
    }
  });
});

/** What is recorded behind the end of something on another stream, although it names it. */
async function recordedAfter(end: string, idOf: (data: never) => string): Promise<string[]> {
  const ended = new Set<string>();
  const late: string[] = [];
  for (const { type, data, position } of await wholeLog(app.http.get(EventStore))) {
    const named = JSON.stringify(data);
    if (type === end) ended.add(idOf(data as never));
    else if (REFERRING.has(type) && [...ended].some((id) => named.includes(id))) late.push(`${type} at ${position}`);
  }
  return late;
}
const REFERRING = new Set(['OpportunityRegistered', 'TaskCreated', 'CustomerOwnerAssigned']);

describe('nothing is recorded', () => {
  it('in a pipeline that was retired meanwhile', async () => {
    const outcomes = new Set<string>();
    for (const round of rounds) {
      const { id } = await app.done('/pipelines', { name: `Retiring ${round}`, stages });
      const open = () => app.post('/opportunities', { name: 'Deal', pipelineId: id, ownerId });
      const all = await atOnce(open, () => app.post(`/pipelines/${id}/retire`), open, open, open);
      for (const outcome of all) outcomes.add(outcome);
    }
    expect([...outcomes].toSorted()).toEqual(['200', '201', '422 pipeline-retired']);
    expect(await recordedAfter('PipelineRetired', (data: { pipelineId: string }) => data.pipelineId)).toEqual([]);
  });

  it('for an employee whose off-boarding began meanwhile', async () => {
    const subject = { customerId: await registered('Of many') };
    const task = { kind: 'follow_up', title: 'Call', dueAt: '2100-01-01T00:00:00Z', subject };
    const outcomes = new Set<string>();
    for (const round of rounds) {
      const { id } = await app.done('/employees', { name: `Leaver ${round}`, positionId: seat });
      const customerId = await registered(`Of leaver ${round}`);
      const all = await atOnce(
        () => app.post('/tasks', { ...task, assigneeId: id }),
        () => app.post(`/employees/${id}/offboarding`),
        () => app.post(`/customers/${customerId}/owner`, { ownerId: id }),
        () => app.post('/opportunities', { name: 'Deal', pipelineId, ownerId: id }),
        () => app.post('/tasks', { ...task, assigneeId: id }),
      );
      for (const outcome of all) outcomes.add(outcome);
    }
    expect([...outcomes]).toEqual(
      expect.arrayContaining(['200', '201', '422 owner-inactive', '422 assignee-inactive']),
    );
    expect(await recordedAfter('OffboardingStarted', (data: { employeeId: string }) => data.employeeId)).toEqual([]);
  });
});

describe('one caller right after the other', () => {
  it('does not archive a customer that was just referred to', async () => {
    const outcomes: unknown[] = [];
    for (const round of rounds) {
      const customerId = await registered(`Wanted ${round}`);
      await app.done('/opportunities', { name: 'Deal', pipelineId, ownerId, customerId });
      const { body } = await app.post(`/customers/${customerId}/archive`, { reason: 'by mistake' });
      outcomes.push(body);
    }
    expect(outcomes).toEqual(
      all(expect.objectContaining({ code: 'customer-referenced', references: ['opportunities'] })),
    );
  });

  it('is told of a customer of the same name that was just registered', async () => {
    const codes: unknown[] = [];
    for (const round of rounds) {
      await registered(`Twin ${round}`);
      codes.push((await register(`Twin ${round}`)).body['code']);
    }
    expect(codes).toEqual(all('possible-duplicate'));
  });
});

it('an archive is taken back when something comes to refer to the customer between its decision and its append', async () => {
  const customerId = await registered('Overtaken');
  const holder = await LockHolder.of(join(app.folder, 'events.db'));
  const referred = app.post('/opportunities', { name: 'Deal', pipelineId, ownerId, customerId });
  await setTimeout(100);
  const archived = app.post(`/customers/${customerId}/archive`, { reason: 'by mistake' });
  await setTimeout(100);
  await holder.letGo();
  expect([(await referred).status, (await archived).status]).toEqual([201, 200]);
  const restored = async () => {
    const log = await wholeLog(app.http.get(EventStore), { streams: [`customer-${customerId}`] });
    return log.find(({ type }) => type === 'CustomerRestored')?.data;
  };
  await until(async () => (await restored()) !== undefined);
  expect(await restored()).toEqual({ customerId, status: 'prospect', references: ['opportunities'] });
});

describe('while read models are behind, a command waits until they show what was answered before it:', () => {
  let holder: LockHolder | undefined;
  afterEach(() => holder?.letGo());

  /** The answer to the second request, sent while nothing of the first can be written to the read models. */
  async function behind(first: () => Promise<unknown>, second: () => Promise<Answer>): Promise<Answer> {
    await app.get(`/customers?after=${await app.http.get(EventStore).head()}`);
    holder = await LockHolder.of(join(app.folder, 'read-models.db'));
    await first();
    const answer = second();
    await Promise.race([answer, setTimeout(200)]);
    await holder.letGo();
    return answer;
  }

  it.each(['opportunity', 'task', 'subsidiary'])('an archive, of the %s that refers to the customer', async (what) => {
    const customerId = await registered(`Behind ${what}`);
    const refer = {
      opportunity: () => app.done('/opportunities', { name: 'Deal', pipelineId, ownerId, customerId }),
      task: () =>
        app.done('/tasks', { kind: 'approval', title: 'Look', dueAt: '2100-01-01T00:00:00Z', subject: { customerId } }),
      subsidiary: () => registered('Behind daughter', { parentCustomerId: customerId }),
    }[what]!;
    const archive = () => app.post(`/customers/${customerId}/archive`, { reason: 'by mistake' });
    expect((await behind(refer, archive)).body).toMatchObject({ code: 'customer-referenced' });
  });

  it('a registration, of the customer of the same name', async () => {
    const twice = () => register('Behind itself');
    expect((await behind(twice, twice)).body).toMatchObject({ code: 'possible-duplicate' });
  });
});

it('an archived customer gives its tax number and its place back', async () => {
  await app.done(`/positions/${seat}/customer-cap`, { cap: { max: 1 } });
  const { id: holder } = await app.done('/employees', { name: 'Full', positionId: seat });
  const first = await registered('Mistaken', { taxId: 'X1', ownerId: holder });
  expect((await register('Right', { taxId: 'X1' })).body).toMatchObject({ code: 'tax-id-taken' });
  expect((await register('Right', { taxId: 'Ｘ－１' })).body).toMatchObject({ code: 'tax-id-taken' });
  await app.done(`/customers/${first}/archive`, { reason: 'by mistake' });
  expect(await register('Right', { taxId: 'X1', ownerId: holder })).toMatchObject({ status: 201 });
  await app.done(`/positions/${seat}/customer-cap`, { cap: null });
});

it('a customer whose subsidiaries are all archived can be archived', async () => {
  const parent = await registered('Holding');
  const [first, second] = [
    await registered('Daughter', { parentCustomerId: parent }),
    await registered('Other daughter', { parentCustomerId: parent }),
  ];
  const archive = (id: string) => app.post(`/customers/${id}/archive`, { reason: 'by mistake' });
  const kept = { status: 422, body: { code: 'customer-referenced', references: ['subsidiaries'] } };
  expect(await archive(parent)).toMatchObject(kept);
  expect(await archive(first)).toMatchObject({ status: 200 });
  expect(await archive(parent)).toMatchObject(kept);
  expect(await archive(second)).toMatchObject({ status: 200 });
  expect(await archive(parent)).toMatchObject({ status: 200 });
  // The review that follows does not take it back.
  const head = await app.http.get(EventStore).head();
  const processes = app.http.get(Processes);
  await until(async () => (await processes.status()).processes.every(({ position }) => position >= head));
  expect((await app.get(`/customers/${parent}`)).body).toMatchObject({ status: 'archived' });
});

it('one key is good for one command, also where two commands say the same', async () => {
  const id = await registered('Keyed');
  const send = (url: string) => app.post(`/customers/${id}/${url}`, { tag: 'a' }, { 'idempotency-key': 'same-key' });
  expect(await send('tags')).toMatchObject({ status: 200 });
  expect(await send('tags')).toMatchObject({ status: 200 });
  expect(await send('tags/remove')).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
});
