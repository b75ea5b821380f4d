import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { History } from '../../libs/audit/queries.js';
import type { StructureChart } from '../../libs/organisation/queries.js';
import type { EmployeeView } from '../../libs/organisation/queries.js';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { Made } from '../support/made.js';

const clock = new TestClock('2026-03-02T09:00:00.000Z');
let app: TestApp;
const made = new Made(() => app);
const { ids, make, read } = made;

beforeAll(async () => {
  app = await TestApp.start({ clock });
  await make('company', '/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  await make('sales', '/org-units', { name: 'Sales', kind: 'department', level: 'middle', parentId: ids.company });
  await make('director', '/positions', { title: 'director', orgUnitId: ids.company });
  await make('rep', '/positions', { title: 'representative', orgUnitId: ids.sales, headcount: 2, duties: ['visits'] });
  await make('company', `/org-units/${ids.company}/head`, { positionId: ids.director });
  await make('ada', '/employees', {
    name: 'Ada First',
    positionId: ids.director,
    hiredAt: '2026-01-01T08:00:00+02:00',
  });
  await make('bob', '/employees', { name: 'Bob Second', positionId: ids.rep });
});

afterAll(() => app.stop());

describe('the organisation over HTTP', () => {
  it('answers a command with what it was about, and where it lies', async () => {
    const { status, headers, body } = await app.post(`/org-units/${ids.sales}/processes`, { process: 'development' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: ids.sales, revision: expect.any(Number), position: expect.any(Number) });
    expect(headers.etag).toBe(`"${String(body.revision)}"`);
    made.position = Number(body.position);
  });

  it.each([
    ['employees', 'bob', ['rep', 'sales']],
    ['org-units', 'company', ['director', 'ada']],
  ])('names in the history of %s what their events refer to', async (kind, subject, others) => {
    const titles: Record<string, string> = {
      ada: 'Ada First',
      bob: 'Bob Second',
      rep: 'representative',
      sales: 'Sales',
      company: 'Company',
      director: 'director',
    };
    const { names } = await read<History>(`/${kind}/${ids[subject]}/history`);
    expect(names).toEqual(Object.fromEntries([subject, ...others].map((each) => [ids[each], titles[each]])));
  });

  it('shows the chart, now and before', async () => {
    const { at, units } = await read<StructureChart>('/organisation/chart');
    expect(at).toBe(clock.now());
    expect(units).toMatchObject([
      {
        name: 'Company',
        positions: [{ title: 'director', head: true, incumbents: [{ name: 'Ada First', status: 'active' }] }],
        units: [
          { name: 'Sales', positions: [{ duties: ['visits'], headcount: 2, incumbents: [{ name: 'Bob Second' }] }] },
        ],
      },
    ]);
    const { body } = await app.get('/organisation/chart?asOf=2025-12-31T00:00:00Z');
    expect(body).toEqual({ at: '2025-12-31T00:00:00.000Z', units: [] });
  });

  it('lists employees by name, unit, and whether they answer to somebody', async () => {
    const names = async (query: string) =>
      (await read<{ items: EmployeeView[] }>(`/employees?${query}`)).items.map(({ name }) => name);
    expect(await names('limit=10')).toEqual(['Ada First', 'Bob Second']);
    expect(await names(`orgUnit=${ids.sales}`)).toEqual(['Bob Second']);
    expect(await names('text=fir')).toEqual(['Ada First']);
    expect(await names('managerless=true')).toEqual(['Ada First']);
    expect(await names('managerless=false&status=active')).toEqual(['Bob Second']);
    expect(await names('status=left')).toEqual([]);
  });

  it('shows an employee with their manager, and as absent on the days they are', async () => {
    await make('bob', `/employees/${ids.bob}/absences`, { from: '2026-03-02', to: '2026-03-03', deputyId: ids.ada });
    expect(await read(`/employees/${ids.bob}`)).toMatchObject({
      managerId: ids.ada,
      status: 'absent',
      deputyId: ids.ada,
    });
    await make('bob', `/employees/${ids.bob}/return`, {});
    expect(await read(`/employees/${ids.bob}`)).toMatchObject({ status: 'active', deputyId: null, managerless: false });
    expect((await app.get(`/employees/${ids.sales}`)).body).toMatchObject({ status: 404, code: 'employee-unknown' });
  });

  it('runs every other command', async () => {
    await make('service', '/org-units', { name: 'Help', kind: 'department', level: 'middle', parentId: ids.company });
    await make('desk', '/positions', { title: 'agent', orgUnitId: ids.sales });
    const unit = `/org-units/${ids.service}`;
    const post = `/positions/${ids.desk}`;
    const bob = `/employees/${ids.bob}`;
    for (const [url, body] of [
      [`${unit}/name`, { name: 'Service' }],
      [`${unit}/responsibilities`, { responsibilities: ['answer'] }],
      [`${unit}/processes`, { process: 'service' }],
      [`${unit}/processes/remove`, { process: 'service' }],
      [`${unit}/parent`, { parentId: ids.sales, effectiveFrom: '2026-03-02T09:00:00Z' }],
      [`${unit}/close`, undefined],
      [`${unit}/reopen`, undefined],
      [`${post}/duties`, { duties: ['listens'], processSteps: ['classify'] }],
      [`${post}/reporting-line`, { reportsToPositionId: ids.director }],
      [`${post}/approval-limit`, { limit: { amount: 100, currency: 'EUR' } }],
      [`${post}/customer-cap`, { cap: { max: 5 } }],
      [`${post}/headcount`, { headcount: 2 }],
      [`${post}/unit`, { orgUnitId: ids.service }],
      [`${bob}/assignments`, { positionId: ids.desk, primary: false, until: '2026-06-01T00:00:00Z' }],
      [`${bob}/assignments/${ids.desk}/end`, undefined],
      [`${post}/retire`, undefined],
      [`${bob}/suspend`, { reason: 'inquiry' }],
      [`${bob}/reinstate`, undefined],
      [`${bob}/offboarding`, undefined],
      [`${bob}/leave`, undefined],
    ] as const) {
      const { status, body: answer } = await app.request('POST', url, body);
      expect([url, status, answer.code]).toEqual([url, 200, undefined]);
    }
  });

  it('creates the same unit once for one idempotency key', async () => {
    const send = () =>
      app.post(
        '/org-units',
        { name: 'North', kind: 'team', level: 'front_line', parentId: ids.sales },
        { 'idempotency-key': 'north' },
      );
    const [first, again] = [await send(), await send()];
    expect(again.body).toEqual(first.body);
  });
});
