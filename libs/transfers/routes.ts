import type { Type } from '@nestjs/common';
import { routesOf } from '../http/routes.js';
import * as commands from './commands.js';
import { TransferPoliciesController, TransfersController } from './transfers.controller.js';

/** Controllers of the context: a route for each command, and those of the queries. */
export const routes: readonly Type[] = [
  routesOf('transfers', commands),
  TransfersController,
  TransferPoliciesController,
];
