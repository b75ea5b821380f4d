import type { CustomerEvents, SegmentLeaving, SegmentStay } from '../libs/customers/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { SegmentInput } from '../libs/segmenting.js';

/** A time in which a customer belonged to a segment, or does. */
export interface SegmentStayLine {
  readonly segmentId: string;
  readonly customerId: string;
  /** Counts the stays of the customer in the segment, from 1. */
  readonly stay: number;
  readonly since: string;
  /** The version by which it came, and what its conditions found. */
  readonly version: number;
  readonly inputs: readonly SegmentInput[];
  /** Null as long as it belongs to it. */
  readonly left: {
    readonly at: string;
    readonly version: number;
    readonly because: SegmentLeaving;
    readonly inputs: readonly SegmentInput[];
  } | null;
  readonly isIn: boolean;
  /** The last of the two times. */
  readonly changedAt: string;
}

const idOf = ({ segmentId, customerId, stay }: SegmentStay): string => `${segmentId} ${customerId} ${stay}`;

export const segmentStays = projection<
  SegmentStayLine,
  Pick<CustomerEvents, 'SegmentMemberEntered' | 'SegmentMemberLeft'>
>({
  name: 'segment-stays',
  version: 1,
  id: ({ data }) => idOf(data),
  indexes: [['since'], ['changedAt']],
  filters: ['segmentId', 'customerId', 'isIn'],
  starts: {
    SegmentMemberEntered: ({ data: { segmentId, customerId, stay, version, inputs }, occurredAt }) => ({
      segmentId,
      customerId,
      stay,
      since: occurredAt,
      version,
      inputs,
      left: null,
      isIn: true,
      changedAt: occurredAt,
    }),
  },
  on: {
    SegmentMemberLeft: (line, { data: { version, because, inputs }, occurredAt: at }) => ({
      ...line,
      left: { at, version, because, inputs },
      isIn: false,
      changedAt: at,
    }),
  },
});
