import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, when } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { GetInventory, inventoryFilters } from './inventory.queries.js';
import { employeeFilters, GetEmployee, ListEmployees } from './queries.js';

@ApiTags('employees')
@Controller('employees')
export class EmployeesController {
  constructor(private readonly queries: QueryBus) {}

  /** Employees by name, in pages. */
  @Get()
  @Requires('organisation.read')
  list(@Asked(employeeFilters) filters: ValuesOf<typeof employeeFilters>) {
    return this.queries.execute(new ListEmployees(filters));
  }

  /** What an employee has and what counts on them, now or at a moment: what is handed over before they leave. */
  @Get(':employeeId/inventory')
  @Requires('organisation.read')
  inventory(
    @Param('employeeId', IdPipe) employeeId: string,
    @Asked(inventoryFilters) asked: ValuesOf<typeof inventoryFilters>,
  ) {
    return this.queries.execute(new GetInventory(employeeId, asked));
  }

  /** An employee, now or at a moment. */
  @Get(':employeeId')
  @Requires('organisation.read')
  employee(@Param('employeeId', IdPipe) employeeId: string, @Asked(when) moment: ValuesOf<typeof when>) {
    return this.queries.execute(new GetEmployee(employeeId, moment));
  }
}
