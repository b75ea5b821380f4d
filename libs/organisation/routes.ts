import type { Type } from '@nestjs/common';
import { routesOf } from '../http/routes.js';
import { ChartController } from './chart.controller.js';
import * as commands from './commands.js';
import { EmployeesController } from './employees.controller.js';

const {
  HireEmployee,
  AssignEmployeeToPosition,
  EndEmployeeAssignment,
  RecordEmployeeAbsence,
  EndEmployeeAbsence,
  SuspendEmployee,
  ReinstateEmployee,
  OffboardEmployee,
  ...ofUnitsAndPositions
} = commands;

/** Controllers of the context: a route for each command, and those of the queries. */
export const routes: readonly Type[] = [
  ChartController,
  routesOf('organisation', ofUnitsAndPositions),
  routesOf('employees', {
    HireEmployee,
    AssignEmployeeToPosition,
    EndEmployeeAssignment,
    RecordEmployeeAbsence,
    EndEmployeeAbsence,
    SuspendEmployee,
    ReinstateEmployee,
    OffboardEmployee,
  }),
  EmployeesController,
];
