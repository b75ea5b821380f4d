import { describe, it } from '@jest/globals';
import { StartTask } from '../../libs/tasks/commands.js';
import { startTask, task } from '../../libs/tasks/task.decider.js';
import { taskList } from '../../projections/task-list.js';
import { given } from '../support/given.js';
import { cancelled, created, overdue, past, started, taskId } from './samples.js';
import type { TaskEvent } from './samples.js';

const starting = (...before: TaskEvent[]) =>
  given(task, ...before).when((state) => startTask(state, new StartTask(taskId)));

describe('starting a task', () => {
  it('records that work began', () => {
    starting(created()).thenRecords(started).thenReads(taskList, taskId, { status: 'in_progress', startedAt: past });
  });

  it('may happen late, which does not make the task less overdue', () => {
    starting(created(), overdue)
      .thenRecords(started)
      .thenReads(taskList, taskId, { status: 'overdue', startedAt: past });
  });

  it('happens once', () => starting(created(), started).thenRefuses('task-started'));
  it('refuses a closed task', () => starting(created(), cancelled).thenRefuses('task-closed'));
  it('refuses a task that nobody created', () => starting().thenRefuses('task-unknown'));
});
