import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStore } from '../../libs/event-store/event-store.js';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { wholeLog } from '../support/events.js';
import { until } from '../support/until.js';
import { belongingsOf, companyIn, flowOf, inventoryOf, register, settled } from './leaver.js';
import type { Company } from './leaver.js';

const nowhere = '01970000-0000-7000-8000-00000000dead';
const reason = 'moves abroad';
let app: TestApp;
let clock: TestClock;
let company: Company;
beforeEach(async () => {
  clock = new TestClock('2026-01-05T09:00:00.000Z');
  app = await TestApp.start({ clock });
  company = await companyIn(app);
}, 30_000);
afterEach(() => app.stop());

const start = (handOverTo: string | null = null) =>
  app.done(`/employees/${company.leaver}/offboarding`, { handOverTo });
const handOver = (form: object = {}) =>
  app.post(`/employees/${company.leaver}/hand-overs`, { toOwnerId: company.successor, reason, ...form });
const leave = (employeeId = company.leaver) => app.post(`/employees/${employeeId}/leave`);
const none = { customer: 0, opportunity: 0, lead: 0, task: 0, approval: 0, transfer: 0 };

describe('the inventory', () => {
  it('lists what is open and theirs, what they lead, and for whom they stand in', async () => {
    const { leaver, head, orgUnitId } = company;
    const { customer, opportunity, lead, task } = await belongingsOf(app, company);
    await app.done(`/employees/${head}/absences`, { from: '2026-02-01', to: '2026-02-05', deputyId: leaver });
    const shown = await inventoryOf(app, leaver);
    expect(shown).toMatchObject({
      status: 'active',
      counts: { ...none, customer: 1, opportunity: 1, lead: 1, task: 1 },
    });
    expect(shown.kinds.flatMap(({ items }) => items)).toEqual([
      { id: customer, name: 'Mill' },
      { id: opportunity, name: 'Wheel' },
      { id: task, name: 'Call' },
      { id: lead, name: 'Wendelin' },
    ]);
    expect(shown.deputyFor).toEqual([{ id: head, name: 'Hilda' }]);
    expect((await inventoryOf(app, head)).headOf).toEqual([{ id: orgUnitId, name: 'Company' }]);
  });

  it('is paged by kind', async () => {
    for (const name of ['One', 'Two', 'Three']) await register(app, name, company.leaver);
    const ids = new Set<string>();
    for (let cursor = '', pages = 0; pages < 2; pages += 1) {
      const { counts, kinds } = await inventoryOf(app, company.leaver, `&kind=customer&limit=2${cursor}`);
      expect(counts).toEqual({ customer: 3 });
      for (const { id } of kinds[0]!.items) ids.add(id);
      cursor = `&cursor=${kinds[0]!.next}`;
    }
    expect(ids.size).toBe(3);
    const refusal = async (asked: string) =>
      (await app.get(`/employees/${company.leaver}/inventory?${asked}`)).body.code;
    expect(await refusal('kind=boat')).toBe('kind-invalid');
    expect(await refusal('cursor=x')).toBe('kind-missing');
  });
});

