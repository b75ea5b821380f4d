import type { CalendarEvents } from '../libs/calendars/events.js';
import { projection } from '../libs/read-models/projection.js';
import { nameKey } from '../libs/text.js';
import { newCalendar, withDays, withoutDays, withWeek } from '../libs/working-time.js';
import type { Calendar } from '../libs/working-time.js';

/** A calendar with all hours it ever had, and the days with hours of their own. */
export interface CalendarDocument extends Calendar {
  readonly calendarId: string;
  readonly name: string;
  /** For sorting. */
  readonly nameKey: string;
  readonly definedAt: string;
  /** Version of the calendar: what was counted names it. */
  readonly revision: number;
}

/** A calendar without what it is sorted by. */
export type CalendarView = Omit<CalendarDocument, 'nameKey'>;

export const calendarView = ({ nameKey: _, ...calendar }: CalendarDocument): CalendarView => calendar;

export const calendarList = projection<CalendarDocument, CalendarEvents>({
  name: 'calendar-list',
  version: 1,
  id: ({ data }) => data.calendarId,
  stream: (calendarId) => `calendar-${calendarId}`,
  indexes: [['nameKey']],
  starts: {
    CalendarDefined: ({ data: { calendarId, name, zone, week }, occurredAt, revision }) => ({
      calendarId,
      name,
      nameKey: nameKey(name),
      ...newCalendar(zone, week),
      definedAt: occurredAt,
      revision,
    }),
  },
  on: {
    CalendarWeekChanged: (calendar, { data: { from, week }, revision }) => ({
      ...withWeek(calendar, from, week),
      revision,
    }),
    CalendarDaysSet: (calendar, { data: { days, source }, revision }) => ({
      ...withDays(calendar, days, source),
      revision,
    }),
    CalendarDaysCleared: (calendar, { data: { days }, revision }) => ({ ...withoutDays(calendar, days), revision }),
  },
});
