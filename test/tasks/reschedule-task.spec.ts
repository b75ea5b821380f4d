import { describe, it } from '@jest/globals';
import { RescheduleTask } from '../../libs/tasks/commands.js';
import { rescheduleTask, task } from '../../libs/tasks/task.decider.js';
import { taskList } from '../../projections/task-list.js';
import { given } from '../support/given.js';
import { cancelled, created, dueAt, now, overdue, rescheduled, started, taskId } from './samples.js';
import type { TaskEvent } from './samples.js';

const later = '2026-01-07T09:00:00.000Z';
const moving = (to: string, ...before: TaskEvent[]) =>
  given(task, ...before).when((state) =>
    rescheduleTask(state, new RescheduleTask(taskId, { dueAt: to, reason: 'on leave' }), now),
  );

describe('rescheduling a task', () => {
  it('records from when to when, why, and how often it has been done', () => {
    moving(later, created())
      .thenRecords(rescheduled(later))
      .thenReads(taskList, taskId, { dueAt: later, rescheduledCount: 1, reason: 'on leave', status: 'open' });
    moving(dueAt, created(), rescheduled(later)).thenRecords(rescheduled(dueAt, { from: later, count: 2 }));
  });

  it('makes a task that was overdue be in time again', () => {
    moving(later, created(), started, overdue)
      .thenRecords(rescheduled(later))
      .thenReads(taskList, taskId, { status: 'in_progress', overdueCount: 1 });
  });

  it('moves the reminders by as much', () => {
    moving(later, created({ reminders: ['2026-01-04T09:00:00.000Z'] })).thenRecords(
      rescheduled(later, { reminders: ['2026-01-06T09:00:00.000Z'] }),
    );
  });

  it('drops a reminder that would lie in the past', () => {
    const soon = '2026-01-02T10:00:00.000Z';
    const reminders = ['2026-01-04T09:00:00.000Z', '2026-01-05T08:30:00.000Z'];
    moving(soon, created({ reminders })).thenRecords(rescheduled(soon, { reminders: ['2026-01-02T09:30:00.000Z'] }));
  });

  it('records nothing when it is due then already', () => {
    moving(dueAt, created()).thenRecords();
  });

  it('refuses a time in the past', () => {
    moving('2026-01-01T09:00:00.000Z', created()).thenRefuses('due-in-past', { field: 'dueAt' });
  });

  it('refuses a closed task', () => moving(later, created(), cancelled).thenRefuses('task-closed'));
  it('refuses a task that nobody created', () => moving(later).thenRefuses('task-unknown'));
});
