import type { CustomerEvents } from '../libs/customers/events.js';
import type { Followed } from '../libs/merged.js';
import type { OpportunityEvents } from '../libs/opportunities/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';
import type { TaskEvents } from '../libs/tasks/events.js';
import type { TransferEvents } from '../libs/transfers/events.js';

/** A stream that is about a customer besides its own: what the audit trail of the customer has to read as well. */
export interface RelatedStream {
  readonly stream: string;
  /** More than one where it followed a merge of customers: it is part of the histories of both. */
  readonly customerIds: readonly string[];
}

type Events = Pick<
  OpportunityEvents,
  'OpportunityRegistered' | 'OpportunityCustomerLinked' | 'OpportunityCustomerChanged'
> &
  Pick<TaskEvents, 'TaskCreated' | 'TaskCustomerChanged'> &
  Pick<CustomerEvents, 'CustomerMerged' | 'CustomerUnmerged'> &
  Pick<TransferEvents, 'TransferSubmitted'>;

const related = (stream: string, customerId: string | null): RelatedStream | null =>
  customerId === null ? null : { stream, customerIds: [customerId] };

const followed = (
  { stream }: RelatedStream,
  { customerId, followed: merges }: { readonly customerId: string; readonly followed: readonly Followed[] },
): RelatedStream => ({ stream, customerIds: [...new Set([customerId, ...merges.map(({ from }) => from)])] });

const approvalOf = ({ data }: Recorded<Events, 'TransferSubmitted'>): string => `approval-${data.approvalId}`;

export const relatedStreams = projection<RelatedStream, Events>({
  name: 'related-streams',
  version: 3,
  id: (event) => (event.type === 'TransferSubmitted' ? [event.stream, approvalOf(event)] : event.stream),
  indexes: [],
  lists: ['customerIds'],
  starts: {
    OpportunityRegistered: ({ stream, data }) => related(stream, data.customerId),
    OpportunityCustomerLinked: ({ stream, data }) => related(stream, data.customerId),
    TaskCreated: ({ stream, data }) => related(stream, data.customerId),
    TransferSubmitted: ({ data }, stream) => {
      const customerIds = data.subjects.flatMap(({ kind, id }) => (kind === 'customer' ? [id] : []));
      return customerIds.length > 0 ? { stream, customerIds } : null;
    },
    CustomerMerged: ({ stream, data }) => related(stream, data.survivorId),
  },
  on: {
    OpportunityCustomerChanged: (line, { data }) => followed(line, data),
    TaskCustomerChanged: (line, { data }) => followed(line, data),
    CustomerUnmerged: () => null,
  },
});
