import { assignment as assignmentProcess } from '../../processes/assignment.js';
import { assignmentDeskList } from '../../projections/assignment-desk-list.js';
import { assignmentList } from '../../projections/assignment-list.js';
import type { Context } from '../context.js';
import { readModel } from '../read-models/rollup.js';
import { desk } from './desk.decider.js';

export const assignment: Context = {
  name: 'assignment',
  module: async () => (await import('./assignment.module.js')).AssignmentModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [desk],
  subjects: {
    'assignment-desk': {
      says: 'Which rules a desk had, and everything that it decided.',
      collection: 'assignment-desks',
      stream: (id) => `assignmentdesk-${id}`,
    },
  },
  processes: [assignmentProcess],
  readModels: [readModel(assignmentList), readModel(assignmentDeskList)],
};
