import { OrderedMap } from 'immutable';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { PutApprovalOnDesk, ReviewPendingApprovals, TakeApprovalOffDesk } from './commands.js';
import type { ApprovalDeskEvents } from './events.js';

type Event = EventOf<ApprovalDeskEvents>;

/** The requests that are pending, the oldest first, with the revision of the organisation's stream that they were reviewed for. */
export type ApprovalDesk = OrderedMap<string, number>;

export const approvalDesk = decider<ApprovalDesk, ApprovalDeskEvents>({
  category: 'approvaldesk',
  initial: OrderedMap(),
  evolve: {
    ApprovalPutOnDesk: (desk, { approvalId, chartRevision }) => desk.set(approvalId, chartRevision),
    ApprovalTakenOffDesk: (desk, { approvalId }) => desk.delete(approvalId),
    ApprovalReviewDue: (desk, { approvalIds, chartRevision }) =>
      desk.withMutations((changed) => approvalIds.forEach((approvalId) => changed.set(approvalId, chartRevision))),
  },
});

export const putApprovalOnDesk = (desk: ApprovalDesk, { approvalId, chartRevision }: PutApprovalOnDesk): Event[] =>
  desk.has(approvalId) ? [] : [{ type: 'ApprovalPutOnDesk', data: { approvalId, chartRevision } }];

export const takeApprovalOffDesk = (desk: ApprovalDesk, { approvalId }: TakeApprovalOffDesk): Event[] =>
  desk.has(approvalId) ? [{ type: 'ApprovalTakenOffDesk', data: { approvalId } }] : [];

/** Requests that one event names at most. */
const AT_ONCE = 500;

/**
 * Most changes of the structure meet an empty desk, and nothing comes of them. A change that was known when a request was made or
 * reviewed does not matter to it, so that a process which handles a change again repeats nothing.
 */
export function reviewPendingApprovals(desk: ApprovalDesk, { chartRevision }: ReviewPendingApprovals): Event[] {
  const ids = [...desk.filter((reviewed) => reviewed < chartRevision).keys()];
  const events: Event[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    events.push({ type: 'ApprovalReviewDue', data: { chartRevision, approvalIds: ids.slice(at, at + AT_ONCE) } });
  }
  return events;
}
