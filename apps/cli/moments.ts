import { addMilliseconds, isDay, shiftDay, startOfDay } from '../../libs/time.js';

/** A day means all of it. */
export const endOf = (moment: string | undefined, zone: string): string | undefined =>
  moment !== undefined && isDay(moment) ? addMilliseconds(startOfDay(zone, shiftDay(moment, 1)), -1) : moment;
