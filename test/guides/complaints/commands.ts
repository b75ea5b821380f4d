import { command } from '../../../libs/commands/command.js';
import { id, oneOf, text } from '../../../libs/commands/fields.js';
import { topics } from './events.js';

export class ReceiveComplaint extends command({
  says: 'Records that a customer complained.',
  post: 'complaints',
  requires: 'complaints.receive',
  about: 'complaintId',
  creates: { complaintId: 'complaint' },
  fields: { customerId: id('customer'), topic: oneOf(topics), text: text(10_000) },
}) {}

export class SettleComplaint extends command({
  says: 'Records what the customer accepted.',
  post: 'complaints/:complaintId/settle',
  requires: 'complaints.settle',
  about: 'complaintId',
  fields: { offer: text(1_000).describe('What the customer was offered, and accepted.') },
}) {}
