import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import type { ValuesOf } from '../commands/fields.js';
import { Asked, documentWhen } from '../http/asked.js';
import { Requires } from '../security/requires.js';
import { calendarFilters, counted, GetCalendar, GetWorkingTime, ListCalendars } from './queries.js';

@ApiTags('calendars')
@Controller('calendars')
export class CalendarsController {
  constructor(private readonly queries: QueryBus) {}

  /** Calendars of working time by name, in pages. */
  @Get()
  @Requires('calendars.read')
  list(@Asked(calendarFilters) filters: ValuesOf<typeof calendarFilters>) {
    return this.queries.execute(new ListCalendars(filters));
  }

  /** A calendar, now or at a moment. */
  @Get(':calendarId')
  @Requires('calendars.read')
  calendar(@Param('calendarId', IdPipe) calendarId: string, @Asked(documentWhen) when: ValuesOf<typeof documentWhen>) {
    return this.queries.execute(new GetCalendar(calendarId, when));
  }

  /** Working time between two moments, or the moment by which so much of it has passed. */
  @Get(':calendarId/working-time')
  @Requires('calendars.read')
  workingTime(@Param('calendarId', IdPipe) calendarId: string, @Asked(counted) asked: ValuesOf<typeof counted>) {
    return this.queries.execute(new GetWorkingTime(calendarId, asked));
  }
}
