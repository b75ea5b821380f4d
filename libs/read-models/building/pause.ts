import type { LogPage } from '../../event-store/event-store.js';

/** Events of a page from which on more are expected at once. */
const MANY = 16;
/** Pause for each millisecond that the page took. */
const SHARE = 3;
/** Longest pause in milliseconds, by which read models are later than they could be. */
const LONGEST = 200;

/**
 * Pause in milliseconds after a page of serving generations. While many events are written, those of a pause gather in the next page,
 * which writes each document and each cell once. A page of few events is followed at once, so that a query that waits for its own
 * command waits for no pause; so is a page behind which there is more to read.
 * @param took what the page took, in milliseconds
 */
export const pauseAfter = ({ events, scanned, head }: LogPage, took: number): number =>
  scanned >= head && events.length >= MANY ? Math.min(LONGEST, SHARE * took) : 0;
