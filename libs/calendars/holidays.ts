import { Refusal } from '../errors.js';
import { dayIn, shiftDay } from '../time.js';

/** A day, and the name of the holiday in a language of the country. */
export interface Holiday {
  readonly day: string;
  readonly name: string;
}

/**
 * Public holidays of a country, from the library date-holidays. Halves of days and the days that make up for them are announced
 * year by year, and are set by hand.
 * @param region of the country; null for the holidays of all of it
 * @returns in their order; a holiday of several days as that many days
 * @throws Refusal `country-unknown` · `region-unknown`
 */
export async function holidaysOf(country: string, region: string | null, years: readonly number[]): Promise<Holiday[]> {
  // Loaded at its first use, because it brings the holidays of the whole world.
  const { default: Holidays } = await import('date-holidays');
  const known = new Holidays();
  if (!(country in known.getCountries())) {
    throw new Refusal('country-unknown', `No holidays are known of the country ${country}.`, { field: 'country' });
  }
  const regions = known.getStates(country) ?? {};
  if (region !== null && !(region in regions)) {
    throw new Refusal('region-unknown', `${country} has no region ${region} with holidays of its own.`, {
      field: 'region',
      regions: Object.keys(regions),
    });
  }
  const of = region === null ? new Holidays(country) : new Holidays(country, region);
  const [zone = 'UTC'] = of.getTimezones();
  const names = new Map<string, string>();
  for (const year of years.toSorted((one, other) => one - other)) {
    for (const { type, name, start, end } of of.getHolidays(year)) {
      if (type !== 'public') continue;
      for (let day = firstWholeDay(zone, start); day <= lastWholeDay(zone, end); day = shiftDay(day, 1)) {
        if (!names.has(day)) names.set(day, name);
      }
    }
  }
  return [...names].map(([day, name]) => ({ day, name })).sort((one, other) => (one.day < other.day ? -1 : 1));
}

const justBefore = (moment: Date): string => new Date(moment.getTime() - 1).toISOString();

/** The first local day that begins at the moment or later. */
const firstWholeDay = (zone: string, start: Date): string => shiftDay(dayIn(zone, justBefore(start)), 1);

/** The last local day that has ended by the moment. */
const lastWholeDay = (zone: string, end: Date): string => shiftDay(dayIn(zone, end.toISOString()), -1);
