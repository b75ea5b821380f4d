import type { Context } from '../context.js';
import { task } from './task.decider.js';
import { TasksModule } from './tasks.module.js';

export const tasks: Context = {
  name: 'tasks',
  module: TasksModule,
  deciders: [task],
  subjects: {
    task: { says: 'Everything that happened to a task.', collection: 'tasks', stream: (id) => `task-${id}` },
  },
};
