import { taskList } from '../../projections/task-list.js';
import type { TaskItem } from '../../projections/task-list.js';
import { belonging } from '../belonging.js';
import { AssignTask } from './commands.js';
import type { TaskEvents } from './events.js';

/** Tasks that an employee has to do. */
export const assignedTasks = belonging<TaskItem, TaskEvents>({
  kind: 'task',
  of: taskList,
  filter: (employeeId) => ({ assigneeId: employeeId, status: { $in: ['open', 'in_progress', 'overdue'] } }),
  by: 'taskId',
  named: ({ title }) => title,
  toEmployee: (id, { toOwnerId, fromOwnerId }) => new AssignTask(id, { assigneeId: toOwnerId, fromOwnerId }),
  moves: {
    TaskAssigned: ({ taskId: id, from, to }) => (from === null ? null : { id, from, to: { kind: 'employee', id: to } }),
  },
});
