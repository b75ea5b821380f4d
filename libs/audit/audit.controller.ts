import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { HistoryQuery } from './audit.dto.js';
import { GetHistory } from './queries.js';

@ApiTags('history')
@Controller()
export class AuditController {
  constructor(private readonly queries: QueryBus) {}

  /** Everything that happened to a customer and to its opportunities and tasks, in log order. */
  @Get('customers/:id/history')
  @Requires('audit.read')
  customer(@Param('id', IdPipe) id: string, @Query() range: HistoryQuery) {
    return this.queries.execute(new GetHistory('customer', id, range));
  }

  /** Everything that happened to an opportunity. */
  @Get('opportunities/:id/history')
  @Requires('audit.read')
  opportunity(@Param('id', IdPipe) id: string, @Query() range: HistoryQuery) {
    return this.queries.execute(new GetHistory('opportunity', id, range));
  }

  /** Everything that happened to a task. */
  @Get('tasks/:id/history')
  @Requires('audit.read')
  task(@Param('id', IdPipe) id: string, @Query() range: HistoryQuery) {
    return this.queries.execute(new GetHistory('task', id, range));
  }

  /** Everything that happened to a target. */
  @Get('targets/:id/history')
  @Requires('audit.read')
  target(@Param('id', IdPipe) id: string, @Query() range: HistoryQuery) {
    return this.queries.execute(new GetHistory('target', id, range));
  }

  /** Everything that happened to an employee's place in the structure. */
  @Get('employees/:id/history')
  @Requires('audit.read')
  employee(@Param('id', IdPipe) id: string, @Query() range: HistoryQuery) {
    return this.queries.execute(new GetHistory('employee', id, range));
  }

  /** Everything that happened to a unit of the structure. */
  @Get('org-units/:id/history')
  @Requires('audit.read')
  orgUnit(@Param('id', IdPipe) id: string, @Query() range: HistoryQuery) {
    return this.queries.execute(new GetHistory('org-unit', id, range));
  }
}
