import { addMilliseconds, dayIn, daysBetween, momentIn, shiftDay } from './time.js';

/* Calendars of working time and arithmetic on them, for clocks that stand still at night: functions of their arguments. */

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/** Hours of work within a day, by the clock of the calendar's zone: `09:00` to `17:30`, at most to `24:00`. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Hours of work by weekday, in their order. A weekday that is not there has none. */
export type Week = { readonly [Day in Weekday]?: readonly Span[] | undefined };

/** Where holidays were taken from. */
export interface HolidaySource {
  /** ISO 3166 code of the country. */
  readonly country: string;
  /** Code of the state or province within it; null for the whole country. */
  readonly region: string | null;
}

/** What is known of a day with hours of its own. */
export interface DayHours {
  readonly name: string;
  readonly spans: readonly Span[];
  readonly source: HolidaySource | null;
}

/** Hours of work by the clock of a zone, for every day there is. */
export interface Calendar {
  /** IANA time zone. */
  readonly zone: string;
  /** Hours by weekday, and the day from which on they hold; ascending. The first holds for all days before, too. */
  readonly weeks: readonly { readonly from: string; readonly week: Week }[];
  /** Days with hours of their own. */
  readonly days: Readonly<Record<string, DayHours>>;
}

/** The first hours hold for all days before, too: this sorts before all days. */
const BEGINNING = '0001-01-01';

export const newCalendar = (zone: string, week: Week): Calendar => ({
  zone,
  weeks: [{ from: BEGINNING, week }],
  days: {},
});

/** Other hours from a day on; what was to begin on the same day is replaced. */
export const withWeek = <Known extends Calendar>(calendar: Known, from: string, week: Week): Known => ({
  ...calendar,
  weeks: [...calendar.weeks.filter((each) => each.from !== from), { from, week }].sort((one, other) =>
    one.from < other.from ? -1 : 1,
  ),
});

export const withDays = <Known extends Calendar>(
  calendar: Known,
  days: readonly { readonly day: string; readonly name: string; readonly spans: readonly Span[] }[],
  source: HolidaySource | null,
): Known => ({
  ...calendar,
  days: {
    ...calendar.days,
    ...Object.fromEntries(days.map(({ day, name, spans }) => [day, { name, spans, source }])),
  },
});

export const withoutDays = <Known extends Calendar>(calendar: Known, days: readonly string[]): Known => ({
  ...calendar,
  days: Object.fromEntries(Object.entries(calendar.days).filter(([day]) => !days.includes(day))),
});

/** How far a moment is looked for, in days: a little more than ten years. */
export const FARTHEST = 3_700;

/** Hours of work of a day. */
export function spansOf({ weeks, days }: Calendar, day: string): readonly Span[] {
  const own = days[day];
  if (own) return own.spans;
  const { week } = weeks.findLast(({ from }) => from <= day) ?? weeks[0]!;
  return week[weekdays[(new Date(`${day}T00:00:00.000Z`).getUTCDay() + 6) % 7]!] ?? [];
}

/**
 * The same as moments: a span begins and ends when the clock first shows its time. So hours that a clock leaves out are not there, and of
 * hours that it shows twice, a span that holds them all has both.
 */
function momentsOf(calendar: Calendar, day: string): readonly (readonly [begin: number, end: number])[] {
  return spansOf(calendar, day).map(({ from, to }) => [
    Date.parse(momentIn(calendar.zone, day, from)),
    Date.parse(momentIn(calendar.zone, day, to)),
  ]);
}

/** Working time between two moments, in milliseconds; none when the second one is not later. */
export function workingTime(calendar: Calendar, from: string, to: string): number {
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const first = dayIn(calendar.zone, from);
  const days = daysBetween(`${first}T00:00:00.000Z`, `${dayIn(calendar.zone, to)}T00:00:00.000Z`);
  let sum = 0;
  for (let day = 0; day <= days; day += 1) {
    for (const [opens, closes] of momentsOf(calendar, shiftDay(first, day))) {
      sum += Math.max(0, Math.min(closes, end) - Math.max(opens, begin));
    }
  }
  return sum;
}

/**
 * The first moment by which so much working time has passed since another one: the end of the last hour worked, not the
 * beginning of the next.
 * @param milliseconds of working time; 0 is the moment itself
 * @returns undefined when it does not pass within ten years
 */
export function afterWorkingTime(calendar: Calendar, from: string, milliseconds: number): string | undefined {
  if (milliseconds <= 0) return from;
  const begin = Date.parse(from);
  const first = dayIn(calendar.zone, from);
  let left = milliseconds;
  for (let days = 0, day = first; days <= FARTHEST; days += 1, day = shiftDay(day, 1)) {
    for (const [opens, closes] of momentsOf(calendar, day)) {
      const start = Math.max(opens, begin);
      if (closes <= start) continue;
      if (left <= closes - start) return addMilliseconds(new Date(start).toISOString(), left);
      left -= closes - start;
    }
  }
  return undefined;
}

/** Whether a moment lies in working time; the moment at which work ends does not. */
export function isWorkingTime(calendar: Calendar, moment: string): boolean {
  const at = Date.parse(moment);
  return momentsOf(calendar, dayIn(calendar.zone, moment)).some(([opens, closes]) => opens <= at && at < closes);
}
