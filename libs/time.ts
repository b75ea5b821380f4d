/**
 * Arithmetic on ISO times, for rules and projections: functions of their arguments, none of them asks for the present.
 * Times are ISO 8601 in UTC with milliseconds, days are `YYYY-MM-DD`; both compare as text.
 */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Clocks of two machines may differ by this much, in milliseconds: a time that is less in the future is taken for now. */
export const CLOCK_SKEW = 5 * 60_000;

export const millisecondsBetween = (from: string, to: string): number => Date.parse(to) - Date.parse(from);

export const daysBetween = (from: string, to: string): number => Math.floor(millisecondsBetween(from, to) / DAY);

export const addMilliseconds = (iso: string, milliseconds: number): string =>
  new Date(Date.parse(iso) + milliseconds).toISOString();

export const addHours = (iso: string, hours: number): string => addMilliseconds(iso, hours * HOUR);

export const addDays = (iso: string, days: number): string => addMilliseconds(iso, days * DAY);

/** The day before or after a day. */
export const shiftDay = (day: string, days: number): string => addDays(`${day}T00:00:00.000Z`, days).slice(0, 10);

/** The calendar month before or after `YYYY-MM`. */
export function shiftMonth(month: string, months: number): string {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + months;
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`;
}

/** Months from one `YYYY-MM` to another. */
export const monthsBetween = (from: string, to: string): number =>
  (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7));

/** Whether the text is a day that exists: 31 February does not. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** The moment in UTC with milliseconds. @returns undefined when the text is no ISO time with offset, or no real day */
export function utc(text: string): string | undefined {
  if (!ISO.test(text) || !isDay(text.slice(0, 10))) return undefined;
  const parsed = Date.parse(text);
  if (Number.isNaN(parsed)) return undefined;
  const iso = new Date(parsed).toISOString();
  // An offset can lead out of the years with four digits, where text order is time order no more.
  return /^\d{4}-/.test(iso) ? iso : undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number | undefined>();
const MOST_OFFSETS = 100_000;

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

export function isZone(zone: string): boolean {
  try {
    return formatOf(zone) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Local minus UTC at a moment, in milliseconds. */
function offsetAt(zone: string, moment: number): number {
  const whole = Math.floor(moment / 1_000) * 1_000;
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(whole)
      .map(({ type, value }) => [type, value]),
  );
  const { year = '', month, day, hour, minute, second } = parts;
  return Date.parse(`${year.padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}Z`) - whole;
}

/** The same, kept by day; undefined on the days on which it changes, a few in a year. */
function offsetIn(zone: string, iso: string): number {
  const moment = Date.parse(iso);
  const start = Math.floor(moment / DAY) * DAY;
  const place = `${zone} ${start}`;
  if (!offsets.has(place)) {
    if (offsets.size > MOST_OFFSETS) offsets.clear();
    const offset = offsetAt(zone, start);
    offsets.set(place, offset === offsetAt(zone, start + DAY) ? offset : undefined);
  }
  return offsets.get(place) ?? offsetAt(zone, moment);
}

/** The local day of a moment in a time zone. */
export const dayIn = (zone: string, iso: string): string =>
  zone === 'UTC' ? iso.slice(0, 10) : addMilliseconds(iso, offsetIn(zone, iso)).slice(0, 10);

/** The moment that a moment or a local day stands for where the past is asked about: a day means all of it. */
export const endOf = (moment: string, zone: string): string =>
  isDay(moment) ? addMilliseconds(startOfDay(zone, shiftDay(moment, 1)), -1) : moment;

/**
 * The first moment of a local day at which the clock shows a time. Where the clock is put forward over that time it is the moment
 * of that; where it is put back, and shows the time twice, the first of the two.
 * @param time `09:30`; `24:00` is the beginning of the next day
 */
export function momentIn(zone: string, day: string, time: string): string {
  const local = new Date(`${day}T${time}:00.000Z`).toISOString();
  if (zone === 'UTC') return local;
  const offsets = [addHours(local, -LONGEST_OFFSET), addHours(local, LONGEST_OFFSET)].map((moment) =>
    offsetIn(zone, moment),
  );
  const [first, second] = offsets.map((offset) => Date.parse(local) - offset).sort((one, other) => one - other) as [
    number,
    number,
  ];
  for (const moment of [first, second].map((each) => new Date(each).toISOString())) {
    if (Date.parse(moment) + offsetIn(zone, moment) === Date.parse(local)) return moment;
  }
  // The clock is put forward between the two: the first moment with the later offset.
  const before = offsetAt(zone, first);
  let [low, high] = [first, second];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === before) low = middle;
    else high = middle;
  }
  return new Date(high).toISOString();
}

/** Local times are at most so many hours from UTC, with some to spare. */
const LONGEST_OFFSET = 15;

/** The moment a local day begins: not at midnight where the clock is put forward then, and the first of two midnights. */
export const startOfDay = (zone: string, day: string): string => momentIn(zone, day, '00:00');
