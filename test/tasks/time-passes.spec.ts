import { describe, it } from '@jest/globals';
import { MarkTaskOverdue, RemindOfTask } from '../../libs/tasks/commands.js';
import { markTaskOverdue, remindOfTask, task } from '../../libs/tasks/task.decider.js';
import { taskList } from '../../projections/task-list.js';
import { given } from '../support/given.js';
import {
  afterDue,
  assigneeId,
  cancelled,
  completed,
  created,
  customerId,
  dueAt,
  now,
  overdue,
  rescheduled,
  taskId,
} from './samples.js';
import type { TaskEvent } from './samples.js';

const remindAt = '2026-01-04T09:00:00.000Z';

describe('the due time of a task passes', () => {
  const marking = (at: string, ...before: TaskEvent[]) =>
    given(task, ...before).when((state) => markTaskOverdue(state, new MarkTaskOverdue(taskId, { dueAt }), at));

  it('records that it is overdue, as of when it was due, however late the clock is', () => {
    marking(afterDue, created())
      .thenRecords(overdue)
      .thenReads(taskList, taskId, { status: 'overdue', overdueCount: 1 });
  });

  it('needs no time of its own when the clock is exact', () => {
    marking(dueAt, created()).thenRecords({
      type: 'TaskBecameOverdue',
      data: { taskId, customerId, assigneeId, dueAt },
    });
  });

  it('is recorded once', () => {
    marking(afterDue, created(), overdue).thenRecords();
  });
  it('does not matter once the task is done', () => {
    marking(afterDue, created(), completed()).thenRecords();
  });
  it('does not matter once the task is cancelled', () => {
    marking(afterDue, created(), cancelled).thenRecords();
  });
  it('does not matter when the task is due at another time by now', () => {
    marking(afterDue, created(), rescheduled('2026-02-01T09:00:00.000Z')).thenRecords();
  });

  it('is not recorded before', () => marking(now, created()).thenRefuses('task-not-due', { dueAt }));
  it('refuses a task that nobody created', () => marking(afterDue).thenRefuses('task-unknown'));
});

describe('the time of a reminder comes', () => {
  const reminding = (at: string, ...before: TaskEvent[]) =>
    given(task, ...before).when((state) => remindOfTask(state, new RemindOfTask(taskId, { remindAt }), at));
  const reminded: TaskEvent = {
    type: 'TaskReminderDue',
    data: { taskId, customerId, assigneeId, remindAt, dueAt },
    occurredAt: remindAt,
  };
  const withReminder = created({ reminders: [remindAt] });

  it('is recorded for whoever is to do the task', () => {
    reminding(dueAt, withReminder).thenRecords(reminded).thenReads(taskList, taskId, { status: 'open', reminders: [] });
  });

  it('is recorded once', () => {
    reminding(dueAt, withReminder, reminded).thenRecords();
  });
  it('does not matter once the task is closed', () => {
    reminding(dueAt, withReminder, completed()).thenRecords();
  });
  it('does not matter when it moved with the due time', () => {
    reminding(dueAt, withReminder, rescheduled(afterDue, { reminders: ['2026-01-05T09:00:00.000Z'] })).thenRecords();
  });

  it('is not recorded before', () => reminding(now, withReminder).thenRefuses('task-not-due'));
  it('refuses a task that nobody created', () => reminding(dueAt).thenRefuses('task-unknown'));
});
