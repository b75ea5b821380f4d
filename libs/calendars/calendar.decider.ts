import { Missing, Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import { dayIn, isZone } from '../time.js';
import { newCalendar, weekdays, withDays, withoutDays, withWeek } from '../working-time.js';
import type { Calendar, Span, Week } from '../working-time.js';
import type {
  AddHolidays,
  ChangeCalendarWeek,
  ClearCalendarDays,
  DefineCalendar,
  SetCalendarDays,
} from './commands.js';
import type { CalendarEvents, SpecialDay } from './events.js';

type Event = EventOf<CalendarEvents>;

/** Nothing until it is defined. */
export type CalendarState = Calendar | undefined;

export const calendar = decider<CalendarState, CalendarEvents>({
  category: 'calendar',
  initial: undefined,
  evolve: {
    CalendarDefined: (_, { zone, week }) => newCalendar(zone, week),
    CalendarWeekChanged: (state, { from, week }) => state && withWeek(state, from, week),
    CalendarDaysSet: (state, { days, source }) => state && withDays(state, days, source),
    CalendarDaysCleared: (state, { days }) => state && withoutDays(state, days),
  },
});

export function defineCalendar(state: CalendarState, { calendarId, name, zone, week }: DefineCalendar): Event[] {
  if (state) throw new Refusal('calendar-exists', 'There is a calendar with this id.', { calendarId }, 409);
  if (!isZone(zone)) throw new Refusal('zone-unknown', `There is no time zone ${zone}.`, { field: 'zone' });
  checkWeek(week);
  return [{ type: 'CalendarDefined', data: { calendarId, name, zone, week } }];
}

/** The hours that hold already change nothing. Past days keep the hours they had, since clocks have counted them. */
export function changeCalendarWeek(
  state: CalendarState,
  { calendarId, from, week }: ChangeCalendarWeek,
  now: string,
): Event[] {
  const { zone, weeks } = known(state, calendarId);
  checkWeek(week);
  const today = dayIn(zone, now);
  if (from < today) {
    throw new Refusal('day-in-the-past', `Other hours can hold from ${today} on at the earliest.`, {
      field: 'from',
      today,
    });
  }
  const current = weeks.findLast((each) => each.from <= from)!;
  if (isSame(current.week, week)) return [];
  return [{ type: 'CalendarWeekChanged', data: { calendarId, from, week } }];
}

/** Days that have these hours already are left out. Past days may be set: a holiday can be declared late. */
export function setCalendarDays(state: CalendarState, { calendarId, days }: SetCalendarDays): Event[] {
  const { days: set } = known(state, calendarId);
  const twice = days.filter(({ day }, index) => days.findIndex((each) => each.day === day) < index);
  if (twice.length > 0) {
    throw new Refusal('day-twice', 'Each day has its hours once.', {
      field: 'days',
      days: twice.map(({ day }) => day),
    });
  }
  checkSpans(days.map(({ day, spans }, index) => [`days.${index}.spans`, day, spans] as const));
  const changed = days.filter(({ day, name, spans }) => {
    const before = set[day];
    return before?.source !== null || before.name !== name || JSON.stringify(before.spans) !== JSON.stringify(spans);
  });
  if (changed.length === 0) return [];
  return [{ type: 'CalendarDaysSet', data: { calendarId, days: changed, source: null } }];
}

/** Days that follow the week already are left out. */
export function clearCalendarDays(state: CalendarState, { calendarId, days }: ClearCalendarDays): Event[] {
  const { days: set } = known(state, calendarId);
  const cleared = days.filter((day) => day in set);
  return cleared.length === 0 ? [] : [{ type: 'CalendarDaysCleared', data: { calendarId, days: cleared } }];
}

/** @param holidays of the country in these years. Those that have hours of their own already are left out. */
export function addHolidays(
  state: CalendarState,
  { calendarId, country, region }: AddHolidays,
  _now: string,
  holidays: readonly Omit<SpecialDay, 'spans'>[],
): Event[] {
  const { days: set } = known(state, calendarId);
  const days = holidays.filter(({ day }) => !(day in set)).map((holiday): SpecialDay => ({ ...holiday, spans: [] }));
  return days.length === 0
    ? []
    : [{ type: 'CalendarDaysSet', data: { calendarId, days, source: { country, region } } }];
}

/** @throws Missing */
function known(state: CalendarState, calendarId: string): Calendar {
  if (!state) throw new Missing('calendar', calendarId);
  return state;
}

/** @throws Refusal `spans-invalid` · `calendar-without-work` */
function checkWeek(week: Week): void {
  checkSpans(weekdays.map((weekday) => [`week.${weekday}`, weekday, week[weekday] ?? []] as const));
  if (weekdays.every((weekday) => (week[weekday] ?? []).length === 0)) {
    throw new Refusal('calendar-without-work', 'A week has hours of work, or nothing would ever be due.', {
      field: 'week',
    });
  }
}

/** Every span ends after it begins, and begins after the one before. @throws Refusal `spans-invalid`, which names all */
function checkSpans(all: readonly (readonly [field: string, name: string, spans: readonly Span[]])[]): void {
  const wrong = all.flatMap(([field, name, spans]) =>
    spans.flatMap(({ from, to }, index) =>
      from < to && (index === 0 || spans[index - 1]!.to <= from)
        ? []
        : [{ field: `${field}.${index}`, of: name, from, to }],
    ),
  );
  if (wrong.length === 0) return;
  const said = wrong.map(({ of, from, to }) => `${of} ${from}–${to}`).join(', ');
  throw new Refusal('spans-invalid', `Hours of work end after they begin, and follow each other: ${said} do not.`, {
    field: wrong[0]!.field,
    spans: wrong,
  });
}

const isSame = (one: Week, other: Week): boolean =>
  weekdays.every((weekday) => JSON.stringify(one[weekday] ?? []) === JSON.stringify(other[weekday] ?? []));
