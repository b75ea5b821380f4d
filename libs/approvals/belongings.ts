import { approvalList } from '../../projections/approval-list.js';
import type { ApprovalLine } from '../../projections/approval-list.js';
import { belonging } from '../belonging.js';
import type { ApprovalEvents } from './events.js';

/** Requests that wait for an employee. Nobody hands them over: their approvers are found anew once the employee is going to leave. */
export const waitingApprovals = belonging<ApprovalLine, ApprovalEvents>({
  kind: 'approval',
  of: approvalList,
  filter: (employeeId) => ({ waitingFor: { $has: employeeId } }),
  by: 'approvalId',
  named: ({ subject, currentStep }) => `${subject.kind} ${currentStep ?? ''}`.trimEnd(),
});
