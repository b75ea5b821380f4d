import { describe, expect, it } from '@jest/globals';
import * as rules from '../../libs/calendars/calendar.decider.js';
import { calendar } from '../../libs/calendars/calendar.decider.js';
import type { CalendarState } from '../../libs/calendars/calendar.decider.js';
import {
  AddHolidays,
  ChangeCalendarWeek,
  ClearCalendarDays,
  DefineCalendar,
  SetCalendarDays,
} from '../../libs/calendars/commands.js';
import type { CalendarEvents, SpecialDay } from '../../libs/calendars/events.js';
import { holidaysOf } from '../../libs/calendars/holidays.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import type { Week } from '../../libs/working-time.js';
import { calendarList } from '../../projections/calendar-list.js';
import { given } from '../support/given.js';
import { calendarId, nineToFive, officeWeek } from './samples.js';

type Event = EventOf<CalendarEvents>;

const now = '2026-03-10T23:30:00.000Z';
const defined: Event = {
  type: 'CalendarDefined',
  data: { calendarId, name: 'Office', zone: 'Europe/Berlin', week: officeWeek },
};
const daysSet = (days: readonly SpecialDay[], country?: string): Event => ({
  type: 'CalendarDaysSet',
  data: { calendarId, days, source: country === undefined ? null : { country, region: null } },
});
const holiday = (day: string, name = 'Holiday'): SpecialDay => ({ day, name, spans: [] });

const defining = (week: Week) => (state: CalendarState) =>
  rules.defineCalendar(state, new DefineCalendar(calendarId, { name: 'Office', zone: 'Europe/Berlin', week }));
const changing = (from: string, week: Week) => (state: CalendarState) =>
  rules.changeCalendarWeek(state, new ChangeCalendarWeek(calendarId, { from, week }), now);
const setting =
  (...days: SpecialDay[]) =>
  (state: CalendarState) =>
    rules.setCalendarDays(state, new SetCalendarDays(calendarId, { days }));
const clearing =
  (...days: string[]) =>
  (state: CalendarState) =>
    rules.clearCalendarDays(state, new ClearCalendarDays(calendarId, { days }));

describe('defining a calendar', () => {
  it('records its hours', () => {
    given(calendar)
      .when(defining(officeWeek))
      .thenRecords(defined)
      .thenReads(calendarList, calendarId, { name: 'Office', zone: 'Europe/Berlin', days: {}, revision: 0 });
  });

  it('names all hours that are wrong at once', () => {
    const week = {
      monday: [{ from: '09:00', to: '09:00' }],
      tuesday: [
        { from: '09:00', to: '12:00' },
        { from: '11:59', to: '13:00' },
      ],
    };
    given(calendar)
      .when(defining(week))
      .thenRefuses('spans-invalid', {
        field: 'week.monday.0',
        spans: [
          { field: 'week.monday.0', of: 'monday', from: '09:00', to: '09:00' },
          { field: 'week.tuesday.1', of: 'tuesday', from: '11:59', to: '13:00' },
        ],
      });
  });

  it('is refused in a zone that is none', () => {
    const elsewhere = (state: CalendarState) =>
      rules.defineCalendar(
        state,
        new DefineCalendar(calendarId, { name: 'Office', zone: 'Europe/Atlantis', week: officeWeek }),
      );
    given(calendar).when(elsewhere).thenRefuses('zone-unknown', { field: 'zone' });
  });

  it('is refused without any work', () => {
    given(calendar)
      .when(defining({ monday: [] }))
      .thenRefuses('calendar-without-work');
  });
});

describe('changing the week', () => {
  const shorter = { monday: nineToFive };

  it('holds from a day on, in the zone of the calendar today at the earliest', () => {
    given(calendar, defined)
      .when(changing('2026-03-11', shorter))
      .thenRecords({ type: 'CalendarWeekChanged', data: { calendarId, from: '2026-03-11', week: shorter } });
    // 23:30 in UTC is the next day in Berlin.
    given(calendar, defined)
      .when(changing('2026-03-10', shorter))
      .thenRefuses('day-in-the-past', { today: '2026-03-11' });
  });

  it('to the hours there are changes nothing', () => {
    given(calendar, defined)
      .when(changing('2026-04-01', { ...officeWeek, saturday: [] }))
      .thenRecords();
  });

  it('of a calendar that is not there is refused', () => {
    given(calendar).when(changing('2026-04-01', shorter)).thenRefuses('calendar-unknown', { id: calendarId });
  });
});

