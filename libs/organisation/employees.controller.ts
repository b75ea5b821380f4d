import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { createdId } from '../http/new-id.js';
import { WhenQuery } from '../http/when.dto.js';
import { Requires } from '../security/requires.js';
import { about } from './about.js';
import {
  AssignToPosition,
  CompleteOffboarding,
  EndAbsence,
  EndAssignment,
  HireEmployee,
  RecordAbsence,
  ReinstateEmployee,
  SuspendEmployee,
} from './commands.js';
import {
  AbsenceBody,
  AssignmentBody,
  AssignmentEndBody,
  EmployeeListQuery,
  HireEmployeeBody,
  LeaveBody,
  ReturnBody,
  SuspensionBody,
} from './employees.dto.js';
import { GetEmployee, ListEmployees } from './queries.js';

@ApiTags('employees')
@Controller('employees')
export class EmployeesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Takes a person on, in their first position. */
  @Post()
  @Requires('organisation.employees.change')
  hire(@Body() body: HireEmployeeBody) {
    const employeeId = createdId('employee');
    return about(employeeId, this.commands.execute(new HireEmployee(employeeId, body)));
  }

  /** Employees by name, in pages. */
  @Get()
  @Requires('organisation.read')
  list(@Query() query: EmployeeListQuery) {
    return this.queries.execute(new ListEmployees(query));
  }

  /** An employee, now or at a moment. */
  @Get(':employeeId')
  @Requires('organisation.read')
  employee(@Param('employeeId', IdPipe) employeeId: string, @Query() when: WhenQuery) {
    return this.queries.execute(new GetEmployee(employeeId, when));
  }

  /** Gives the employee a position. */
  @Post(':employeeId/assignments')
  @HttpCode(200)
  @Requires('organisation.employees.change')
  assign(@Param('employeeId', IdPipe) employeeId: string, @Body() body: AssignmentBody) {
    return about(employeeId, this.commands.execute(new AssignToPosition(employeeId, body)));
  }

  /** Takes a secondary position from the employee. */
  @Post(':employeeId/assignments/:positionId/end')
  @HttpCode(200)
  @Requires('organisation.employees.change')
  endAssignment(
    @Param('employeeId', IdPipe) employeeId: string,
    @Param('positionId', IdPipe) positionId: string,
    @Body() { endedAt }: AssignmentEndBody,
  ) {
    return about(employeeId, this.commands.execute(new EndAssignment(employeeId, positionId, endedAt)));
  }

  /** Says when the employee is away, and who stands in. */
  @Post(':employeeId/absences')
  @HttpCode(200)
  @Requires('organisation.employees.change')
  recordAbsence(
    @Param('employeeId', IdPipe) employeeId: string,
    @Body() { from, to = null, deputyId = null }: AbsenceBody,
  ) {
    return about(employeeId, this.commands.execute(new RecordAbsence(employeeId, from, to, deputyId)));
  }

  /** Says that the employee is back. */
  @Post(':employeeId/return')
  @HttpCode(200)
  @Requires('organisation.employees.change')
  return(@Param('employeeId', IdPipe) employeeId: string, @Body() { on }: ReturnBody) {
    return about(employeeId, this.commands.execute(new EndAbsence(employeeId, on)));
  }

  /** Lets the employee not act for the time being. */
  @Post(':employeeId/suspend')
  @HttpCode(200)
  @Requires('organisation.employees.suspend')
  suspend(@Param('employeeId', IdPipe) employeeId: string, @Body() { reason }: SuspensionBody) {
    return about(employeeId, this.commands.execute(new SuspendEmployee(employeeId, reason)));
  }

  /** Lets the suspended employee act again. */
  @Post(':employeeId/reinstate')
  @HttpCode(200)
  @Requires('organisation.employees.suspend')
  reinstate(@Param('employeeId', IdPipe) employeeId: string) {
    return about(employeeId, this.commands.execute(new ReinstateEmployee(employeeId)));
  }

  /** Lets the employee go for good. */
  @Post(':employeeId/leave')
  @HttpCode(200)
  @Requires('organisation.employees.change')
  leave(@Param('employeeId', IdPipe) employeeId: string, @Body() { leftAt }: LeaveBody) {
    return about(employeeId, this.commands.execute(new CompleteOffboarding(employeeId, leftAt)));
  }
}
