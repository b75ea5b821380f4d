import type { Type } from '@nestjs/common';
import { routesOf } from '../../../libs/http/routes.js';
import * as commands from './commands.js';
import { ComplaintsController } from './complaints.controller.js';

/** Controllers of the context: a route for each command, and those of the queries. */
export const routes: readonly Type[] = [routesOf('complaints', commands), ComplaintsController];
