import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
  addDays,
  addHours,
  addMilliseconds,
  dayIn,
  daysBetween,
  endOf,
  isDay,
  isZone,
  millisecondsBetween,
  monthsBetween,
  shiftDay,
  shiftMonth,
  startOfDay,
  utc,
} from '../libs/time.js';
import { property } from './support/property.js';

const moment = fc
  .date({ min: new Date('1975-01-01T00:00:00Z'), max: new Date('2036-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
/** With summer time and without, by the half and by the quarter of an hour, with changes at midnight, across the date line. */
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Tokyo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Australia/Eucla',
  'Pacific/Chatham',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Havana',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Amman',
  'Asia/Tehran',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Pacific/Marquesas',
  'Africa/Casablanca',
];
const zone = fc.constantFrom(...zones);

describe('a day', () => {
  it.each(['2026-01-31', '2024-02-29', '2000-02-29', '9999-12-31', '0001-01-01'])('%s exists', (day) => {
    expect(isDay(day)).toBe(true);
  });

  it.each([
    '2026-02-29',
    '1900-02-29',
    '2026-02-31',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-01-32',
  ])('%s does not exist', (day) => expect(isDay(day)).toBe(false));

  it.each([
    '',
    '2026',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00:00Z',
    ' 2026-01-01',
    '2026-01-01\n',
    '１２３４-01-01',
    '+02026-01-01',
  ])('%j is none', (day) => expect(isDay(day)).toBe(false));

  it('is counted on from another, over the ends of months and years', () => {
    expect(shiftDay('2024-02-28', 1)).toBe('2024-02-29');
    expect(shiftDay('2026-01-01', -1)).toBe('2025-12-31');
    expect(shiftDay('2026-01-01', 365)).toBe('2027-01-01');
  });
});

describe('a time', () => {
  it.each([
    ['2026-03-05T10:20:30.123Z', '2026-03-05T10:20:30.123Z'],
    ['2026-03-05T10:20:30Z', '2026-03-05T10:20:30.000Z'],
    ['2026-03-05T10:20Z', '2026-03-05T10:20:00.000Z'],
    ['2026-03-05T10:20:30.123456789Z', '2026-03-05T10:20:30.123Z'],
    ['2026-03-05T00:20:30+05:45', '2026-03-04T18:35:30.000Z'],
    ['2026-12-31T23:30:00-02:30', '2027-01-01T02:00:00.000Z'],
  ])('%s is %s', (text, iso) => expect(utc(text)).toBe(iso));

  it.each([
    '',
    '2026-03-05',
    '2026-03-05T10:20:30',
    '2026-03-05 10:20:30Z',
    '2026-03-05T10:20:30z',
    'yesterday',
    '1772706030000',
    '2026-02-30T10:20:30Z',
    '2026-03-05T25:00:00Z',
    '2026-03-05T10:61:00Z',
    '2026-03-05T10:20:61Z',
    '2026-03-05T10:20:30+25:00',
    '2026-03-05T10:20:30+0100',
    '2026-03-05T10:20:30.Z',
    '0000-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
  ])('%j is none', (text) => expect(utc(text)).toBeUndefined());

  it('is read as it is written', () => {
    fc.assert(
      fc.property(moment, (iso) => expect(utc(iso)).toBe(iso)),
      property(200),
    );
  });

  it('moves by milliseconds, hours and days, and comes back', () => {
    expect(addHours('2026-01-01T00:00:00.000Z', 24)).toBe('2026-01-02T00:00:00.000Z');
    expect(addDays('2026-01-01T12:00:00.000Z', -1)).toBe('2025-12-31T12:00:00.000Z');
    fc.assert(
      fc.property(moment, fc.integer({ min: -1e9, max: 1e9 }), (iso, by) => {
        expect(millisecondsBetween(iso, addMilliseconds(iso, by))).toBe(by);
      }),
      property(200),
    );
  });

  it('is whole days from another, rounded down', () => {
    expect(daysBetween('2026-01-01T12:00:00.000Z', '2026-01-02T11:59:59.999Z')).toBe(0);
    expect(daysBetween('2026-01-01T12:00:00.000Z', '2026-01-02T12:00:00.000Z')).toBe(1);
  });
});

describe('a month', () => {
  it('is counted on from another, and back', () => {
    expect(shiftMonth('2026-11', 3)).toBe('2027-02');
    expect(shiftMonth('2026-02', -2)).toBe('2025-12');
    expect(shiftMonth('0099-12', 1)).toBe('0100-01');
    fc.assert(
      fc.property(moment, fc.integer({ min: -500, max: 500 }), (iso, by) => {
        const month = iso.slice(0, 7);
        expect(monthsBetween(month, shiftMonth(month, by))).toBe(by);
      }),
      property(200),
    );
  });
});

describe('a time zone', () => {
  it.each([...zones, 'Etc/GMT+5'])('%s is known', (name) => expect(isZone(name)).toBe(true));
  it.each(['', 'Europe/Atlantis', 'UTC; DROP', 'Mars/Olympus', '+25:00'])('%j is none', (name) =>
    expect(isZone(name)).toBe(false),
  );

  it('says which day it is there at a moment', () => {
    expect(dayIn('UTC', '2026-03-05T23:59:59.999Z')).toBe('2026-03-05');
    expect(dayIn('Asia/Kathmandu', '2026-03-05T18:14:59.999Z')).toBe('2026-03-05');
    expect(dayIn('Asia/Kathmandu', '2026-03-05T18:15:00.000Z')).toBe('2026-03-06');
    expect(dayIn('America/New_York', '2026-03-06T04:59:59.000Z')).toBe('2026-03-05');
    // A minute past midnight, on the day the clock was put forward then.
    expect(dayIn('America/St_Johns', '2009-03-08T03:32:00.000Z')).toBe('2009-03-08');
    expect(dayIn('America/St_Johns', '2009-11-01T02:32:00.000Z')).toBe('2009-10-31');
    expect(dayIn('Asia/Tokyo', '0001-01-01T12:00:00.000Z')).toBe('0001-01-01');
  });

  it('has the same days as those who keep the zones', () => {
    fc.assert(
      fc.property(zone, moment, (name, iso) =>
        expect(dayIn(name, iso)).toBe(DateTime.fromISO(iso, { zone: name }).toISODate()),
      ),
      property(2_000),
    );
  });

  it.each([
    ['UTC', '2026-03-29', '2026-03-29T00:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z'],
    ['Europe/Berlin', '2026-10-26', '2026-10-25T23:00:00.000Z'],
    ['Asia/Kathmandu', '2026-01-01', '2025-12-31T18:15:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-06', '2026-04-05T13:30:00.000Z'],
    // No midnight: the clock went from there to one.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    ['Africa/Cairo', '2024-04-26', '2024-04-25T22:00:00.000Z'],
    // Two midnights.
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    ['Asia/Amman', '2021-10-29', '2021-10-28T21:00:00.000Z'],
    // A day that was left out.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z'],
  ])('%s begins the day %s at %s', (name, day, iso) => expect(startOfDay(name, day)).toBe(iso));

  it('begins a day where it was still the day before', () => {
    fc.assert(
      fc.property(zone, moment, (name, iso) => {
        const day = dayIn(name, iso);
        const start = startOfDay(name, day);
        expect(dayIn(name, start)).toBe(day);
        expect(dayIn(name, addMilliseconds(start, -1)) < day).toBe(true);
        expect(start <= iso).toBe(true);
      }),
      property(2_000),
    );
  });
});

it('a day means all of it, in the zone that counts', () => {
  expect(endOf('2017-06-30', 'UTC')).toBe('2017-06-30T23:59:59.999Z');
  expect(endOf('2017-06-30', 'Asia/Shanghai')).toBe('2017-06-30T15:59:59.999Z');
  expect(endOf('2017-06-30T10:00:00.000Z', 'Asia/Shanghai')).toBe('2017-06-30T10:00:00.000Z');
});
