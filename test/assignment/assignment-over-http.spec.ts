import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { officeWeek } from '../calendars/samples.js';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { until } from '../support/until.js';

// A Monday, ten in the morning in Berlin.
const clock = new TestClock('2026-01-05T09:00:00.000Z');
const nowhere = '01970000-0000-7000-8000-00000000dead';
let app: TestApp;
let orgUnitId: string;
let positionId: string;
let calendarId: string;
const people: Record<string, string> = {};
/** The rules of the desk of leads. */
const rules: Record<string, string> = {};

interface Shown {
  readonly assignmentId: string;
  readonly status: string;
  readonly basis: string;
  readonly by: string;
  readonly employeeId: string | null;
  readonly reason: string | null;
  readonly code: string | null;
  readonly tie: string;
  readonly ruleId: string;
  readonly candidates: readonly { readonly employeeId: string; readonly load: number | null }[];
  readonly passedOver: readonly { readonly employeeId: string; readonly why: string }[];
}

const publish = async (deskKind: 'leads' | 'customers', name: string, priority: number, more: object) => {
  const answer = await app.done('/assignment-rules', {
    deskKind,
    name,
    priority,
    method: 'round-robin',
    scope: { orgUnitIds: [orgUnitId] },
    ...more,
  });
  rules[name] = (answer as unknown as { ruleId: string }).ruleId;
  return answer;
};

const capture = (region: string, more: object = {}) =>
  app.done('/leads', { source: { channel: 'web' }, details: { personName: 'Somebody', region }, ...more });
const of = async (subject: string): Promise<Shown[]> =>
  ((await app.get(`/assignments?subject=${subject}`)).body as unknown as { items: Shown[] }).items;
/** How a subject was assigned, once it was. */
async function assigned(subject: string): Promise<Shown> {
  await until(async () => (await of(subject)).some(({ status }) => status === 'assigned'));
  return (await of(subject)).find(({ status }) => status === 'assigned')!;
}
const nameOf = (employeeId: string | null) => Object.keys(people).find((name) => people[name] === employeeId);

