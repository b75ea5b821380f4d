import { OrderedMap } from 'immutable';
import { decider } from '../event-store/decider.js';
import type { Segment } from '../segmenting.js';
import type { SegmentEvents } from './events.js';

/** What the rules ask about. */
export interface KnownSegment extends Segment {
  readonly name: string;
  readonly isRetired: boolean;
}

/** All segments, by id. */
export type Segments = OrderedMap<string, KnownSegment>;

export const segments = decider<Segments, SegmentEvents>({
  category: 'segments',
  initial: OrderedMap(),
  evolve: {
    SegmentDefined: (state, { segmentId, version, name, anyOf }) =>
      state.set(segmentId, { segmentId, version, name, anyOf, isRetired: false }),
    SegmentRetired(state, { segmentId }) {
      const segment = state.get(segmentId);
      return segment ? state.set(segmentId, { ...segment, isRetired: true }) : state;
    },
  },
});