describe('an employee who is going to leave', () => {
  // Trap 18 of the domain.
  it('is never chosen: by a rule, by hand, as an assignee, a deputy, an approver or a successor', async () => {
    const { leaver, successor, head, orgUnitId, pipelineId } = company;
    await app.done('/assignment-rules', {
      deskKind: 'leads',
      name: 'All',
      priority: 1,
      method: 'round-robin',
      scope: { employeeIds: [leaver, successor] },
    });
    await start();
    for (let index = 0; index < 3; index += 1) {
      const { id } = await app.done('/leads', { source: { channel: 'web' }, details: { personName: 'Somebody' } });
      await until(async () => (await app.get(`/leads/${id}`)).body.ownerId === successor);
    }
    const [decided] = (await app.get('/assignments')).body.items as unknown as { passedOver: object[] }[];
    expect(decided).toMatchObject({ passedOver: [{ employeeId: leaver, why: 'leaving' }] });
    const customerId = await register(app, 'Mill', successor);
    const { id: lead } = await app.done('/leads', { source: { channel: 'web' }, details: { personName: 'A' } });
    const due = { kind: 'follow_up', title: 'Call', dueAt: '2100-01-01T00:00:00Z', subject: { customerId } };
    for (const [url, body, code] of [
      [`/customers/${customerId}/owner`, { ownerId: leaver }, 'owner-inactive'],
      ['/customers', { kind: 'org', name: 'New', ownerId: leaver }, 'owner-inactive'],
      ['/opportunities', { name: 'Deal', pipelineId, ownerId: leaver }, 'owner-inactive'],
      [`/leads/${lead}/owner`, { ownerId: leaver }, 'owner-inactive'],
      ['/tasks', { ...due, assigneeId: leaver }, 'assignee-inactive'],
      [`/employees/${head}/absences`, { from: '2026-02-01', deputyId: leaver }, 'deputy-not-active'],
      [`/employees/${successor}/offboarding`, { handOverTo: leaver }, 'owner-inactive'],
    ] as const) {
      const { status, body: answer } = await app.post(url, body);
      expect([url, status, answer.code]).toEqual([url, 422, code]);
    }
    const { id: flowId } = await app.done('/approval-flows', flowOf('Discounts', 'person', leaver));
    const asked = { flowId, subject: { kind: 'discount', id: flowId }, ownerId: successor, submitterId: successor };
    const { id: approvalId, position } = await app.done('/approvals', { ...asked, orgUnitIds: [orgUnitId] });
    expect((await app.get(`/approvals/${approvalId}?after=${position}`)).body.waitingFor).toEqual([head]);
  });

  it('may still work on what they have, and stays leaving after a suspension', async () => {
    const { leaver } = company;
    const { opportunity, task } = await belongingsOf(app, company);
    await start();
    await app.done(`/tasks/${task}/start`);
    await app.done(`/opportunities/${opportunity}/win`, { amount: { amount: 900, currency: 'EUR' } });
    await app.done(`/employees/${leaver}/suspend`, { reason: 'inquiry' });
    const { position } = await app.done(`/employees/${leaver}/reinstate`);
    const { body } = await app.get(`/employees/${leaver}?after=${position}`);
    expect(body).toMatchObject({ status: 'leaving', leavingSince: '2026-01-05T09:00:00.000Z' });
    expect((await app.get('/employees?status=leaving')).body.items).toMatchObject([{ employeeId: leaver }]);
  });

  it('is asked for one thing once', async () => {
    const { leaver, successor, head } = company;
    const { position } = await start(successor);
    expect(await start(successor)).toMatchObject({ position });
    const again = (handOverTo: string, who = leaver) => app.post(`/employees/${who}/offboarding`, { handOverTo });
    expect((await again(head)).body.code).toBe('offboarding-started');
    expect((await again(successor, successor)).body.code).toBe('same-owner');
    expect(await again(nowhere, successor)).toMatchObject({ status: 404, body: { code: 'employee-unknown' } });
    expect((await app.get(`/employees/${head}/offboarding`)).body.code).toBe('offboarding-unknown');
  });
});

