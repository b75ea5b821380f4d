import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, when } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { assignmentFilters, GetAssignment, GetDesk, ListAssignments, ListDesks } from './queries.js';

@ApiTags('assignment')
@Controller('assignments')
export class AssignmentsController {
  constructor(private readonly queries: QueryBus) {}

  /** Who got which lead or customer, and why, latest first, in pages. */
  @Get()
  @Requires('assignment.read')
  list(@Asked(assignmentFilters) filters: ValuesOf<typeof assignmentFilters>) {
    return this.queries.execute(new ListAssignments(filters));
  }

  /** Why somebody got a lead or a customer: by which rule, among whom, and why others were passed over. */
  @Get(':assignmentId')
  @Requires('assignment.read')
  assignment(@Param('assignmentId', IdPipe) assignmentId: string, @Asked(when) asked: ValuesOf<typeof when>) {
    return this.queries.execute(new GetAssignment(assignmentId, asked));
  }
}

@ApiTags('assignment')
@Controller('assignment-desks')
export class AssignmentDesksController {
  constructor(private readonly queries: QueryBus) {}

  /** The desks that give out leads and customers, with the rules of each and all their versions, now or at a moment. */
  @Get()
  @Requires('assignment.read')
  list(@Asked(when) asked: ValuesOf<typeof when>) {
    return this.queries.execute(new ListDesks(asked));
  }

  /** A desk with its rules and all their versions, now or at a moment. */
  @Get(':deskId')
  @Requires('assignment.read')
  desk(@Param('deskId', IdPipe) deskId: string, @Asked(when) asked: ValuesOf<typeof when>) {
    return this.queries.execute(new GetDesk(deskId, asked));
  }
}
