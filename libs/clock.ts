/** The only source of "now". Rules are given the time; a test moves it by providing another clock. */
export abstract class Clock {
  /** ISO 8601 in UTC with milliseconds, so that text order is time order. */
  abstract now(): string;
}

export class SystemClock extends Clock {
  now(): string {
    return new Date().toISOString();
  }
}
