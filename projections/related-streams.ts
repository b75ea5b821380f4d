import type { OpportunityEvents } from '../libs/opportunities/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';
import type { TaskEvents } from '../libs/tasks/events.js';
import type { TransferEvents } from '../libs/transfers/events.js';

/** A stream of another kind that is about a customer: what the audit trail of the customer has to read besides its own. */
export interface RelatedStream {
  readonly stream: string;
  readonly customerId: string;
}

type Events = Pick<OpportunityEvents, 'OpportunityRegistered' | 'OpportunityCustomerLinked'> &
  Pick<TaskEvents, 'TaskCreated'> &
  Pick<TransferEvents, 'TransferSubmitted'>;

/** A transfer and its approval are about several customers: a document for each stream and customer. */
const ofTransfer = ({ stream, data }: Recorded<Events, 'TransferSubmitted'>): readonly RelatedStream[] =>
  data.subjects.flatMap(({ kind, id: customerId }) =>
    kind === 'customer' ? [stream, `approval-${data.approvalId}`].map((each) => ({ stream: each, customerId })) : [],
  );

const idOf = ({ stream, customerId }: RelatedStream): string => `${stream} ${customerId}`;

const related = (stream: string, customerId: string | null): RelatedStream | null =>
  customerId === null ? null : { stream, customerId };

export const relatedStreams = projection<RelatedStream, Events>({
  name: 'related-streams',
  version: 2,
  id: (event) => (event.type === 'TransferSubmitted' ? ofTransfer(event).map(idOf) : event.stream),
  indexes: [['customerId']],
  starts: {
    OpportunityRegistered: ({ stream, data }) => related(stream, data.customerId),
    OpportunityCustomerLinked: ({ stream, data }) => related(stream, data.customerId),
    TaskCreated: ({ stream, data }) => related(stream, data.customerId),
    TransferSubmitted: (event, id) => ofTransfer(event).find((each) => idOf(each) === id) ?? null,
  },
  on: {},
});
