import { readModel } from '../libs/read-models/rollup.js';
import type { ReadModel } from '../libs/read-models/rollup.js';
import { contactList } from './contact-list.js';
import { customerList } from './customer-list.js';
import { customerProfile } from './customer-profile.js';
import { customerTimeline } from './customer-timeline.js';
import { customerValue } from './customer-value.js';
import { deadlines } from './deadlines.js';
import { employeeList } from './employee-list.js';
import { opportunityBoard } from './opportunity-board.js';
import { opportunityDetail } from './opportunity-detail.js';
import { pipelineList } from './pipeline-list.js';
import { relatedStreams } from './related-streams.js';
import { stageJourney } from './stage-journey.js';
import { structureChart } from './structure-chart.js';
import { targetList } from './target-list.js';
import { taskList } from './task-list.js';

/** Every read model there is, without the reports that are kept up beside them: those are listed in `reports/index.ts`. */
export const readModels: readonly ReadModel[] = [
  readModel(structureChart),
  readModel(employeeList),
  readModel(customerList),
  readModel(customerProfile),
  readModel(customerTimeline),
  readModel(contactList),
  readModel(customerValue),
  readModel(relatedStreams),
  readModel(pipelineList),
  readModel(opportunityBoard),
  readModel(opportunityDetail),
  readModel(stageJourney),
  readModel(taskList),
  readModel(deadlines),
  readModel(targetList),
];

/**
 * Definitions of read models as they were before the ones above, most recent first: as long as one is listed here, its copy keeps
 * up beside the new one, and `annals projections rollback` goes back to it. See docs/decisions/0015.
 */
export const earlierReadModels: readonly ReadModel[] = [];
