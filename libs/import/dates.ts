import { DateTime } from 'luxon';
import { Refusal } from '../errors.js';
import { isDay, utc } from '../time.js';

/** A point in time as a file writes it. */
export interface Dated {
  /** UTC with milliseconds; the beginning of the local day when the file names no time. */
  readonly moment: string;
  /** The day it is written as, where it is local. */
  readonly day: string;
}

/** Non-breaking spaces, which some programs write before AM and PM. */
const BLANKS = /[\u00a0\u2009\u202f]/g;

/** Size of the cache; files repeat dates, and parsing is slow. */
const MOST_KEPT = 50_000;
const kept = new Map<string, Dated | undefined>();

/**
 * @param formats `iso`, `unix`, `unix-ms`, or Luxon's tokens such as `dd.MM.yyyy HH:mm`; the first that fits counts
 * @param zone time zone of what comes without an offset
 * @throws Refusal `date-invalid`
 */
export function dateOf(written: string, formats: readonly string[], zone: string): Dated {
  const text = written.replace(BLANKS, ' ');
  for (const format of formats) {
    const key = `${format}\n${zone}\n${text}`;
    let date = kept.get(key);
    if (!date && !kept.has(key)) {
      date = read(text, format, zone);
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(key, date);
    }
    if (date) return date;
  }
  throw new Refusal(
    'date-invalid',
    `"${text.slice(0, 40)}" is no date that exists, written as ${formats.join(' or ')}.`,
    {
      value: text.slice(0, 40),
      formats,
    },
  );
}

function read(text: string, format: string, zone: string): Dated | undefined {
  if (format === 'iso') return readIso(text, zone);
  if (format === 'unix' || format === 'unix-ms') {
    if (!/^-?\d{1,14}$/.test(text)) return undefined;
    return asDated(DateTime.fromMillis(Number(text) * (format === 'unix' ? 1_000 : 1), { zone }));
  }
  const hasOffset = /[zZ]/.test(unquoted(format));
  if (hasOffset) return asDated(DateTime.fromFormat(text, format, { zone, locale: 'en' }));
  return local(
    DateTime.fromFormat(text, format, { zone: 'utc', locale: 'en' }),
    zone,
    /[HhTtfF]/.test(unquoted(format)),
  );
}

const unquoted = (format: string): string => format.replace(/'[^']*'/g, '');

const LOCAL = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?$/;

function readIso(text: string, zone: string): Dated | undefined {
  if (LOCAL.test(text)) return local(DateTime.fromISO(text.replace(' ', 'T'), { zone: 'utc' }), zone, text.length > 10);
  const moment = utc(text.replace(' ', 'T'));
  return moment === undefined ? undefined : asDated(DateTime.fromISO(moment, { zone }));
}

/** Converts a local date or time that was parsed as UTC. A time that the clocks skipped does not exist. */
function local(read: DateTime, zone: string, hasTime: boolean): Dated | undefined {
  if (!read.isValid) return undefined;
  const there = read.setZone(zone, { keepLocalTime: true });
  if (!hasTime) return asDated(there.startOf('day'), read.toISODate() ?? undefined);
  return there.hour === read.hour && there.minute === read.minute ? asDated(there) : undefined;
}

/** Refuses years that are placeholders, such as 0001 or 1899. */
function asDated(date: DateTime, day = date.toISODate() ?? ''): Dated | undefined {
  const moment = date.isValid ? new Date(date.toMillis()).toISOString() : '';
  if (!isDay(day) || day < '1900-01-01' || !/^\d{4}-/.test(moment)) return undefined;
  return { moment, day };
}
