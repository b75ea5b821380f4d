import type { Type } from '@nestjs/common';
import { routesOf } from '../http/routes.js';
import { CalendarsController } from './calendars.controller.js';
import * as commands from './commands.js';

/** Controllers of the context: a route for each command, and those of the queries. */
export const routes: readonly Type[] = [routesOf('calendars', commands), CalendarsController];
