import type { Type } from '@nestjs/common';
import { routesOf } from '../http/routes.js';
import * as commands from './commands.js';
import { OffboardingController } from './offboarding.controller.js';

/** Controllers of the context: a route for each command, and those of the queries. */
export const routes: readonly Type[] = [routesOf('employees', commands), OffboardingController];
