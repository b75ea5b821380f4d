import { Invalid } from '../../libs/errors.js';
import { isDay, startOfDay } from '../../libs/time.js';

/** From one moment to before another. */
export interface Between {
  readonly since?: string | undefined;
  readonly before?: string | undefined;
}

/** A day means its beginning. */
const startOf = (moment: string | undefined, zone: string): string | undefined =>
  moment !== undefined && isDay(moment) ? startOfDay(zone, moment) : moment;

/** Both ends of what is asked for; the later one does not count. @throws Invalid `window-invalid` */
export function between(given: Between, zone: string): Between {
  const [since, before] = [given.since, given.before].map((each) => startOf(each, zone));
  if (since !== undefined && before !== undefined && before <= since)
    throw new Invalid('window-invalid', '--before must be later than --since.', { field: 'before' });
  return { since, before };
}
