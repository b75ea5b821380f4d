import type { Type } from '@nestjs/common';
import { routesOf } from '../http/routes.js';
import { ApprovalFlowsController, ApprovalsController } from './approvals.controller.js';
import * as commands from './commands.js';

/** Controllers of the context: a route for each command, and those of the queries. */
export const routes: readonly Type[] = [routesOf('approvals', commands), ApprovalsController, ApprovalFlowsController];