describe('leaving', () => {
  it('is refused while the off-boarding has not begun, or anything is left, all at once', async () => {
    const { leaver, head } = company;
    expect(await leave()).toMatchObject({ status: 409, body: { code: 'offboarding-not-started' } });
    const { customer, opportunity, lead, task } = await belongingsOf(app, company);
    await app.done(`/employees/${head}/absences`, { from: '2026-02-01', to: '2026-02-05', deputyId: leaver });
    await start();
    expect(await leave()).toMatchObject({
      status: 422,
      body: {
        code: 'offboarding-incomplete',
        unmet: [
          { what: 'deputy', count: 1, ids: [head] },
          { what: 'customer', count: 1, ids: [customer] },
          { what: 'opportunity', count: 1, ids: [opportunity] },
          { what: 'task', count: 1, ids: [task] },
          { what: 'lead', count: 1, ids: [lead] },
        ],
      },
    });
  });

  it('follows when everything is handed over to the successor', async () => {
    const { leaver, successor } = company;
    const { customer, opportunity, lead, task, won } = await belongingsOf(app, company);
    await start(successor);
    expect(await handOver({ toOwnerId: null })).toMatchObject({ status: 200 });
    const { handedOver, kept } = await settled(app, leaver, 4);
    expect({ handedOver, kept }).toEqual({ handedOver: 4, kept: [] });
    expect((await app.get(`/customers/${customer}`)).body.owner).toMatchObject({ employeeId: successor });
    expect((await app.get(`/opportunities/${opportunity}`)).body.owner).toMatchObject({ employeeId: successor });
    expect((await app.get(`/leads/${lead}`)).body.ownerId).toBe(successor);
    expect((await app.get(`/tasks/${task}`)).body.assigneeId).toBe(successor);
    // Credit for what was won stays.
    expect((await app.get(`/opportunities/${won}`)).body.owner).toMatchObject({ employeeId: leaver });
    expect(await inventoryOf(app, leaver)).toMatchObject({ counts: none });
    const { position } = await app.done(`/employees/${leaver}/leave`);
    expect((await app.get(`/employees/${leaver}/offboarding?after=${position}`)).body).toMatchObject({
      inventory: { customer: 1, opportunity: 1, lead: 1, task: 1 },
      leftAt: expect.any(String),
    });
  });

  // Trap 15 of the domain.
  it('leaves history readable, with the one who left named in it', async () => {
    const { leaver, successor } = company;
    const customer = await register(app, 'Mill', leaver);
    await start(successor);
    await handOver();
    await settled(app, leaver, 1);
    await leave();
    const { entries, names } = (await app.get(`/customers/${customer}/history`)).body as unknown as {
      entries: { type: string; data: { from?: { name: string } | null; to?: { name: string }; reason?: string } }[];
      names: Record<string, string>;
    };
    const owners = entries.filter(({ type }) => type === 'CustomerOwnerAssigned').map(({ data }) => data);
    expect(owners).toMatchObject([
      { from: null, to: { name: 'Lea' } },
      { from: { name: 'Lea' }, to: { name: 'Sue' }, reason },
    ]);
    expect(JSON.stringify(names)).toContain('Lea');
    const own = (await app.get(`/employees/${leaver}/history`)).body.entries as unknown as { type: string }[];
    expect(own.map(({ type }) => type)).toEqual([
      'EmployeeHired',
      'EmployeeAssignedToPosition',
      'OffboardingStarted',
      'EmployeeAssignmentEnded',
      'EmployeeLeft',
    ]);
    const things = (await app.get(`/offboardings/${leaver}/history`)).body.entries as unknown as { type: string }[];
    expect(things.map(({ type }) => type)).toEqual(['OffboardingHandOverStarted', 'OffboardingItemHandedOver']);
  });

  it('does not hide who owned what on the day before', async () => {
    const { leaver, successor } = company;
    const customer = await register(app, 'Mill', leaver);
    await start(successor);
    clock.time = '2026-01-07T09:00:00.000Z';
    await handOver();
    await settled(app, leaver, 1);
    clock.time = '2026-01-08T09:00:00.000Z';
    await leave();
    const before = await inventoryOf(app, leaver, '&asOf=2026-01-06');
    expect(before).toMatchObject({ status: 'leaving', counts: { ...none, customer: 1 } });
    expect(before.kinds[0]!.items).toEqual([{ id: customer, name: 'Mill' }]);
    expect(await inventoryOf(app, leaver, '&asOf=2026-01-07')).toMatchObject({ status: 'leaving', counts: none });
    expect(await inventoryOf(app, leaver)).toMatchObject({ status: 'left', counts: none });
  });
});

