import type { StateReader } from '../event-store/decider.js';
import type { Calendar } from '../working-time.js';
import { calendar } from './calendar.decider.js';

/** What other contexts may know of a calendar when they decide. */
export interface CalendarFacts {
  readonly calendar: Calendar;
  /** Version that is counted on. */
  readonly revision: number;
}

export async function calendarFacts(streams: StateReader, calendarId: string): Promise<CalendarFacts | undefined> {
  const { state, revision } = await streams.load(calendar, calendarId);
  return state && { calendar: state, revision };
}
