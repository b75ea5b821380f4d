import { ReviewApproval, ReviewPendingApprovals } from '../libs/approvals/commands.js';
import { approvalDeskId } from '../libs/approvals/events.js';
import type { ApprovalDeskEvents } from '../libs/approvals/events.js';
import type { OrganisationEvents } from '../libs/organisation/events.js';
import { process } from '../libs/processes/process.js';
import type { Reaction } from '../libs/processes/process.js';

/** The structure is the one stream of the organisation: the revision of an event on it is that of the structure. */
const reviewAll = ({ revision: chartRevision }: { readonly revision: number }): Reaction[] => [
  { command: new ReviewPendingApprovals(approvalDeskId, { chartRevision }) },
];

/**
 * Finds the approvers of pending requests anew when the structure changes. A request that comes to the desk is reviewed as well: the
 * structure may have changed between its submission and then.
 */
export const reviewOfApprovals = process<OrganisationEvents & ApprovalDeskEvents>({
  name: 'review-of-approvals',
  version: 1,
  from: 'installation',
  on: {
    OrgUnitMoved: reviewAll,
    OrgUnitHeadAppointed: reviewAll,
    OrgUnitClosed: reviewAll,
    OrgUnitReopened: reviewAll,
    PositionReportingLineChanged: reviewAll,
    PositionMoved: reviewAll,
    PositionRetired: reviewAll,
    EmployeeAssignedToPosition: reviewAll,
    EmployeeAssignmentEnded: reviewAll,
    EmployeeAbsenceRecorded: reviewAll,
    EmployeeReturned: reviewAll,
    EmployeeSuspended: reviewAll,
    EmployeeReinstated: reviewAll,
    OffboardingStarted: reviewAll,
    EmployeeLeft: reviewAll,
    ApprovalPutOnDesk: ({ data: { approvalId } }) => [{ command: new ReviewApproval(approvalId) }],
    ApprovalReviewDue: ({ data: { approvalIds } }) =>
      approvalIds.map((approvalId) => ({ command: new ReviewApproval(approvalId) })),
  },
});
