import { Unavailable } from '../errors.js';

/** Error for callers during an outage of writes: nothing was recorded, and the same append may succeed later. */
export const unavailable = (why: string): Unavailable =>
  new Unavailable('store-unavailable', `Nothing can be written at the moment: ${why}.`, 5);
