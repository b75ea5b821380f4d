import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { until } from '../support/until.js';
import { always, answers } from './samples.js';

const clock = new TestClock('2026-03-02T09:00:00.000Z');
let app: TestApp;
let seats: { director: string; head: string; seller: string };
let people: { director: string; head: string; seller: string; other: string };
let flowId: string;

const subject = { kind: 'discount', id: '01970000-0000-7000-8000-0000000000d1' };
const euros = (amount: number) => ({ amount: amount * 100, currency: 'EUR' });

beforeAll(async () => {
  app = await TestApp.start({ clock });
  const unit = async (name: string, kind: string, level: string, parentId?: string) =>
    (await app.done('/org-units', { name, kind, level, parentId })).id;
  const seat = async (title: string, orgUnitId: string, headcount = 1) =>
    (await app.done('/positions', { title, orgUnitId, headcount })).id;
  const hire = async (name: string, positionId: string) => (await app.done('/employees', { name, positionId })).id;
  const company = await unit('Company', 'company', 'senior');
  const sales = await unit('Sales', 'department', 'middle', company);
  seats = {
    director: await seat('Director', company),
    head: await seat('Head of sales', sales, 2),
    seller: await seat('Seller', sales, 9),
  };
  await app.done(`/org-units/${company}/head`, { positionId: seats.director });
  await app.done(`/org-units/${sales}/head`, { positionId: seats.head });
  people = {
    director: await hire('Ada', seats.director),
    head: await hire('Bob', seats.head),
    seller: await hire('Cara', seats.seller),
    other: await hire('Dan', seats.seller),
  };
  flowId = (await app.done('/approval-flows', flow)).id;
});
afterAll(() => app.stop());

const supervisor = {
  name: 'Supervisor',
  approvers: [{ by: 'superior', levels: 1 }],
  mode: 'all',
  when: always,
};
const large = {
  name: 'Large',
  approvers: [{ by: 'superior', levels: 2 }],
  mode: 'all',
  when: { ...always, amountAtLeast: euros(10_000) },
};
const flow = {
  name: 'Discounts',
  steps: [supervisor, large],
  answers: { ...answers, absent: 'wait' },
  remindAfterHours: 24,
  escalateAfterHours: 48,
  expireAfterHours: 24 * 30,
};

type Body = Record<string, unknown>;
const as = (employeeId: string) => ({ 'x-principal': employeeId });
const submit = async (more: object = {}) => {
  const body = { flowId, subject, ownerId: people.seller, amount: euros(500), ...more };
  const answer = await app.post('/approvals', body, as(people.seller));
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as unknown as { id: string; position: number; revision: number };
};
const act = (id: string, what: string, by: string, body: object = {}, headers: Record<string, string> = {}) =>
  app.post(`/approvals/${id}/${what}`, body, { ...as(by), ...headers });
const read = async (id: string, query = '') => (await app.get(`/approvals/${id}${query}`)).body as Body;
const inbox = async (employee: string, query = '') =>
  ((await app.get(`/approvals/inbox?employee=${employee}${query}`)).body as unknown as { items: Body[] }).items;

