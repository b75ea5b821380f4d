import type { Type } from '@nestjs/common';
import { routesOf } from '../http/routes.js';
import * as commands from './commands.js';
import { SegmentsController } from './segments.controller.js';

/** Controllers of the context: a route for each command, and those of the queries. */
export const routes: readonly Type[] = [routesOf('segments', commands), SegmentsController];
