import type { Type } from '@nestjs/common';
import { routesOf } from '../http/routes.js';
import { OpportunitiesController } from './opportunities.controller.js';
import { PipelinesController } from './pipelines.controller.js';
import * as commands from './commands.js';
import * as pipelineCommands from './pipeline.commands.js';

/** Controllers of the context: a route for each command, and those of the queries. */
export const routes: readonly Type[] = [
  routesOf('pipelines', pipelineCommands),
  PipelinesController,
  routesOf('opportunities', commands),
  OpportunitiesController,
];