describe('handing over', () => {
  it('keeps what a rule refuses, with the code, and takes it at the next try', async () => {
    const { leaver, successor, positionId } = company;
    for (const name of ['One', 'Two', 'Three']) await register(app, name, leaver);
    await start();
    await app.done(`/positions/${positionId}/customer-cap`, { cap: { max: 2 } });
    await handOver();
    const { handedOver, kept } = await settled(app, leaver, 3);
    expect({ handedOver, codes: kept.map(({ code }) => code) }).toEqual({
      handedOver: 2,
      codes: ['holding-limit-exceeded'],
    });
    expect((await leave()).body).toMatchObject({ unmet: [{ what: 'customer', count: 1, ids: [kept[0]!.id] }] });
    await app.done(`/positions/${positionId}/customer-cap`, { cap: null });
    await handOver({ items: [{ kind: 'customer', id: kept[0]!.id }] });
    await until(async () => (await inventoryOf(app, leaver)).counts['customer'] === 0);
    expect(await settled(app, leaver, 3)).toMatchObject({ handedOver: 3, kept: [] });
    expect((await inventoryOf(app, successor)).counts['customer']).toBe(3);
  });

  it('puts customers into a pool, and keeps one that is locked', async () => {
    const { leaver } = company;
    const [free, locked] = [await register(app, 'Free', leaver), await register(app, 'Locked', leaver)];
    await app.done(`/customers/${locked}/lock`, { reason: 'a tender' });
    const { id: poolId } = await app.done('/pools', { name: 'North', kind: 'customer' });
    await start();
    await handOver({ toOwnerId: null, toPoolId: poolId });
    expect(await settled(app, leaver, 2)).toMatchObject({
      handedOver: 1,
      kept: [{ kind: 'customer', id: locked, code: 'customer-locked' }],
    });
    expect((await app.get(`/customers/${free}`)).body).toMatchObject({ owner: null, poolId });
  });

  it('puts leads into a pool of leads, and has nothing to do with customers that are merged', async () => {
    const { leaver, head } = company;
    const [merged, survivor] = [await register(app, 'Twice', leaver), await register(app, 'Once', head)];
    await app.done(`/customers/${merged}/merge-into`, { survivorId: survivor, reason: 'the same' });
    const { id: lead } = await app.done('/leads', {
      source: { channel: 'web' },
      details: { personName: 'Wendelin' },
      ownerId: leaver,
    });
    const { id: poolId } = await app.done('/pools', { name: 'Leads', kind: 'lead' });
    await start();
    await handOver({ toOwnerId: null, toPoolId: poolId });
    expect(await settled(app, leaver, 1)).toMatchObject({ handedOver: 1, kept: [] });
    expect((await app.get(`/leads/${lead}`)).body).toMatchObject({ ownerId: null, poolId });
    expect((await leave()).status).toBe(200);
  });

  it('lets the desks choose, and keeps what no rule fits', async () => {
    const { leaver, successor } = company;
    const customer = await register(app, 'Mill', leaver);
    const { id: lead } = await app.done('/leads', {
      source: { channel: 'web' },
      details: { personName: 'Wendelin' },
      ownerId: leaver,
    });
    await start();
    await app.done('/assignment-rules', {
      deskKind: 'leads',
      name: 'All',
      priority: 1,
      method: 'round-robin',
      scope: { employeeIds: [leaver, successor] },
    });
    await handOver({ toOwnerId: null, byRule: true });
    expect(await settled(app, leaver, 2)).toMatchObject({
      handedOver: 1,
      kept: [{ kind: 'customer', id: customer, code: 'assignment-rule-missing' }],
    });
    expect((await app.get(`/leads/${lead}`)).body.ownerId).toBe(successor);
  });

  it('takes nothing from one who has it by now', async () => {
    const { leaver, successor, head } = company;
    const customer = await register(app, 'Mill', leaver);
    await app.done(`/customers/${customer}/owner`, { ownerId: head });
    const { status, body } = await app.post(`/customers/${customer}/owner`, {
      ownerId: successor,
      fromOwnerId: leaver,
    });
    expect([status, body.code, body.ownerId]).toEqual([409, 'owner-changed', head]);
  });

  it('says everything that is wrong with a form at once, and what is not there first', async () => {
    const { leaver, successor, head } = company;
    const theirs = await register(app, 'Theirs', successor);
    expect((await handOver()).body.code).toBe('offboarding-not-started');
    await start();
    expect(await handOver({ toOwnerId: nowhere })).toMatchObject({ status: 404, body: { code: 'employee-unknown' } });
    expect(await handOver({ toOwnerId: null, toPoolId: nowhere })).toMatchObject({ status: 404 });
    expect((await handOver({ toOwnerId: null })).body.code).toBe('hand-over-receiver');
    expect((await handOver({ byRule: true })).body.code).toBe('hand-over-receiver');
    await app.done(`/employees/${head}/suspend`, { reason: 'inquiry' });
    const items = [
      { kind: 'customer', id: theirs },
      { kind: 'boat', id: theirs },
      { kind: 'approval', id: theirs },
    ];
    const { body } = await handOver({ toOwnerId: head, items });
    expect(body).toMatchObject({
      code: 'owner-inactive',
      unmet: [
        { code: 'owner-inactive' },
        { code: 'kind-unknown' },
        { code: 'kind-not-handed-over', kinds: ['approval'] },
        { code: 'not-owned', items: [items[0], items[2]] },
      ],
    });
    expect((await handOver({ toOwnerId: leaver })).body.code).toBe('same-owner');
  });

  it('the same again begins nothing a second time', async () => {
    await register(app, 'Mill', company.leaver);
    await start();
    await Promise.all([handOver(), handOver(), handOver()]);
    await settled(app, company.leaver, 1);
    await handOver();
    const types = (await wholeLog(app.http.get(EventStore))).map(({ type }) => type);
    const count = (wanted: string) => types.filter((type) => type === wanted).length;
    expect([count('OffboardingHandOverStarted'), count('OffboardingItemHandedOver')]).toEqual([1, 1]);
  });
});

