import { describe, it } from '@jest/globals';
import { CancelTask } from '../../libs/tasks/commands.js';
import { cancelTask, task } from '../../libs/tasks/task.decider.js';
import { taskList } from '../../projections/task-list.js';
import { given } from '../support/given.js';
import { cancelled, completed, created, past, started, taskId } from './samples.js';
import type { TaskEvent } from './samples.js';

const cancelling = (...before: TaskEvent[]) =>
  given(task, ...before).when((state) => cancelTask(state, new CancelTask(taskId, { reason: 'no need' })));

describe('cancelling a task', () => {
  it('records why', () => {
    cancelling(created(), started)
      .thenRecords(cancelled)
      .thenReads(taskList, taskId, { status: 'cancelled', reason: 'no need', closedAt: past, late: null });
  });

  it('refuses a task that is done', () =>
    cancelling(created(), completed()).thenRefuses('task-closed', { state: 'done' }));
  it('happens once', () => cancelling(created(), cancelled).thenRefuses('task-closed', { state: 'cancelled' }));
  it('refuses a task that nobody created', () => cancelling().thenRefuses('task-unknown'));
});
