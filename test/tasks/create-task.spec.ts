import { describe, expect, it } from '@jest/globals';
import { CreateTask } from '../../libs/tasks/commands.js';
import type { NewTask } from '../../libs/tasks/commands.js';
import { createTask, task } from '../../libs/tasks/task.decider.js';
import type { CreationFacts } from '../../libs/tasks/task.decider.js';
import { taskList } from '../../projections/task-list.js';
import { given } from '../support/given.js';
import { assigneeId, created, createdData, customerId, dueAt, now, opportunityId, taskId } from './samples.js';

const wanted: NewTask = {
  kind: 'care',
  title: 'Send the season’s greetings',
  dueAt,
  subject: { customerId },
  assigneeId,
};
const facts: CreationFacts = {
  assignee: { name: 'Ada', status: 'active' },
  customer: { status: 'active', survivorId: null },
  opportunity: undefined,
};

const creating = (change: Partial<NewTask> = {}, known: Partial<CreationFacts> = {}) =>
  given(task).when((state) =>
    createTask(state, new CreateTask(taskId, { ...wanted, ...change }), now, { ...facts, ...known }),
  );

describe('creating a task', () => {
  it('records what is to be done, by whom and until when', () => {
    creating()
      .thenRecords(created())
      .thenReads(taskList, taskId, { status: 'open', dueAt, assigneeId, customerId, rescheduledCount: 0 });
  });

  it('takes the reminders in the order of time, each once', () => {
    const [first, second] = ['2026-01-03T09:00:00.000Z', '2026-01-04T09:00:00.000Z'];
    creating({ reminders: [second, first, second] }).thenRecords(created({ reminders: [first, second] }));
  });

  it('needs neither an assignee nor a customer', () => {
    const subject = { customerId: null, opportunityId: null, text: 'the coffee machine' };
    creating({ kind: 'corrective', assigneeId: null, subject: { text: 'the coffee machine' } }).thenRecords({
      type: 'TaskCreated',
      data: createdData({ kind: 'corrective', assigneeId: null, customerId: null, subject }),
    });
  });

  it('may be due at once', () => {
    creating({ dueAt: now }).thenRecords(created({ dueAt: now }));
  });

  it('takes an assignee who is away for a while', () => {
    creating({}, { assignee: { name: 'Ada', status: 'absent' } }).thenRecords(created());
  });

  it('refuses an id that was used before', () => {
    given(task, created())
      .when((state) => createTask(state, new CreateTask(taskId, wanted), now, facts))
      .thenRefuses('task-exists');
  });

  it('refuses a title of blanks', () => creating({ title: ' \t ' }).thenRefuses('title-empty'));

  it('refuses a due time in the past', () => {
    creating({ dueAt: '2026-01-02T08:59:59.999Z' }).thenRefuses('due-in-past', { field: 'dueAt' });
  });

  it('refuses a reminder at or after the due time', () => {
    creating({ reminders: [dueAt] }).thenRefuses('reminder-after-due');
  });

  it('refuses a reminder before the task is there', () => {
    creating({ reminders: ['2026-01-01T09:00:00.000Z'] }).thenRefuses('reminder-in-past');
  });

  it.each(['follow_up', 'visit', 'return_visit'] as const)('refuses a %s without a customer', (kind) => {
    creating({ kind, subject: { text: 'somebody' } }).thenRefuses('task-without-customer');
  });

  it('refuses a customer that nobody registered', () => {
    creating({}, { customer: undefined }).thenRefuses('customer-unknown', { id: customerId });
  });

  it('refuses a customer that was put away', () => {
    creating({}, { customer: { status: 'archived', survivorId: null } }).thenRefuses('customer-archived', {
      field: 'subject.customerId',
    });
  });

  it('is about the customer of the opportunity it is about', () => {
    const subject = { customerId, opportunityId, text: null };
    const aboutIt = created({ kind: 'visit', subject });
    creating({ kind: 'visit', subject: { opportunityId } }, { opportunity: { customerId } }).thenRecords(aboutIt);
    creating({ kind: 'visit', subject: { customerId, opportunityId } }, { opportunity: { customerId } }).thenRecords(
      aboutIt,
    );
  });

  it('refuses an opportunity that nobody registered', () => {
    creating({ subject: { opportunityId } }).thenRefuses('opportunity-unknown', { id: opportunityId });
  });

  it.each([
    ['another customer', 'someone else'],
    ['no customer', null],
  ])('refuses an opportunity of %s', (_, other) => {
    creating({ subject: { customerId, opportunityId } }, { opportunity: { customerId: other } }).thenRefuses(
      'opportunity-customer-mismatch',
    );
  });

  it('refuses an assignee who was never hired', () => {
    creating({}, { assignee: undefined }).thenRefuses('employee-unknown', { id: assigneeId });
  });

  it.each(['suspended', 'leaving', 'left'])('refuses an assignee who is %s', (status) => {
    creating({}, { assignee: { name: 'Ada', status } }).thenRefuses('assignee-inactive', { field: 'assigneeId' });
  });

  it('is decided at the business time of what is imported', () => {
    const then = '2017-03-01T00:00:00.000Z';
    given(task)
      .when((state) => createTask(state, new CreateTask(taskId, { ...wanted, dueAt: then }), then, facts))
      .thenRecords(created({ dueAt: then }));
    expect(then < now).toBe(true);
  });
});
