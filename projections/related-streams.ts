import type { OpportunityEvents } from '../libs/opportunities/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { TaskEvents } from '../libs/tasks/events.js';

/** A stream of another kind that is about a customer: what the audit trail of the customer has to read besides its own. */
export interface RelatedStream {
  readonly stream: string;
  readonly customerId: string;
}

type Events = Pick<OpportunityEvents, 'OpportunityRegistered' | 'OpportunityCustomerLinked'> &
  Pick<TaskEvents, 'TaskCreated'>;

const related = (stream: string, customerId: string | null): RelatedStream | null =>
  customerId === null ? null : { stream, customerId };

export const relatedStreams = projection<RelatedStream, Events>({
  name: 'related-streams',
  version: 1,
  id: ({ stream }) => stream,
  indexes: [['customerId']],
  starts: {
    OpportunityRegistered: ({ stream, data }) => related(stream, data.customerId),
    OpportunityCustomerLinked: ({ stream, data }) => related(stream, data.customerId),
    TaskCreated: ({ stream, data }) => related(stream, data.customerId),
  },
  on: {},
});
