import type { Personal } from '../../../libs/personal.js';

export const topics = ['delivery', 'product', 'invoice'] as const;
export type Topic = (typeof topics)[number];

/** Everything that can happen to a complaint. */
export type ComplaintEvents = {
  /** A customer complained. */
  ComplaintReceived: { complaintId: string; customerId: string; topic: Topic; text: string };

  /** The customer accepted what was offered. */
  ComplaintSettled: { complaintId: string; customerId: string; offer: string };
};

/** Personal values, and whose they are: what is written about a customer. */
export const personal = {
  ComplaintReceived: [{ of: 'customerId', paths: ['text'] }],
  ComplaintSettled: [{ of: 'customerId', paths: ['offer'] }],
} as const satisfies Personal<ComplaintEvents>;