describe('an approval over HTTP', () => {
  it('is asked for by the caller, says why each approver is asked, and is granted', async () => {
    const { id, position } = await submit({ amount: euros(20_000) });
    expect(await read(id, `?after=${position}`)).toMatchObject({
      status: 'pending',
      submitterId: people.seller,
      currentStep: 'Supervisor',
      waitingFor: [people.head],
      steps: [
        { approvers: [{ employeeId: people.head, because: { by: 'superior', id: people.seller, levels: 1 } }] },
        { approvers: [{ employeeId: people.director, because: { by: 'superior', levels: 2 } }] },
      ],
    });
    clock.advance(3_600_000);
    const first = await act(id, 'approve', people.head, { comment: 'good' });
    expect(first.status).toBe(200);
    const { body } = await act(id, 'approve', people.director);
    expect(await read(id, `?after=${body['position']}`)).toMatchObject({
      status: 'granted',
      because: 'every-step-approved',
      outcomes: [
        { step: 'Supervisor', by: people.head, outcome: 'approved', text: 'good', at: '2026-03-02T10:00:00.000Z' },
        { step: 'Large', by: people.director },
      ],
    });
    expect(await read(id, '?asOf=2026-03-02T09:30:00Z')).toMatchObject({
      status: 'pending',
      waitingFor: [people.head],
    });
    expect(await read(id, '?asOf=2026-03-02T09:30:00Z&axis=recorded')).toMatchObject({ status: 'pending' });
    expect(await act(id, 'reject', people.head, { reason: 'no' })).toMatchObject({
      status: 409,
      body: { code: 'approval-already-decided' },
    });
  });

  it('is refused to the wrong people, and where it has changed since', async () => {
    const { id } = await submit();
    expect(await act(id, 'approve', people.other)).toMatchObject({ status: 422, body: { code: 'approval-not-yours' } });
    expect(await act(id, 'approve', people.seller)).toMatchObject({ status: 422, body: { code: 'self-approval' } });
    expect(await app.post(`/approvals/${id}/approve`, {})).toMatchObject({ body: { code: 'acting-person-missing' } });
    const stale = await act(id, 'approve', people.head, {}, { 'if-match': '"0"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'revision-stale' } });
    expect(await act(id, 'approve', people.head, {}, { 'if-match': '"1"' })).toMatchObject({ status: 200 });
  });

  it('waits in the inbox of its approver, and in that of a deputy while the approver is away', async () => {
    const { id, position } = await submit();
    const own = await inbox(people.head, `&after=${position}`);
    expect(own).toMatchObject([{ approvalId: id, onBehalfOf: null }]);
    const caller = await app.get('/approvals/inbox', as(people.head));
    expect(caller.body).toMatchObject({ items: [{ approvalId: id }] });
    expect((await app.get('/approvals/inbox')).body).toEqual({ items: [] });
    expect(await inbox(people.other, `&after=${position}`)).toEqual([]);
    const absence = { from: '2026-03-02', to: '2026-03-03', deputyId: people.other };
    const away = await app.done(`/employees/${people.head}/absences`, absence);
    expect(await inbox(people.other, `&after=${away.position}`)).toMatchObject([
      { approvalId: id, onBehalfOf: people.head },
    ]);
    expect(await inbox(people.other, `&asOf=2026-03-10T09:00:00Z`)).toEqual([]);
    const { body } = await act(id, 'approve', people.other);
    expect(await read(id, `?after=${body['position']}`)).toMatchObject({
      status: 'granted',
      outcomes: [{ by: people.other, onBehalfOf: people.head }],
    });
    await app.done(`/employees/${people.head}/return`, { on: '2026-03-02' });
  });

  it('is resolved anew when the structure changes, without a decision', async () => {
    const { id } = await submit();
    const { id: second } = await app.done('/employees', { name: 'Eva', positionId: seats.head });
    await app.done(`/employees/${people.head}/suspend`, { reason: 'Under review' });
    await until(async () => (await read(id))['waitingFor']?.toString() === people.director);
    await app.done(`/employees/${people.head}/reinstate`);
    await until(async () => (await read(id))['waitingFor']?.toString() === people.head);
    const { entries } = (await app.get(`/approvals/${id}/history`)).body as unknown as { entries: object[] };
    expect(entries).toMatchObject([
      { type: 'ApprovalSubmitted' },
      { type: 'ApprovalStepStarted' },
      { type: 'ApprovalApproversResolved' },
      { type: 'ApprovalApproversResolved' },
    ]);
    expect((await act(id, 'approve', second)).body).toMatchObject({ code: 'approval-not-yours' });
    expect((await act(id, 'withdraw', people.seller, { reason: 'not needed' })).status).toBe(200);
  });

  it('is reminded of, escalated and expires by the clock', async () => {
    const { id } = await submit();
    clock.advance(49 * 3_600_000);
    await until(async () => typeof (await read(id))['escalatedAt'] === 'string');
    expect(await read(id)).toMatchObject({ waitingFor: [people.head, people.director], status: 'pending' });
    await until(async () => typeof (await read(id))['remindedAt'] === 'string');
    clock.advance(30 * 24 * 3_600_000);
    await until(async () => (await read(id))['status'] === 'expired');
    expect(await act(id, 'approve', people.head)).toMatchObject({ status: 409, body: { code: 'approval-expired' } });
  });

  it('is listed by subject, flow, status, approver and submitter', async () => {
    const { id, position } = await submit({ subject: { kind: 'contract', id: subject.id } });
    const listed = async (query: string) => {
      const { body } = await app.get(`/approvals?after=${position}&${query}`);
      return (body as unknown as { items: Body[] }).items.map(({ approvalId }) => approvalId);
    };
    expect(await listed('subjectKind=contract')).toEqual([id]);
    expect(await listed(`subject=${subject.id}&sort=-submitted&limit=1`)).toEqual([id]);
    expect(await listed(`approver=${people.head}&status=pending&flow=${flowId}`)).toEqual([id]);
    expect(await listed(`submitter=${people.other}`)).toEqual([]);
    expect((await listed('status=granted')).length).toBe(3);
  });

  it('stands in the report on times, by flow, step and outcome', async () => {
    const { position } = await submit();
    const { body } = await app.get(`/reports/approval-times?after=${position}`);
    expect((body as unknown as { rows: Body[] }).rows).toMatchObject([
      { approvalFlowName: 'Discounts', step: 'Large', outcome: 'approved', decisions: 1 },
      { step: 'Supervisor', outcome: 'approved', decisions: 3, onBehalf: 1, time: { count: 3 } },
      { step: 'Supervisor', outcome: 'expired', decisions: 1, time: { count: 1 } },
      { step: 'Supervisor', outcome: 'withdrawn', decisions: 1 },
    ]);
  });

  it('is under the version of its flow that held when it was submitted', async () => {
    const { id } = await submit({ amount: euros(20_000) });
    const revised = { ...flow, steps: [supervisor] };
    const { position } = await app.done(`/approval-flows/${flowId}/versions`, revised);
    expect((await app.get(`/approval-flows/${flowId}?after=${position}`)).body).toMatchObject({
      version: 2,
      status: 'published',
      versions: [
        { version: 1, steps: [{}, {}] },
        { version: 2, steps: [{}] },
      ],
    });
    await act(id, 'approve', people.head);
    expect(await read(id)).toMatchObject({ flowVersion: 1 });
    const { body } = await act(id, 'reject', people.director, { reason: 'too much' });
    expect(await read(id, `?after=${body['position']}`)).toMatchObject({ status: 'rejected' });
    const retired = await app.done(`/approval-flows/${flowId}/retire`);
    const flows = await app.get(`/approval-flows?status=retired&after=${retired.position}`);
    expect(flows.body).toMatchObject({ items: [{ flowId, status: 'retired' }] });
    const late = await app.post('/approvals', { flowId, subject, ownerId: people.seller }, as(people.seller));
    expect(late.body).toMatchObject({ code: 'approval-flow-retired' });
  });

  it('is decided once, however many decide at the same moment', async () => {
    const both = [people.head, people.director];
    const approvers = both.map((id) => ({ by: 'person', id }));
    const either = { ...flow, name: 'Either', steps: [{ ...supervisor, mode: 'any', approvers }] };
    const { id: eitherId } = await app.done('/approval-flows', either);
    const { id } = await submit({ flowId: eitherId });
    const decided = await Promise.all([
      ...both.map((by) => act(id, 'approve', by)),
      ...both.map((by) => act(id, 'reject', by, { reason: 'no' })),
    ]);
    expect(decided.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    const { body } = await app.get(`/approvals/${id}/history`);
    const { entries } = body as unknown as { entries: { type: string }[] };
    expect(entries.filter(({ type }) => type === 'ApprovalGranted' || type === 'ApprovalRejected')).toHaveLength(1);
  });

  it.each([
    ['subject.kind', { subject: { kind: 'anything', id: subject.id } }],
    ['tier', { tier: 'first' }],
    ['amount', { amount: { amount: -1, currency: 'EUR' } }],
  ])('is refused for its %s', async (field, more) => {
    const refused = await app.post('/approvals', { flowId, subject, ownerId: people.seller, ...more });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain(field);
  });
});
