import { PutApprovalOnDesk, TakeApprovalOffDesk } from '../libs/approvals/commands.js';
import type { ApprovalEvents } from '../libs/approvals/events.js';
import { process } from '../libs/processes/process.js';
import type { Reaction } from '../libs/processes/process.js';

type About = { readonly data: { readonly approvalId: string } };
type Submitted = { readonly data: { readonly approvalId: string; readonly chartRevision: number } };

const put = ({ data: { approvalId, chartRevision } }: Submitted): Reaction[] => [
  { command: new PutApprovalOnDesk(approvalId, { chartRevision }) },
];
const take = ({ data }: About): Reaction[] => [{ command: new TakeApprovalOffDesk(data.approvalId) }];

/** Keeps the set of requests that are pending, so that a change of the structure finds them. */
export const approvalDeskKept = process<ApprovalEvents>({
  name: 'approval-desk',
  version: 1,
  from: 'installation',
  on: {
    ApprovalSubmitted: put,
    ApprovalResubmitted: put,
    ApprovalGranted: take,
    ApprovalRejected: take,
    ApprovalReturned: take,
    ApprovalWithdrawn: take,
    ApprovalExpired: take,
  },
});
