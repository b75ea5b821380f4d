import { command } from '../commands/command.js';
import { day, list, orNull, part, pattern, text, whole } from '../commands/fields.js';
import type { Span } from '../working-time.js';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;
const time = () => pattern(TIME, 'must be a time of the day from 00:00 to 24:00');

/** Whether there is such a zone, the rule says. */
const ZONE = /^[A-Za-z][A-Za-z0-9_+-]{0,31}(\/[A-Za-z0-9_+-]{1,31}){0,2}$/;

const spans = () =>
  list<Span>(
    part({
      from: time().describe('When work begins.'),
      to: time().describe('When it ends, later on the same day: `24:00` at the latest.'),
    }),
    { most: 6 },
  ).describe('Hours of work, one after the other. Empty for none.');

const week = () =>
  part({
    monday: spans().optional(),
    tuesday: spans().optional(),
    wednesday: spans().optional(),
    thursday: spans().optional(),
    friday: spans().optional(),
    saturday: spans().optional(),
    sunday: spans().optional(),
  }).describe('Hours of work by weekday. A weekday that is left out has none.');

export class DefineCalendar extends command({
  says: 'Lays down when work is done: hours by weekday, by the clock of a time zone.',
  post: 'calendars',
  requires: 'calendars.define',
  about: 'calendarId',
  creates: { calendarId: 'calendar' },
  fields: {
    name: text(200),
    zone: pattern(ZONE, 'must be the name of an IANA time zone such as Europe/Berlin'),
    week: week(),
  },
}) {}

export class ChangeCalendarWeek extends command({
  says: 'Has other hours hold from a day on, today at the earliest.',
  post: 'calendars/:calendarId/week',
  requires: 'calendars.define',
  about: 'calendarId',
  fields: { from: day().describe('The first day with these hours.'), week: week() },
}) {}

export class SetCalendarDays extends command({
  says: 'Gives days hours of their own: none to a holiday, fewer to half of one, more to a make-up day.',
  post: 'calendars/:calendarId/days',
  requires: 'calendars.define',
  about: 'calendarId',
  fields: {
    days: list(part({ day: day(), name: text(200), spans: spans() }), { least: 1, most: 40 }),
  },
}) {}

export class ClearCalendarDays extends command({
  says: 'Has days follow the week again.',
  post: 'calendars/:calendarId/days/clear',
  requires: 'calendars.define',
  about: 'calendarId',
  fields: { days: list(day(), { least: 1, most: 400, unique: true }) },
}) {}

export class AddHolidays extends command({
  says: 'Takes over the public holidays of a country. Days with hours of their own keep them.',
  post: 'calendars/:calendarId/holidays',
  requires: 'calendars.define',
  about: 'calendarId',
  fields: {
    country: pattern(/^[A-Z]{2}$/, 'must be an ISO 3166 code of two letters such as DE'),
    region: orNull(pattern(/^[A-Z0-9-]{1,8}$/, 'must be a code of a state or province such as BY')).describe(
      'State or province within the country, for holidays that only it has.',
    ),
    years: list(whole(1970, 2100), { least: 1, most: 20, unique: true }),
  },
}) {}
