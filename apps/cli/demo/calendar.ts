import type { Random } from './random.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** How busy the months are, from January on. */
const SEASON = [0.75, 0.85, 1.1, 1, 1, 1.05, 0.7, 0.55, 1.1, 1.2, 1.35, 1.05];
const BUSIEST = Math.max(...SEASON);
const OPENS = 8 * HOUR;
const CLOSES = 17 * HOUR;

/** The two years that are made up, in milliseconds since 1970. */
export class Calendar {
  static readonly days = 730;

  readonly start: number;
  readonly #first: number;

  constructor(readonly end: number) {
    this.start = end - Calendar.days * DAY;
    this.#first = Math.ceil(this.start / DAY) * DAY;
  }

  /** Midnight of a whole day of the two years, counted from 0. */
  day(number: number): number {
    return this.#first + number * DAY;
  }

  /** A moment at which people work, at `at` or after it, mostly on the same day. */
  working(random: Random, at: number): number {
    let day = at - (at % DAY);
    if (at >= day + CLOSES - HOUR) day += DAY;
    while (isWeekend(day)) day += DAY;
    return Math.ceil(random.between(Math.max(at, day + OPENS), day + CLOSES) / MINUTE) * MINUTE;
  }

  /** A moment of the span, more often in busy months. */
  inSeason(random: Random, from: number, to: number): number {
    for (;;) {
      const at = random.between(from, to);
      if (random.chance(SEASON[monthOf(at)]! / BUSIEST)) return at;
    }
  }
}

const isWeekend = (at: number): boolean => new Date(at).getUTCDay() % 6 === 0;

export const monthOf = (at: number): number => new Date(at).getUTCMonth();

export const iso = (at: number): string => new Date(at).toISOString();

export const dayOf = (at: number): string => iso(at).slice(0, 10);
