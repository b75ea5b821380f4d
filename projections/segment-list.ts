import type { CustomerEvents } from '../libs/customers/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { SegmentEvents } from '../libs/segments/events.js';
import type { SegmentRules } from '../libs/segmenting.js';
import { nameKey } from '../libs/text.js';

interface Version extends SegmentRules {
  readonly version: number;
  readonly name: string;
  readonly since: string;
}

/** A segment as it is now, and every version that it had. */
export interface SegmentDocument extends Version {
  readonly segmentId: string;
  /** For sorting and for finding it by its name. */
  readonly nameKey: string;
  readonly status: 'in-force' | 'retired';
  /** Customers that belong to it. */
  readonly members: number;
  /** Versions that held before, the latest first, and until when. */
  readonly earlier: readonly (Version & { readonly until: string })[];
}

/** A segment without what it is sorted by. */
export type SegmentView = Omit<SegmentDocument, 'nameKey'>;

export const segmentView = ({ nameKey: _, ...segment }: SegmentDocument): SegmentView => segment;

type Events = SegmentEvents & Pick<CustomerEvents, 'SegmentMemberEntered' | 'SegmentMemberLeft'>;

export const segmentList = projection<SegmentDocument, Events>({
  name: 'segment-list',
  version: 1,
  id: ({ data }) => data.segmentId,
  indexes: [['nameKey']],
  filters: ['status'],
  starts: {
    SegmentDefined: ({ data: { segmentId, version, name, anyOf }, occurredAt }) => ({
      segmentId,
      name,
      nameKey: nameKey(name),
      status: 'in-force',
      version,
      since: occurredAt,
      anyOf,
      members: 0,
      earlier: [],
    }),
  },
  on: {
    SegmentDefined: (segment, { data: { version, name, anyOf }, occurredAt }) => ({
      ...segment,
      name,
      nameKey: nameKey(name),
      version,
      since: occurredAt,
      anyOf,
      earlier: [
        {
          version: segment.version,
          name: segment.name,
          since: segment.since,
          anyOf: segment.anyOf,
          until: occurredAt,
        },
        ...segment.earlier,
      ],
    }),
    SegmentRetired: (segment) => ({ ...segment, status: 'retired' }),
    SegmentMemberEntered: (segment) => ({ ...segment, members: segment.members + 1 }),
    SegmentMemberLeft: (segment) => ({ ...segment, members: segment.members - 1 }),
  },
});
