import { deadline } from '../deadline.js';
import { EscalateApproval, ExpireApproval, RemindApprovers } from './commands.js';
import type { ApprovalEvents } from './events.js';

const ends = [
  'ApprovalGranted',
  'ApprovalRejected',
  'ApprovalReturned',
  'ApprovalWithdrawn',
  'ApprovalExpired',
] as const;

const times = (at: string | null): readonly string[] => (at === null ? [] : [at]);

/** The times of a request for approval that the clock watches. A step that begins has times of its own. */
export const approvalDeadlines = [
  deadline<ApprovalEvents>({
    kind: 'approval-reminder',
    subject: 'approvalId',
    sets: { ApprovalStepStarted: ({ remindAt }) => times(remindAt) },
    settles: ['ApprovalReminded', ...ends],
    record: (approvalId, dueAt) => new RemindApprovers(approvalId, { dueAt }),
  }),
  deadline<ApprovalEvents>({
    kind: 'approval-escalation',
    subject: 'approvalId',
    sets: { ApprovalStepStarted: ({ escalateAt }) => times(escalateAt) },
    settles: ['ApprovalEscalated', ...ends],
    record: (approvalId, dueAt) => new EscalateApproval(approvalId, { dueAt }),
  }),
  deadline<ApprovalEvents>({
    kind: 'approval-expiry',
    subject: 'approvalId',
    sets: {
      ApprovalSubmitted: ({ expiresAt }) => times(expiresAt),
      ApprovalResubmitted: ({ expiresAt }) => times(expiresAt),
    },
    settles: ends,
    record: (approvalId, dueAt) => new ExpireApproval(approvalId, { dueAt }),
  }),
];
