import type { Type } from '@nestjs/common';
import { routesOf } from '../http/routes.js';
import { ChartController } from './chart.controller.js';
import * as commands from './commands.js';
import { EmployeesController } from './employees.controller.js';

const { employees, organisation } = Object.groupBy(Object.values(commands), ({ definition: { post } }) =>
  post?.startsWith('employees') ? 'employees' : 'organisation',
);

/** Controllers of the context: a route for each command, and those of the queries. */
export const routes: readonly Type[] = [
  ChartController,
  routesOf('organisation', { ...organisation }),
  routesOf('employees', { ...employees }),
  EmployeesController,
];
