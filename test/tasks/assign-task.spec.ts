import { describe, it } from '@jest/globals';
import { AssignTask } from '../../libs/tasks/commands.js';
import { assignTask, task } from '../../libs/tasks/task.decider.js';
import type { Assignee } from '../../libs/tasks/task.decider.js';
import { taskList } from '../../projections/task-list.js';
import { given } from '../support/given.js';
import { assigneeId, cancelled, colleagueId, completed, created, customerId, now, taskId } from './samples.js';
import type { TaskEvent } from './samples.js';

const active: Assignee = { name: 'Grace', status: 'active' };
const assigning = (assignee: Assignee, ...before: TaskEvent[]) =>
  given(task, ...before).when((state) =>
    assignTask(state, new AssignTask(taskId, { assigneeId: colleagueId }), now, { assignee }),
  );

describe('assigning a task', () => {
  it('records from whom to whom', () => {
    assigning(active, created())
      .thenRecords({ type: 'TaskAssigned', data: { taskId, customerId, from: assigneeId, to: colleagueId } })
      .thenReads(taskList, taskId, { assigneeId: colleagueId });
  });

  it('gives a task that waited for an assignee to the first one', () => {
    assigning(active, created({ assigneeId: null })).thenRecords({
      type: 'TaskAssigned',
      data: { taskId, customerId, from: null, to: colleagueId },
    });
  });

  it('records nothing when that one has it already', () => {
    assigning(active, created({ assigneeId: colleagueId })).thenRecords();
  });

  it('refuses somebody who left', () => {
    assigning({ name: 'Grace', status: 'left' }, created()).thenRefuses('assignee-inactive');
  });

  it('refuses somebody nobody hired', () => assigning(undefined, created()).thenRefuses('employee-unknown'));

  it('refuses a task that is done', () => {
    assigning(active, created(), completed()).thenRefuses('task-closed', { state: 'done' });
  });

  it('refuses a task that was cancelled', () => {
    assigning(active, created(), cancelled).thenRefuses('task-closed', { state: 'cancelled' });
  });

  it('refuses a task that nobody created', () => assigning(active).thenRefuses('task-unknown'));
});
