import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';

const clock = new TestClock('2026-01-02T09:00:00.000Z');
const tomorrow = '2026-01-03T09:00:00.000Z';
let app: TestApp;
let customerId: string;
let ada: string;
let grace: string;

beforeAll(async () => {
  app = await TestApp.start({ clock });
  const { id: orgUnitId } = await app.done('/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  const { id: positionId } = await app.done('/positions', { title: 'Seller', orgUnitId, headcount: 2 });
  ada = (await app.done('/employees', { name: 'Ada', positionId })).id;
  grace = (await app.done('/employees', { name: 'Grace', positionId })).id;
  customerId = (await app.done('/customers', { kind: 'org', name: 'North Mill', ownerId: ada })).id;
});
afterAll(() => app.stop());

const task = (change: object = {}) => ({
  kind: 'care',
  title: 'Send a card',
  dueAt: tomorrow,
  assigneeId: ada,
  ...change,
});
const listed = async (query: string, after: number) => {
  const { body } = await app.get(`/tasks?${query}&after=${after}`);
  return (body as unknown as { items: { taskId: string }[] }).items.map(({ taskId }) => taskId);
};

/** Asks again until the answer is as wanted: processes and the clock work beside the requests. */
async function eventually<Answer>(ask: () => Promise<Answer>, holds: (answer: Answer) => boolean): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (tries > 200) throw new Error(`still ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('a task over HTTP', () => {
  it('is created, given away, begun, put off and completed, and each answer says where it stands', async () => {
    const subject = { customerId, text: 'the offer' };
    const created = await app.post('/tasks', task({ kind: 'follow_up', subject, reminders: ['2026-01-03T08:00:00Z'] }));
    const { id, position } = created.body as unknown as { id: string; position: number };
    expect([created.status, created.headers['etag']]).toEqual([201, '"0"']);
    expect((await app.get(`/tasks/${id}?after=${position}`)).body).toMatchObject({
      taskId: id,
      status: 'open',
      text: 'the offer',
      customerId,
      assigneeId: ada,
      revision: 0,
      reminders: ['2026-01-03T08:00:00.000Z'],
    });
    await app.done(`/tasks/${id}/assignee`, { assigneeId: grace });
    await app.done(`/tasks/${id}/start`);
    await app.done(`/tasks/${id}/schedule`, { dueAt: '2026-01-04T10:00:00+01:00', reason: 'she is away' });
    const interaction = {
      channel: 'call',
      direction: 'outbound',
      summary: 'She will think about it',
      contactIds: null,
    };
    const done = await app.done(`/tasks/${id}/complete`, { outcome: 'reached', interaction });
    expect((await app.get(`/tasks/${id}?after=${done.position}`)).body).toMatchObject({
      status: 'done',
      dueAt: '2026-01-04T09:00:00.000Z',
      assigneeId: grace,
      rescheduledCount: 1,
      late: false,
      outcome: 'reached',
      revision: 4,
    });
    expect((await app.get(`/tasks/${id}?atRevision=2`)).body).toMatchObject({ status: 'in_progress', dueAt: tomorrow });
    const timeline = await eventually(
      async () => (await app.get(`/customers/${customerId}/timeline`)).body as unknown as { items: { text: string }[] },
      ({ items }) => items.some(({ text }) => text === 'She will think about it'),
    );
    expect(timeline.items.filter(({ text }) => text === 'She will think about it')).toHaveLength(1);
  });

  it('is completed once, however often the request is repeated', async () => {
    const { id } = await app.done('/tasks', task({ kind: 'visit', subject: { customerId } }));
    const result = {
      outcome: 'visited',
      interaction: { channel: 'visit', direction: 'outbound', summary: 'Saw the mill' },
    };
    const once = await app.post(`/tasks/${id}/complete`, result, { 'idempotency-key': 'visit-1' });
    expect(await app.post(`/tasks/${id}/complete`, result, { 'idempotency-key': 'visit-1' })).toMatchObject({
      status: 200,
      body: once.body,
    });
    expect((await app.post(`/tasks/${id}/complete`, result)).body).toMatchObject({ code: 'task-closed' });
  });

  it('is found by assignee, customer, kind, status and due time, soonest first', async () => {
    const { id: later } = await app.done(
      '/tasks',
      task({ kind: 'corrective', dueAt: '2026-02-02T09:00:00.000Z', assigneeId: grace }),
    );
    const { id: sooner } = await app.done(
      '/tasks',
      task({ kind: 'corrective', dueAt: '2026-02-01T09:00:00.000Z', assigneeId: null }),
    );
    const { id: mine, position: made } = await app.done(
      '/tasks',
      task({ subject: { customerId }, dueAt: '2026-02-03T09:00:00.000Z' }),
    );
    expect(await listed('kind=corrective', made)).toEqual([sooner, later]);
    expect(await listed('kind=corrective&sort=-due', made)).toEqual([later, sooner]);
    expect(await listed(`kind=corrective&assignee=${grace}`, made)).toEqual([later]);
    expect(await listed('assignee=none', made)).toEqual([sooner]);
    expect(await listed(`customer=${customerId}&status=open`, made)).toEqual([mine]);
    expect(await listed('dueFrom=2026-02-01T09:00:00Z&dueTo=2026-02-02T09:00:00Z', made)).toEqual([sooner]);
    const { position } = await app.done(`/tasks/${later}/cancel`, { reason: 'no need' });
    expect(await listed('kind=corrective&status=pending', position)).toEqual([sooner]);
    expect(await listed('kind=corrective&status=cancelled', position)).toEqual([later]);
    const page = await app.get('/tasks?kind=corrective&limit=1');
    const { items, next } = page.body as unknown as { items: { taskId: string }[]; next: string };
    expect(items).toMatchObject([{ taskId: sooner }]);
    expect(await listed(`kind=corrective&limit=1&cursor=${next}`, position)).toEqual([later]);
  });

  it('becomes overdue when its time has passed', async () => {
    const { id } = await app.done('/tasks', task({ dueAt: '2026-01-02T10:00:00.000Z' }));
    clock.time = '2026-01-02T10:00:00.000Z';
    const { body } = await eventually(
      () => app.get(`/tasks/${id}`),
      ({ body: { status } }) => status === 'overdue',
    );
    expect(body).toMatchObject({ overdueCount: 1, closedAt: null });
  });

  const refused: [string, object, number, string][] = [
    ['a due time in the past', task({ dueAt: '2026-01-01T00:00:00Z' }), 422, 'due-in-past'],
    ['a reminder after the due time', task({ reminders: ['2026-01-04T00:00:00Z'] }), 422, 'reminder-after-due'],
    [
      'a customer nobody registered',
      task({ subject: { customerId: '01970000-0000-7000-8000-00000000dead' } }),
      404,
      'customer-unknown',
    ],
    [
      'an opportunity nobody registered',
      task({ subject: { opportunityId: '01970000-0000-7000-8000-00000000dead' } }),
      404,
      'opportunity-unknown',
    ],
    ['an assignee nobody hired', task({ assigneeId: '01970000-0000-7000-8000-00000000dead' }), 404, 'employee-unknown'],
    ['a call on nobody', task({ kind: 'follow_up' }), 422, 'task-without-customer'],
  ];

  it.each(refused)('is not created for %s', async (_, body, status, code) => {
    expect(await app.post('/tasks', body)).toMatchObject({ status, body: { code } });
  });

  it('is not found where there is none', async () => {
    const id = '01970000-0000-7000-8000-00000000dead';
    expect(await app.get(`/tasks/${id}`)).toMatchObject({ status: 404, body: { code: 'task-unknown' } });
    expect(await app.post(`/tasks/${id}/start`)).toMatchObject({ status: 404, body: { code: 'task-unknown' } });
  });
});
