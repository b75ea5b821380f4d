import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { calendarList, calendarView } from '../../projections/calendar-list.js';
import type { CalendarDocument, CalendarView } from '../../projections/calendar-list.js';
import { digits } from '../commands/query-fields.js';
import { time } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { Clock } from '../clock.js';
import { Invalid, Missing } from '../errors.js';
import { documentWhen, page } from '../http/asked.js';
import type { Found } from '../read-models/read-models.js';
import { Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import { daysBetween } from '../time.js';
import { afterWorkingTime, FARTHEST, isWorkingTime, workingTime } from '../working-time.js';

const MINUTE = 60_000;
/** Of years far away, zones are not known, and days have more digits. */
const EARLIEST = '1900';
const LATEST = '2200';

export class GetCalendar extends Query<CalendarView> {
  constructor(
    readonly calendarId: string,
    readonly when: When = {},
  ) {
    super();
  }
}

@QueryHandler(GetCalendar)
export class GetCalendarHandler implements IQueryHandler<GetCalendar> {
  constructor(private readonly reading: Reading) {}

  async execute({ calendarId, when }: GetCalendar): Promise<CalendarView> {
    return calendarView(await calendarOf(this.reading, calendarId, when));
  }
}

export const calendarFilters = { ...page };

export class ListCalendars extends Query<Found<CalendarView>> {
  constructor(readonly listing: ValuesOf<typeof calendarFilters> = {}) {
    super();
  }
}

@QueryHandler(ListCalendars)
export class ListCalendarsHandler implements IQueryHandler<ListCalendars> {
  constructor(private readonly reading: Reading) {}

  async execute({ listing }: ListCalendars): Promise<Found<CalendarView>> {
    const { limit = 50, cursor } = listing;
    const readModels = await this.reading.of(calendarList, listing);
    const found = await readModels.find(calendarList, { filter: {}, sort: ['nameKey'], limit, cursor });
    return { ...found, items: found.items.map(calendarView) };
  }
}

/** Which working time is counted: between two moments, or from one on until so much has passed. */
export const counted = {
  ...documentWhen,
  from: time().optional().describe('From this moment on: now unless it says otherwise.'),
  to: time().optional().describe('Up to this moment. Either this, or `minutes`.'),
  minutes: digits(0, 5_000_000).optional().describe('When so many minutes of working time will have passed.'),
};

export interface WorkingTime {
  readonly calendarId: string;
  /** Version of the calendar that it was counted on. */
  readonly revision: number;
  readonly from: string;
  /** The moment asked about, or the one by which the minutes have passed. */
  readonly to: string;
  /** Minutes of working time between the two. */
  readonly minutes: number;
  /** Whether each of the two moments lies in working time. */
  readonly working: { readonly from: boolean; readonly to: boolean };
}

export class GetWorkingTime extends Query<WorkingTime> {
  constructor(
    readonly calendarId: string,
    readonly asked: ValuesOf<typeof counted>,
  ) {
    super();
  }
}

@QueryHandler(GetWorkingTime)
export class GetWorkingTimeHandler implements IQueryHandler<GetWorkingTime> {
  constructor(
    private readonly reading: Reading,
    private readonly clock: Clock,
  ) {}

  async execute({ calendarId, asked }: GetWorkingTime): Promise<WorkingTime> {
    const { from = this.clock.now(), minutes, to: until, ...when } = asked;
    const calendar = await calendarOf(this.reading, calendarId, when);
    if ((until === undefined) === (minutes === undefined)) {
      throw new Invalid('working-time-of-what', 'Ask for the time up to `to`, or for the end of so many `minutes`.', {
        field: 'to',
      });
    }
    if (from < EARLIEST || from > LATEST) {
      throw new Invalid('working-time-period', 'Working time is counted from 1900 to 2200.', { field: 'from' });
    }
    if (until !== undefined && (until < from || daysBetween(from, until) > FARTHEST)) {
      throw new Invalid('working-time-period', 'The second moment is later than the first, by at most ten years.', {
        field: 'to',
      });
    }
    const to = until ?? afterWorkingTime(calendar, from, minutes! * MINUTE);
    if (to === undefined) {
      throw new Invalid('working-time-too-long', 'So much working time does not pass within ten years.', {
        field: 'minutes',
      });
    }
    return {
      calendarId,
      revision: calendar.revision,
      from,
      to,
      minutes: minutes ?? workingTime(calendar, from, to) / MINUTE,
      working: { from: isWorkingTime(calendar, from), to: isWorkingTime(calendar, to) },
    };
  }
}

async function calendarOf(reading: Reading, calendarId: string, when: When): Promise<CalendarDocument> {
  const calendar = await reading.document(calendarList, calendarId, when);
  if (!calendar) throw new Missing('calendar', calendarId);
  return calendar;
}
