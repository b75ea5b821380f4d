import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, when } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { GetOffboarding } from './queries.js';

@ApiTags('employees')
@Controller('employees')
export class OffboardingController {
  constructor(private readonly queries: QueryBus) {}

  /** How far it is with somebody who is going to leave: what was handed over, and what could not be. */
  @Get(':employeeId/offboarding')
  @Requires('organisation.read')
  offboarding(@Param('employeeId', IdPipe) employeeId: string, @Asked(when) moment: ValuesOf<typeof when>) {
    return this.queries.execute(new GetOffboarding(employeeId, moment));
  }
}
