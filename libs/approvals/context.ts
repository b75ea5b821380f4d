import { approvalDeskKept } from '../../processes/approval-desk.js';
import { reviewOfApprovals } from '../../processes/review-of-approvals.js';
import { approvalFlowList } from '../../projections/approval-flow-list.js';
import { approvalList } from '../../projections/approval-list.js';
import { approvalTimes } from '../../reports/approval-times.js';
import type { Context } from '../context.js';
import { lookup } from '../context.js';
import { readModel } from '../read-models/rollup.js';
import { approvalDesk } from './approval-desk.decider.js';
import { approvalFlow } from './approval-flow.decider.js';
import { approval } from './approval.decider.js';
import { approvalDeadlines } from './deadlines.js';
import { waitingApprovals } from './belongings.js';

export const approvals: Context = {
  name: 'approvals',
  module: async () => (await import('./approvals.module.js')).ApprovalsModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [approval, approvalFlow, approvalDesk],
  subjects: {
    approval: {
      says: 'Everything that happened to a request for approval.',
      collection: 'approvals',
      stream: (id) => `${approval.category}-${id}`,
    },
    'approval-flow': {
      says: 'How a flow of approval changed.',
      collection: 'approval-flows',
      stream: (id) => `${approvalFlow.category}-${id}`,
      found: lookup(approvalFlowList, 'nameKey', ({ flowId, name }) => ({ id: flowId, name })),
    },
  },
  deadlines: approvalDeadlines,
  processes: [approvalDeskKept, reviewOfApprovals],
  belongings: [waitingApprovals],
  readModels: [readModel(approvalFlowList), readModel(approvalList)],
  reports: [approvalTimes],
};
