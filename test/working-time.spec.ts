import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
  afterWorkingTime,
  isWorkingTime,
  newCalendar,
  spansOf,
  weekdays,
  withDays,
  withWeek,
  workingTime,
} from '../libs/working-time.js';
import type { Calendar, Span, Week } from '../libs/working-time.js';
import { addMilliseconds, momentIn } from '../libs/time.js';
import { property } from './support/property.js';
import { officeWeek } from './calendars/samples.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const office = newCalendar('Europe/Berlin', officeWeek);
const always: Week = Object.fromEntries(weekdays.map((each) => [each, [{ from: '00:00', to: '24:00' }]]));
const closed = (day: string) => withDays(office, [{ day, name: 'Closed', spans: [] }], null);

describe('working time', () => {
  it('counts the hours of the week, without lunch, nights and weekends', () => {
    // Friday noon is the end of a week of 31 hours.
    expect(workingTime(office, '2026-03-02T00:00:00.000Z', '2026-03-09T00:00:00.000Z')).toBe(31 * HOUR);
    expect(workingTime(office, '2026-03-02T10:30:00.000Z', '2026-03-02T12:30:00.000Z')).toBe(HOUR);
  });

  it('passes by holidays, and counts what makes up for them', () => {
    const day = (hours: Span[]) => withDays(office, [{ day: '2026-03-07', name: 'Make-up', spans: hours }], null);
    const week = ['2026-03-02T00:00:00.000Z', '2026-03-09T00:00:00.000Z'] as const;
    expect(workingTime(closed('2026-03-03'), ...week)).toBe(24 * HOUR);
    expect(workingTime(day([{ from: '10:00', to: '13:00' }]), ...week)).toBe(34 * HOUR);
  });

  it('has other hours from the day on from which they hold', () => {
    const changed = withWeek(office, '2026-03-04', { monday: [{ from: '09:00', to: '10:00' }] });
    expect(workingTime(changed, '2026-03-02T00:00:00.000Z', '2026-03-09T23:00:00.000Z')).toBe((7 + 7 + 1) * HOUR);
  });

  it('is as long as it was by the clock on the wall when that is put forward or back', () => {
    const nights = newCalendar('Europe/Berlin', always);
    const of = (from: string, to: string) =>
      workingTime(nights, momentIn('Europe/Berlin', from, '00:00'), momentIn('Europe/Berlin', to, '00:00')) / HOUR;
    expect(of('2026-03-29', '2026-03-30')).toBe(23);
    expect(of('2026-10-25', '2026-10-26')).toBe(25);
    expect(of('2026-10-26', '2026-10-27')).toBe(24);
  });

  it('of the last day there is ends', () => {
    const [from, to] = ['9999-12-31T00:00:00.000Z', '9999-12-31T01:00:00.000Z'];
    expect(workingTime(newCalendar('UTC', always), from, to)).toBe(HOUR);
  });

  it('of no time at all, or backwards, is none', () => {
    expect(workingTime(office, '2026-03-02T10:00:00.000Z', '2026-03-02T10:00:00.000Z')).toBe(0);
    expect(workingTime(office, '2026-03-02T10:00:00.000Z', '2026-03-02T09:00:00.000Z')).toBe(0);
  });
});

describe('the end of some working time', () => {
  it('lies where work ends, not where the next begins', () => {
    expect(afterWorkingTime(office, '2026-03-02T08:00:00.000Z', 3 * HOUR)).toBe('2026-03-02T11:00:00.000Z');
    expect(afterWorkingTime(office, '2026-03-02T08:00:00.000Z', 3 * HOUR + 1)).toBe('2026-03-02T12:00:00.001Z');
    // From Friday evening on it is Monday.
    expect(afterWorkingTime(office, '2026-03-06T18:00:00.000Z', HOUR)).toBe('2026-03-09T09:00:00.000Z');
    expect(afterWorkingTime(office, '2026-03-06T18:00:00.000Z', 0)).toBe('2026-03-06T18:00:00.000Z');
  });

  it('moves when the calendar changes under it', () => {
    const due = (calendar: Calendar) => afterWorkingTime(calendar, '2026-03-02T15:00:00.000Z', 4 * HOUR);
    expect(due(office)).toBe('2026-03-03T11:00:00.000Z');
    expect(due(closed('2026-03-03'))).toBe('2026-03-04T11:00:00.000Z');
  });

  it('is not found where work never comes', () => {
    const ended = withWeek(office, '2026-03-04', {});
    expect(afterWorkingTime(ended, '2026-03-04T00:00:00.000Z', 1)).toBeUndefined();
  });
});

