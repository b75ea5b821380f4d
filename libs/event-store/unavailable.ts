import { Unavailable } from '../errors.js';

/** Nothing was recorded; the same append may succeed later. Why is said to the caller. */
export const unavailable = (why: string): Unavailable =>
  new Unavailable('store-unavailable', `Nothing can be written at the moment: ${why}.`, 5);
