import { opportunitiesOfMerged } from '../../processes/merge-of-customers.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { opportunityDetail } from '../../projections/opportunity-detail.js';
import { pipelineList } from '../../projections/pipeline-list.js';
import { stageJourney } from '../../projections/stage-journey.js';
import { funnel } from '../../reports/funnel.js';
import { performance } from '../../reports/performance.js';
import { lookup } from '../context.js';
import type { Context } from '../context.js';
import { opportunityTargets } from '../import/steps/opportunities.js';
import { readModel } from '../read-models/rollup.js';
import { opportunity } from './opportunity.decider.js';
import { pipeline } from './pipeline.decider.js';
import { ownedOpportunities } from './belongings.js';
export const opportunities: Context = {
  name: 'opportunities',
  module: async () => (await import('./opportunities.module.js')).OpportunitiesModule,
  routes: async () => (await import('./routes.js')).routes,
  deciders: [opportunity, pipeline],
  subjects: {
    opportunity: {
      says: 'Everything that happened to an opportunity.',
      collection: 'opportunities',
      stream: (id) => `opportunity-${id}`,
      found: lookup(opportunityBoard, 'order.name', ({ opportunityId, name }) => ({ id: opportunityId, name })),
    },
    pipeline: {
      says: 'Everything that happened to a pipeline.',
      collection: 'pipelines',
      stream: (id) => `pipeline-${id}`,
      found: lookup(pipelineList, undefined, ({ pipelineId, name }) => ({ id: pipelineId, name })),
    },
  },
  steps: opportunityTargets,
  sweeps: [opportunitiesOfMerged],
  belongings: [ownedOpportunities],
  readModels: [
    readModel(pipelineList),
    readModel(opportunityBoard),
    readModel(opportunityDetail),
    readModel(stageJourney),
  ],
  reports: [funnel, performance],
};
