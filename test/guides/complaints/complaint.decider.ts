import { Missing, Refusal } from '../../../libs/errors.js';
import { decider } from '../../../libs/event-store/decider.js';
import type { EventOf } from '../../../libs/event-store/event-store.js';
import type { ReceiveComplaint, SettleComplaint } from './commands.js';
import type { ComplaintEvents } from './events.js';

type Event = EventOf<ComplaintEvents>;

export type Complaint =
  { readonly status: 'unknown' } | { readonly status: 'open' | 'settled'; readonly customerId: string };

export const complaint = decider<Complaint, ComplaintEvents>({
  category: 'complaint',
  initial: { status: 'unknown' },
  evolve: {
    ComplaintReceived: (_, { customerId }) => ({ status: 'open', customerId }),
    ComplaintSettled: (_, { customerId }) => ({ status: 'settled', customerId }),
  },
});

/** @param facts whether there is such a customer */
export function receiveComplaint(
  state: Complaint,
  { complaintId, customerId, topic, text }: ReceiveComplaint,
  _now: string,
  facts: { readonly customer: boolean },
): Event[] {
  if (state.status !== 'unknown') throw new Refusal('complaint-exists', 'There is a complaint of this id.', {}, 409);
  if (!facts.customer) throw new Missing('customer', customerId);
  return [{ type: 'ComplaintReceived', data: { complaintId, customerId, topic, text } }];
}

export function settleComplaint(state: Complaint, { complaintId, offer }: SettleComplaint): Event[] {
  if (state.status === 'unknown') throw new Missing('complaint', complaintId);
  if (state.status === 'settled') throw new Refusal('complaint-settled', 'The complaint was settled before.');
  return [{ type: 'ComplaintSettled', data: { complaintId, customerId: state.customerId, offer } }];
}
