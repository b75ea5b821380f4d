import { addDays } from './time.js';

export const rhythms = ['never', 'once', 'irregular', 'regular'] as const;
export type Rhythm = (typeof rhythms)[number];

/** How often a customer buys: in days between two days on which it bought something. */
export interface Frequency {
  /** Days on which something was bought. */
  readonly days: number;
  /** Nearest rank, exact; null with fewer than two such days. */
  readonly medianDays: number | null;
  readonly p90Days: number | null;
  /** Regular: bought on three days at least, and of ten pauses nine are at most twice the median. */
  readonly rhythm: Rhythm;
  /** The last of these days and the median; null with fewer than two such days. */
  readonly expectedOn: string | null;
  /** Days since then; 0 where it is not over. */
  readonly overdueDays: number | null;
}

/** A pause of so many medians is still regular. */
const REGULAR = 2;

const rank = (ascending: readonly number[], share: number): number | null =>
  ascending[Math.max(1, Math.ceil(share * ascending.length)) - 1] ?? null;

/**
 * @param purchaseDays days on which something was bought, ascending, each once, counted from 1970 on
 * @param today the day of the moment that is asked about
 */
export function frequencyOn(purchaseDays: readonly number[], today: number): Frequency {
  const days = purchaseDays.length;
  const pauses = purchaseDays.slice(1).map((day, before) => day - purchaseDays[before]!);
  pauses.sort((one, other) => one - other);
  const [medianDays, p90Days] = [rank(pauses, 0.5), rank(pauses, 0.9)];
  if (medianDays === null || p90Days === null) {
    const rhythm = days === 0 ? 'never' : 'once';
    return { days, medianDays, p90Days, rhythm, expectedOn: null, overdueDays: null };
  }
  const expected = purchaseDays.at(-1)! + medianDays;
  const rhythm = days > 2 && p90Days <= REGULAR * medianDays ? 'regular' : 'irregular';
  const expectedOn = addDays('1970-01-01T00:00:00.000Z', expected).slice(0, 10);
  return { days, medianDays, p90Days, rhythm, expectedOn, overdueDays: Math.max(0, today - expected) };
}
