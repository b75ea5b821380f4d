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

/**
 * What the two ends mean.
 * @throws Invalid `axis-without-moment` for an axis alone, which says nothing
 */
export function axisOf(axis: 'occurred' | 'recorded' | undefined, { since, before }: Between): 'occurred' | 'recorded' {
  if (axis !== undefined && since === undefined && before === undefined)
    throw new Invalid('axis-without-moment', '--axis says what --since and --before mean: give one of them too.', {
      field: 'axis',
    });
  return axis ?? 'occurred';
}
