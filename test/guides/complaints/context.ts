import type { Context } from '../../../libs/context.js';
import { readModel } from '../../../libs/read-models/rollup.js';
import { complaint } from './complaint.decider.js';
import { complaintList } from './complaint-list.js';
import { complaintReport } from './complaint-report.js';
import { taskOfComplaint } from './task-of-complaint.js';

export const complaints: Context = {
  name: 'complaints',
  module: async () => (await import('./complaints.module.js')).ComplaintsModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [complaint],
  subjects: {
    complaint: {
      says: 'Everything that happened to a complaint.',
      collection: 'complaints',
      stream: (id) => `complaint-${id}`,
    },
  },
  processes: [taskOfComplaint],
  readModels: [readModel(complaintList)],
  reports: [complaintReport],
};
