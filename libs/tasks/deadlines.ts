import { deadline } from '../deadline.js';
import { MarkTaskOverdue, RemindOfTask } from './commands.js';
import type { TaskEvents } from './events.js';

/** The times of a task that the clock watches. */
export const taskDeadlines = [
  deadline<TaskEvents>({
    kind: 'task-due',
    subject: 'taskId',
    sets: { TaskCreated: ({ dueAt }) => [dueAt], TaskRescheduled: ({ to }) => [to] },
    settles: ['TaskBecameOverdue', 'TaskCompleted', 'TaskCancelled'],
    record: (taskId, dueAt) => new MarkTaskOverdue(taskId, { dueAt }),
  }),
  deadline<TaskEvents>({
    kind: 'task-reminder',
    subject: 'taskId',
    sets: { TaskCreated: ({ reminders }) => reminders, TaskRescheduled: ({ reminders }) => reminders },
    passes: { TaskReminderDue: ({ remindAt }) => remindAt },
    settles: ['TaskCompleted', 'TaskCancelled'],
    record: (taskId, remindAt) => new RemindOfTask(taskId, { remindAt }),
  }),
];
