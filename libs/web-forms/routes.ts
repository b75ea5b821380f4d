import type { Type } from '@nestjs/common';
import { routesOf } from '../http/routes.js';
import * as commands from './commands.js';
import { WebFormsController } from './web-forms.controller.js';

/** Controllers of the context: a route for each command that has one, and those of the queries. */
export const routes: readonly Type[] = [routesOf('web-forms', commands), WebFormsController];
