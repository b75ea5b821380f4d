import { followUpOnWeb } from '../../processes/follow-up-on-web.js';
import { interactionOfTask } from '../../processes/interaction-of-task.js';
import { tasksOfMerged } from '../../processes/merge-of-customers.js';
import { taskList } from '../../projections/task-list.js';
import type { Context } from '../context.js';
import { taskTargets } from '../import/steps/tasks.js';
import { readModel } from '../read-models/rollup.js';
import { taskDeadlines } from './deadlines.js';
import { task } from './task.decider.js';
import { assignedTasks } from './belongings.js';
export const tasks: Context = {
  name: 'tasks',
  module: async () => (await import('./tasks.module.js')).TasksModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [task],
  subjects: {
    task: { says: 'Everything that happened to a task.', collection: 'tasks', stream: (id) => `task-${id}` },
  },
  steps: taskTargets,
  deadlines: taskDeadlines,
  processes: [followUpOnWeb, interactionOfTask],
  sweeps: [tasksOfMerged],
  belongings: [assignedTasks],
  readModels: [readModel(taskList)],
};