const times = fc.integer({ min: 0, max: 96 }).map((quarters) => {
  const [hour, minute] = [Math.floor(quarters / 4), (quarters % 4) * 15];
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
});
const spans: fc.Arbitrary<Span[]> = fc.uniqueArray(times, { maxLength: 6 }).map((all) => {
  const sorted = all.toSorted();
  return Array.from({ length: Math.floor(sorted.length / 2) }, (_, index) => ({
    from: sorted[2 * index]!,
    to: sorted[2 * index + 1]!,
  }));
});
const weeks = fc
  .tuple(...weekdays.map(() => spans))
  .map((all): Week => Object.fromEntries(weekdays.map((weekday, index) => [weekday, all[index]!])));
/** Days on which clocks were put forward or back there, in some of them at midnight, and one that was left out. */
const changes = fc.constantFrom(
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-11-01'],
  ['America/Havana', '2026-03-08'],
  ['Africa/Cairo', '2024-04-26'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Pacific/Apia', '2011-12-30'],
  ['Asia/Shanghai', '2026-10-01'],
  ['UTC', '2026-02-28'],
);

const clocks = new Map<string, readonly (readonly [moment: number, day: string, time: string])[]>();

/** Every minute around a day, with what the clock on the wall shows. */
function clockAround(zone: string, day: string) {
  const known = clocks.get(zone + day);
  if (known) return known;
  const start = DateTime.fromISO(day, { zone }).minus({ days: 2 }).toMillis();
  const shown = Array.from({ length: 5 * 24 * 60 }, (_, index) => {
    const local = DateTime.fromMillis(start + index * MINUTE, { zone });
    return [local.toMillis(), local.toFormat('yyyy-MM-dd'), local.toFormat('HH:mm')] as const;
  });
  clocks.set(zone + day, shown);
  return shown;
}

/** Every minute around a day, and whether it is worked: a span begins and ends when the clock first shows its time or a later one. */
function minutesAround(calendar: Calendar, day: string): [moment: number, worked: boolean][] {
  let today = '';
  let hours: { from: string; to: string; begun: boolean; ended: boolean }[] = [];
  return clockAround(calendar.zone, day).map(([moment, date, time]) => {
    if (date !== today) hours = spansOf(calendar, date).map((span) => ({ ...span, begun: false, ended: false }));
    today = date;
    for (const span of hours) {
      span.begun ||= time >= span.from;
      span.ended ||= time >= span.to;
    }
    return [moment, hours.some(({ begun, ended }) => begun && !ended)];
  });
}

it('is what counting minute by minute gives, also on days with 23, 25 or no hours', () => {
  const counting = fc.property(
    changes,
    weeks,
    spans,
    fc.nat(7_000),
    fc.nat(7_000),
    ([zone, day], week, own, one, other) => {
      const calendar = withDays(newCalendar(zone!, week), [{ day: day!, name: 'Own', spans: own }], null);
      const minutes = minutesAround(calendar, day!);
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const worked = minutes.slice(from, to).filter(([, each]) => each).length;
      const moment = (index: number) => new Date(minutes[index]![0]).toISOString();
      expect(workingTime(calendar, moment(from), moment(to)) / MINUTE).toBe(worked);
      expect(isWorkingTime(calendar, moment(from))).toBe(minutes[from]![1]);
      // The end of so much time is the first minute before which that many were worked.
      if (worked === 0) return;
      let left = worked;
      let last = from;
      for (; left > 0; last += 1) if (minutes[last]![1]) left -= 1;
      expect(afterWorkingTime(calendar, moment(from), worked * MINUTE)).toBe(moment(last));
    },
  );
  fc.assert(counting, property(40));
});

it('there and back is the same, and parts add up to the whole', () => {
  const start = Date.parse('2026-01-01T00:00:00.000Z');
  const moments = fc
    .integer({ min: 0, max: 400 * 24 * 60 })
    .map((minute) => new Date(start + minute * MINUTE).toISOString());
  const adding = fc.property(moments, moments, moments, fc.integer({ min: 1, max: 400 * HOUR }), (a, b, c, amount) => {
    const [one, two, three] = [a, b, c].sort() as [string, string, string];
    expect(workingTime(office, one, two) + workingTime(office, two, three)).toBe(workingTime(office, one, three));
    const end = afterWorkingTime(office, one, amount)!;
    expect(workingTime(office, one, end)).toBe(amount);
    expect(workingTime(office, one, addMilliseconds(end, -1))).toBe(amount - 1);
  });
  fc.assert(adding, property(100));
});
