import { OrderedSet } from 'immutable';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { PutApprovalOnDesk, ReviewPendingApprovals, TakeApprovalOffDesk } from './commands.js';
import type { ApprovalDeskEvents } from './events.js';

type Event = EventOf<ApprovalDeskEvents>;

/** Ids of the requests that are pending, the oldest first. */
export type ApprovalDesk = OrderedSet<string>;

export const approvalDesk = decider<ApprovalDesk, ApprovalDeskEvents>({
  category: 'approvaldesk',
  initial: OrderedSet(),
  evolve: {
    ApprovalPutOnDesk: (desk, { approvalId }) => desk.add(approvalId),
    ApprovalTakenOffDesk: (desk, { approvalId }) => desk.delete(approvalId),
    ApprovalReviewDue: (desk) => desk,
  },
});

export const putApprovalOnDesk = (desk: ApprovalDesk, { approvalId }: PutApprovalOnDesk): Event[] =>
  desk.has(approvalId) ? [] : [{ type: 'ApprovalPutOnDesk', data: { approvalId } }];

export const takeApprovalOffDesk = (desk: ApprovalDesk, { approvalId }: TakeApprovalOffDesk): Event[] =>
  desk.has(approvalId) ? [{ type: 'ApprovalTakenOffDesk', data: { approvalId } }] : [];

/** Requests that one event names at most. */
const AT_ONCE = 500;

/** Nothing where no request is pending: most changes of the structure meet an empty desk. */
export function reviewPendingApprovals(desk: ApprovalDesk, _: ReviewPendingApprovals): Event[] {
  const ids = desk.toArray();
  const events: Event[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    events.push({ type: 'ApprovalReviewDue', data: { approvalIds: ids.slice(at, at + AT_ONCE) } });
  }
  return events;
}
