import type { Personal } from '../personal.js';
import type { HolidaySource, Span, Week } from '../working-time.js';

/** A day with hours of its own: a holiday has none, a make-up day those of a working day, half a holiday fewer. */
export interface SpecialDay {
  readonly day: string;
  readonly name: string;
  readonly spans: readonly Span[];
}

/** Everything that can happen to a calendar of working time. Stored for ever: add, never rename or remove. */
export type CalendarEvents = {
  /** The hours of work of a week were laid down, by the clock of a time zone. */
  CalendarDefined: { calendarId: string; name: string; zone: string; week: Week };

  /** Other hours hold from a day on. Earlier days keep theirs. */
  CalendarWeekChanged: { calendarId: string; from: string; week: Week };

  /** Days have hours of their own, instead of those of the week. The source is null for what was said by hand. */
  CalendarDaysSet: { calendarId: string; days: readonly SpecialDay[]; source: HolidaySource | null };

  /** Days have the hours of the week again. */
  CalendarDaysCleared: { calendarId: string; days: readonly string[] };
};

export const personal = {} as const satisfies Personal<CalendarEvents>;

/** What looks like personal values and is not: names of calendars, zones and holidays. */
export const harmless = {
  CalendarDefined: ['name', 'zone'],
  CalendarDaysSet: ['days[].name'],
};