beforeAll(async () => {
  app = await TestApp.start({ clock });
  const company = await app.done('/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  orgUnitId = company.id;
  const team = { name: 'Sales', kind: 'team', level: 'front_line', parentId: orgUnitId };
  const { id: teamId } = await app.done('/org-units', team);
  positionId = (await app.done('/positions', { title: 'Seller', orgUnitId: teamId, headcount: 9 })).id;
  for (const name of ['Ada', 'Bo', 'Cy', 'Di', 'Ed']) {
    people[name] = (await app.done('/employees', { name, positionId })).id;
  }
  calendarId = (await app.done('/calendars', { name: 'Office', zone: 'Europe/Berlin', week: officeWeek })).id;
}, 30_000);
afterAll(() => app.stop());

describe('leads that come', () => {
  it('stay without an owner while there is no rule, and a supervisor is told so', async () => {
    const { id, position } = await capture('none');
    expect(await app.post(`/leads/${id}/assign-by-rule`)).toMatchObject({
      status: 422,
      body: { code: 'assignment-rule-missing' },
    });
    expect((await app.get(`/leads/${id}?after=${position}`)).body).toMatchObject({ ownerId: null });
    expect(await of(id)).toEqual([]);
  });

  it('go round the people of a unit, past those who are absent, suspended or gone', async () => {
    await app.done(`/employees/${people['Cy']}/absences`, { from: '2026-01-05', to: '2026-01-06' });
    await app.done(`/employees/${people['Di']}/suspend`, { reason: 'inquiry' });
    await app.done(`/employees/${people['Ed']}/offboarding`);
    await app.done(`/employees/${people['Ed']}/leave`);
    const named = { orgUnitIds: [orgUnitId], employeeIds: [people['Ed']] };
    await publish('leads', 'North', 10, { criteria: { regions: ['north'] }, scope: named });
    const got: (string | undefined)[] = [];
    for (let index = 0; index < 4; index += 1) {
      const { id } = await capture('North');
      const { employeeId, passedOver, candidates, basis, by } = await assigned(id);
      got.push(nameOf(employeeId));
      expect((await app.get(`/leads/${id}`)).body).toMatchObject({ ownerId: employeeId, status: 'assigned' });
      expect({ basis, by }).toEqual({ basis: 'rule', by: 'assignment' });
      expect(candidates.map((each) => nameOf(each.employeeId)).toSorted()).toEqual(['Ada', 'Bo']);
      expect(passedOver.map((each) => [nameOf(each.employeeId), each.why]).toSorted()).toEqual([
        ['Cy', 'absent'],
        ['Di', 'suspended'],
        ['Ed', 'left'],
      ]);
    }
    expect(got.toSorted()).toEqual(['Ada', 'Ada', 'Bo', 'Bo']);
    expect(got[0]).not.toBe(got[1]);
  });

  it('come out even when many come at the same moment', async () => {
    const leads = await Promise.all(Array.from({ length: 12 }, () => capture('North')));
    const owners = await Promise.all(leads.map(async ({ id }) => nameOf((await assigned(id)).employeeId)));
    expect(owners.filter((name) => name === 'Ada')).toHaveLength(6);
    expect(owners.filter((name) => name === 'Bo')).toHaveLength(6);
  });

  it('keep the owner they were captured with', async () => {
    const { id } = await capture('North', { ownerId: people['Cy'] });
    expect(await assigned(id)).toMatchObject({ basis: 'capture', employeeId: people['Cy'], ruleId: null });
    expect(await app.post(`/leads/${id}/assign-by-rule`)).toMatchObject({
      status: 409,
      body: { code: 'subject-owned' },
    });
  });

  it('are assigned by hand with a reason that is kept', async () => {
    const { id } = await capture('elsewhere');
    await app.done(`/leads/${id}/owner`, { ownerId: people['Bo'], reason: 'knows the company' });
    expect(await assigned(id)).toMatchObject({ basis: 'supervisor', reason: 'knows the company', candidates: [] });
  });

  it('go to the person with the fewest, as long as the cap allows, and then to nobody', async () => {
    const scope = { employeeIds: [people['Ada'], people['Bo']] };
    await publish('leads', 'South', 20, { criteria: { regions: ['South'] }, method: 'least-loaded', scope, cap: 10 });
    const before = await capture('elsewhere');
    await app.done(`/leads/${before.id}/owner`, { ownerId: people['Ada'] });
    // Both have nine by now: what was assigned by rule and by hand counts the same, and so does what is being assigned.
    const leads = await Promise.all([capture('South'), capture('South')]);
    const shown = await Promise.all(leads.map(({ id }) => assigned(id)));
    expect(shown.map(({ candidates }) => candidates.map(({ load }) => load).toSorted()).toSorted()).toEqual([
      [9],
      [9, 9],
    ]);
    expect(shown.map(({ employeeId }) => nameOf(employeeId)).toSorted()).toEqual(['Ada', 'Bo']);
    const { id } = await capture('South');
    await until(async () => (await of(id)).length > 0);
    const passedOver = ['Ada', 'Bo'].map((name) => ({ employeeId: people[name], why: 'at-cap' }));
    const [failed] = await of(id);
    expect(failed).toMatchObject({ status: 'failed', employeeId: null, ruleId: rules['South'] });
    expect(failed!.passedOver).toMatchObject(
      passedOver.toSorted((one, other) => (one.employeeId! < other.employeeId! ? -1 : 1)),
    );
    expect(await app.post(`/leads/${id}/assign-by-rule`)).toMatchObject({
      status: 422,
      body: { code: 'assignee-missing', passedOver: failed!.passedOver },
    });
  });

  it('wait for the hours of work of a rule, unless it falls back on a person', async () => {
    const fallback = { kind: 'employee', id: people['Ada'] };
    const scope = { positionIds: [positionId] };
    const criteria = { regions: ['West'] };
    await publish('leads', 'West', 30, { criteria, scope, workingHoursCalendarId: calendarId, fallback });
    clock.time = '2026-01-05T21:00:00.000Z';
    const { id } = await capture('West');
    const { employeeId, passedOver } = await assigned(id);
    clock.time = '2026-01-05T09:00:00.000Z';
    expect(nameOf(employeeId)).toBe('Ada');
    expect(passedOver.find((each) => nameOf(each.employeeId) === 'Bo')).toMatchObject({ why: 'out-of-hours' });
  });
});

describe('customers', () => {
  it('are given to who can do what the rule needs', async () => {
    const skilled = await app.done(`/employees/${people['Bo']}/skills`, {
      skills: ['Pumps'],
      languages: ['Dutch', 'German'],
    });
    expect((await app.get(`/employees?text=bo&after=${skilled.position}`)).body).toMatchObject({
      items: [{ skills: ['Pumps'], languages: ['Dutch', 'German'] }],
    });
    const answer = await publish('customers', 'Pumps', 1, { needs: { skills: ['pumps'], languages: ['dutch'] } });
    const { id, position } = await app.done('/customers', { kind: 'org', name: 'Pump users' });
    await app.done(`/customers/${id}/assign-by-rule`);
    const shown = await assigned(id);
    expect(shown).toMatchObject({ employeeId: people['Bo'], basis: 'rule', tie: 'none' });
    expect(shown.passedOver).toContainEqual({ ruleId: rules['Pumps'], employeeId: people['Ada'], why: 'lacks-skill' });
    expect((await app.get(`/customers/${id}?after=${position}`)).body).toMatchObject({ owner: { name: 'Bo' } });
    expect((await app.get(`/assignments/${shown.assignmentId}`)).body).toEqual(shown);
    expect((await app.get(`/assignment-desks/${answer.id}`)).body).toMatchObject({
      deskKind: 'customers',
      rules: [{ ruleId: rules['Pumps'], version: 1, versions: [{ name: 'Pumps', method: 'round-robin' }] }],
    });
  });

  it('tell why, also as it was known before', async () => {
    const { id } = await app.done('/customers', { kind: 'org', name: 'Later' });
    clock.time = '2026-01-05T12:00:00.000Z';
    await app.done(`/customers/${id}/owner`, { ownerId: people['Ada'], reason: 'asked for her' });
    expect(await assigned(id)).toMatchObject({
      reason: 'asked for her',
      basis: 'supervisor',
      employeeId: people['Ada'],
    });
    const past = await app.get(`/assignments?subject=${id}&asOf=2026-01-05T11:00:00Z`);
    expect(past.body).toMatchObject({ items: [] });
    const listed = await app.get(`/assignments?employee=${people['Ada']}&basis=supervisor&include=employee`);
    expect(listed.body).toMatchObject({
      items: [{ subject: { kind: 'customer', id } }, { subject: { kind: 'lead' } }],
      included: { employee: { [people['Ada']!]: { name: 'Ada' } } },
    });
  });
});

describe('what is asked of the desks', () => {
  it.each([
    [`/assignments?employee=${nowhere}`, 'employee-unknown'],
    [`/assignments?subject=${nowhere}`, 'subject-unknown'],
    [`/assignments?rule=${nowhere}`, 'assignment-rule-unknown'],
    [`/assignments/${nowhere}`, 'assignment-unknown'],
    [`/assignment-desks/${nowhere}`, 'assignment-desk-unknown'],
  ])('is not there: %s', async (url, code) => {
    expect(await app.get(url)).toMatchObject({ status: 404, body: { code } });
  });

  it('is listed with every version, and retired for good reasons', async () => {
    const { id: deskId } = await publish('leads', 'North', 10, { criteria: { regions: ['north'] }, cap: 900 });
    await app.done(`/assignment-desks/${deskId}/rules/${rules['North']}/retire`, { reason: 'the fair is over' });
    const { position } = await app.done(`/assignment-desks/${deskId}/rules/${rules['North']}/retire`, {
      reason: 'again',
    });
    const { items } = (await app.get(`/assignment-desks?after=${position}`)).body as unknown as {
      items: { deskKind: string; rules: object[] }[];
    };
    expect(items.map(({ deskKind }) => deskKind)).toEqual(['customers', 'leads']);
    expect(items[1]!.rules[0]).toMatchObject({
      version: 2,
      reason: 'the fair is over',
      versions: [{ cap: null }, { cap: 900 }],
    });
  });

  it.each([
    ['priority', { priority: 0 }],
    ['method', { method: 'by lot' }],
    ['scope', { scope: { teams: [] } }],
    ['criteria.grades', { criteria: { grades: ['E'] } }],
    ['weights', { weights: [{ employeeId: nowhere, weight: 0 }] }],
  ])('is refused for its %s', async (field, wrong) => {
    const body = { deskKind: 'leads', name: 'Wrong', priority: 99, method: 'round-robin', scope: {}, ...wrong };
    const refused = await app.post('/assignment-rules', body);
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain(field);
  });
});