describe('a pending approval', () => {
  it('waits for somebody else once its approver is going to leave', async () => {
    const { leaver, successor, head, orgUnitId } = company;
    const { id: flowId } = await app.done('/approval-flows', flowOf('Discounts', 'person', leaver));
    const asked = { flowId, subject: { kind: 'discount', id: flowId }, ownerId: successor, submitterId: successor };
    const { id, position } = await app.done('/approvals', { ...asked, orgUnitIds: [orgUnitId] });
    expect((await app.get(`/approvals/${id}?after=${position}`)).body.waitingFor).toEqual([leaver]);
    expect((await inventoryOf(app, leaver)).counts['approval']).toBe(1);
    await start();
    await until(async () => String((await app.get(`/approvals/${id}`)).body.waitingFor) === head);
    expect((await leave()).status).toBe(200);
  });
});

describe('a position', () => {
  it('is not retired while a flow of approval that takes requests names it', async () => {
    const { orgUnitId } = company;
    const { id: positionId } = await app.done('/positions', { title: 'Controller', orgUnitId });
    const { id: flowId } = await app.done('/approval-flows', flowOf('Discounts', 'position', positionId));
    expect(await app.post(`/positions/${positionId}/retire`)).toMatchObject({
      status: 422,
      body: { code: 'position-in-use', flows: [flowId] },
    });
    await app.done(`/approval-flows/${flowId}/retire`);
    expect((await app.post(`/positions/${positionId}/retire`)).status).toBe(200);
  });
});
