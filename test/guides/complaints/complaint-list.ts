import { projection } from '../../../libs/read-models/projection.js';
import type { ComplaintEvents, Topic } from './events.js';

export interface ComplaintItem {
  readonly complaintId: string;
  readonly customerId: string;
  readonly topic: Topic;
  readonly text: string;
  readonly receivedAt: string;
  readonly settledAt: string | null;
  readonly revision: number;
}

export const complaintList = projection<ComplaintItem, ComplaintEvents>({
  name: 'complaint-list',
  version: 1,
  id: ({ data }) => data.complaintId,
  starts: {
    ComplaintReceived: ({ data, occurredAt, revision }) => ({
      ...data,
      receivedAt: occurredAt,
      settledAt: null,
      revision,
    }),
  },
  on: {
    ComplaintSettled: (complaint, { occurredAt, revision }) => ({ ...complaint, settledAt: occurredAt, revision }),
  },
  indexes: [['receivedAt']],
  filters: ['customerId', 'topic'],
  stream: (complaintId) => `complaint-${complaintId}`,
});