describe('days with hours of their own', () => {
  it('are set, also in the past, but for those that have these hours already', () => {
    given(calendar, defined, daysSet([holiday('2026-01-01')]))
      .when(setting(holiday('2026-01-01'), holiday('2026-01-06')))
      .thenRecords(daysSet([holiday('2026-01-06')]))
      .thenReads(calendarList, calendarId, {
        days: {
          '2026-01-01': { name: 'Holiday', spans: [], source: null },
          '2026-01-06': { name: 'Holiday', spans: [], source: null },
        },
      });
  });

  it('are refused twice in one command, and with hours that are none', () => {
    given(calendar, defined)
      .when(setting(holiday('2026-05-01'), holiday('2026-05-01', 'Other')))
      .thenRefuses('day-twice', { days: ['2026-05-01'] });
    given(calendar, defined)
      .when(setting({ day: '2026-05-01', name: 'Bridge', spans: [{ from: '12:00', to: '09:00' }] }))
      .thenRefuses('spans-invalid', { field: 'days.0.spans.0' });
  });

  it('follow the week again once they are cleared', () => {
    given(calendar, defined, daysSet([holiday('2026-05-01')]))
      .when(clearing('2026-05-01', '2026-05-02'))
      .thenRecords({ type: 'CalendarDaysCleared', data: { calendarId, days: ['2026-05-01'] } })
      .thenReads(calendarList, calendarId, { days: {} });
    given(calendar, defined).when(clearing('2026-05-01')).thenRecords();
  });
});

describe('holidays of a country', () => {
  const adding = (holidays: Parameters<typeof rules.addHolidays>[3]) => (state: CalendarState) =>
    rules.addHolidays(
      state,
      new AddHolidays(calendarId, { country: 'DE', region: null, years: [2026] }),
      now,
      holidays,
    );

  it('are added to days that follow the week', () => {
    given(calendar, defined, daysSet([{ ...holiday('2026-05-01'), spans: nineToFive }]))
      .when(
        adding([
          { day: '2026-01-01', name: 'Neujahr' },
          { day: '2026-05-01', name: 'Tag der Arbeit' },
        ]),
      )
      .thenRecords(daysSet([holiday('2026-01-01', 'Neujahr')], 'DE'));
  });

  it('a second time change nothing', () => {
    given(calendar, defined, daysSet([holiday('2026-01-01', 'Neujahr')], 'DE'))
      .when(adding([{ day: '2026-01-01', name: 'Neujahr' }]))
      .thenRecords();
  });

  it('are those of the region, whole days only', async () => {
    const days = async (country: string, region: string | null) =>
      (await holidaysOf(country, region, [2026])).map(({ day }) => day);
    const bavaria = await days('DE', 'BY');
    expect(bavaria).toContain('2026-01-06');
    expect(await days('DE', null)).not.toContain('2026-01-06');
    expect(bavaria).toEqual(bavaria.toSorted());
    // Half a day for some, at noon on 8 March.
    expect(await days('CN', null)).toEqual(expect.arrayContaining(['2026-10-01', '2026-10-02', '2026-10-03']));
    expect(await days('CN', null)).not.toContain('2026-03-08');
  });

  it('of a country or region that is none are refused', async () => {
    await expect(holidaysOf('ZZ', null, [2026])).rejects.toMatchObject({ code: 'country-unknown' });
    await expect(holidaysOf('DE', 'XX', [2026])).rejects.toMatchObject({
      code: 'region-unknown',
      details: { regions: expect.arrayContaining(['BY', 'BE']) },
    });
  });
});
