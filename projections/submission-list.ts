import { projection } from '../libs/read-models/projection.js';
import type { SubmissionEvents, SubmissionSender } from '../libs/web-forms/events.js';

/** A submission of a web form, and whom it came from; what the visitor wrote stands with the lead or the customer. */
export interface SubmissionItem {
  readonly submissionId: string;
  readonly formId: string;
  readonly submittedAt: string;
  /** Null until it is found out. */
  readonly sender: SubmissionSender | null;
  readonly revision: number;
}

export const submissionList = projection<SubmissionItem, SubmissionEvents>({
  name: 'submission-list',
  version: 1,
  id: ({ data }) => data.submissionId,
  stream: (submissionId) => `submission-${submissionId}`,
  indexes: [['submittedAt']],
  filters: ['formId'],
  starts: {
    WebFormSubmitted: ({ data: { submissionId, formId }, occurredAt, revision }) => ({
      submissionId,
      formId,
      submittedAt: occurredAt,
      sender: null,
      revision,
    }),
  },
  on: {
    WebFormSenderFound: (submission, { data: { sender }, revision }) => ({ ...submission, sender, revision }),
  },
});
