import { Module } from '@nestjs/common';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import * as rules from './calendar.decider.js';
import { calendar } from './calendar.decider.js';
import type { CalendarState } from './calendar.decider.js';
import { AddHolidays, ChangeCalendarWeek, ClearCalendarDays, DefineCalendar, SetCalendarDays } from './commands.js';
import { holidaysOf } from './holidays.js';
import { GetCalendarHandler, GetWorkingTimeHandler, ListCalendarsHandler } from './queries.js';

const holidays = async ({ command: { country, region, years }, state }: Question<AddHolidays, CalendarState>) =>
  state ? holidaysOf(country, region, years) : [];

@Module({
  providers: [
    handle(DefineCalendar, calendar, rules.defineCalendar),
    handle(ChangeCalendarWeek, calendar, rules.changeCalendarWeek),
    handle(SetCalendarDays, calendar, rules.setCalendarDays),
    handle(ClearCalendarDays, calendar, rules.clearCalendarDays),
    handle(AddHolidays, calendar, rules.addHolidays, holidays),
    GetCalendarHandler,
    ListCalendarsHandler,
    GetWorkingTimeHandler,
  ],
})
export class CalendarsModule {}
