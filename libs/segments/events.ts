import type { Harmless } from '../personal.js';
import type { SegmentRules } from '../segmenting.js';

/** All segments lie in one stream: their names are unique, and a customer is looked at for all of them at once. */
export const segmentsId = 'main';

/** Which customers belong together, in versions of which none changes. Stored for ever: add, never rename or remove. */
export type SegmentEvents = {
  /** A segment, or another version of it, holds from now on. */
  SegmentDefined: { segmentId: string; version: number; name: string } & SegmentRules;
  /** The segment is not used any more: nobody belongs to it. */
  SegmentRetired: { segmentId: string };
};

/** What segments are called, and the words that they ask for. */
export const harmless = {
  SegmentDefined: ['name', 'anyOf[].allOf[].is[]'],
} as const satisfies Harmless<SegmentEvents>;
