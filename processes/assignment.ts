import { AssignLeadByRule, ConfirmAssignment, PassOverAssignee } from '../libs/assignment/commands.js';
import { deskIdOf } from '../libs/assignment/desk-id.js';
import type { AssignmentEvents } from '../libs/assignment/events.js';
import { AssignCustomerAsDecided } from '../libs/customers/commands.js';
import type { CustomerEvents } from '../libs/customers/events.js';
import { AssignLeadAsDecided } from '../libs/leads/commands.js';
import type { LeadEvents } from '../libs/leads/events.js';
import { process } from '../libs/processes/process.js';

/**
 * Has a lead that comes without an owner assigned by rule, and carries out what the desks decide. What is refused then, such as a
 * customer beyond the cap of its owner, is decided again without that person, until somebody is left or nobody is.
 *
 * The second step changes another stream than the first: the desk. When a program ends between them, the first is sent again, and
 * is refused, since the subject does not wait for an assignment any more whose person was passed over.
 */
export const assignment = process<AssignmentEvents & LeadEvents & CustomerEvents>({
  name: 'assignment',
  version: 1,
  from: 'installation',
  on: {
    // An archive is nothing to be given out.
    LeadCaptured: ({ data: { leadId }, metadata: { importId } }) =>
      importId === undefined ? [{ command: new AssignLeadByRule(leadId) }] : [],

    AssignmentDecided: ({ data: { deskId, assignmentId, subject } }) => [
      {
        command:
          subject.kind === 'lead'
            ? new AssignLeadAsDecided(subject.id, { assignmentId })
            : new AssignCustomerAsDecided(subject.id, { assignmentId }),
        otherwise: ({ code }) => ({ command: new PassOverAssignee(deskId, { assignmentId, code }) }),
      },
    ],

    LeadAssigned: ({ data: { assignment: by } }) =>
      by ? [{ command: new ConfirmAssignment(deskIdOf('leads'), { assignmentId: by.assignmentId }) }] : [],

    CustomerOwnerAssigned: ({ data: { assignment: by } }) =>
      by ? [{ command: new ConfirmAssignment(deskIdOf('customers'), { assignmentId: by.assignmentId }) }] : [],
  },
});
