import type {
  AssignmentCandidate,
  AssignmentEvents,
  AssignmentSubject,
  PassedOver,
  Tie,
} from '../libs/assignment/events.js';
import type { AssignmentBasis, CustomerEvents } from '../libs/customers/events.js';
import type { LeadAssignmentBasis, LeadEvents } from '../libs/leads/events.js';
import { projection } from '../libs/read-models/projection.js';

/** `decided` is being carried out; `assigned` has its owner. */
export const assignmentStatuses = ['decided', 'assigned', 'passed-over', 'failed'] as const;
export type AssignmentStatus = (typeof assignmentStatuses)[number];

/** How a lead or a customer came to its owner, and why. */
export interface AssignmentItem {
  /** Of the decision of a rule; of what was assigned in another way, the id of its event. */
  readonly assignmentId: string;
  readonly subject: AssignmentSubject;
  readonly status: AssignmentStatus;
  readonly basis: AssignmentBasis | Exclude<LeadAssignmentBasis, 'recycled'>;
  /** When it was decided. */
  readonly at: string;
  /** Name of the person or program that assigned it; of decisions of a rule, the one that asked for it. */
  readonly by: string;
  /** Owner before. */
  readonly from: string | null;
  /** Owner since then; null where none could be chosen. */
  readonly employeeId: string | null;
  /** What was said of it by hand. */
  readonly reason: string | null;
  readonly ruleId: string | null;
  readonly ruleVersion: number | null;
  /** How the rule chose among several. */
  readonly tie: Tie | null;
  /** Who could have been chosen, as the desk saw them then. */
  readonly candidates: readonly AssignmentCandidate[];
  readonly passedOver: readonly PassedOver[];
  readonly assignedAt: string | null;
  /** The code by which the assignment was refused to the person. */
  readonly code: string | null;
}

type Events = Pick<AssignmentEvents, 'AssignmentDecided' | 'AssignmentFailed' | 'AssignmentPassedOver'> &
  Pick<LeadEvents, 'LeadAssigned'> &
  Pick<CustomerEvents, 'CustomerOwnerAssigned'>;

const byHand = {
  status: 'assigned',
  ruleId: null,
  ruleVersion: null,
  tie: null,
  candidates: [],
  passedOver: [],
  code: null,
} as const;

export const assignmentList = projection<AssignmentItem, Events>({
  name: 'assignment-list',
  version: 1,
  id: ({ id, data }) => ('assignmentId' in data ? data.assignmentId : (data.assignment?.assignmentId ?? id)),
  indexes: [['at'], ['subject.id', 'at'], ['employeeId', 'at']],
  filters: ['subject.id', 'employeeId', 'ruleId', 'basis', 'status'],
  starts: {
    AssignmentDecided: ({ data: { deskId: _, chosen, ...decided }, occurredAt, metadata }) => ({
      ...decided,
      status: 'decided',
      basis: 'rule',
      at: occurredAt,
      by: metadata.actor.name,
      employeeId: chosen,
      reason: null,
      assignedAt: null,
      code: null,
    }),
    AssignmentFailed: ({ data: { deskId: _, ...failed }, occurredAt, metadata }) => ({
      ...failed,
      status: 'failed',
      basis: 'rule',
      at: occurredAt,
      by: metadata.actor.name,
      employeeId: null,
      reason: null,
      tie: null,
      candidates: [],
      assignedAt: null,
      code: null,
    }),
    LeadAssigned: ({ id, data: { leadId, from, to, basis, reason = null }, occurredAt, metadata }) =>
      to === null || basis === 'recycled'
        ? null
        : {
            ...byHand,
            assignmentId: id,
            subject: { kind: 'lead', id: leadId },
            basis,
            at: occurredAt,
            by: metadata.actor.name,
            from,
            employeeId: to,
            reason,
            assignedAt: occurredAt,
          },
    CustomerOwnerAssigned: ({ id, data: { customerId, from, to, basis, reason = null }, occurredAt, metadata }) => ({
      ...byHand,
      assignmentId: id,
      subject: { kind: 'customer', id: customerId },
      basis,
      at: occurredAt,
      by: metadata.actor.name,
      from: from?.employeeId ?? null,
      employeeId: to.employeeId,
      reason,
      assignedAt: occurredAt,
    }),
  },
  on: {
    LeadAssigned: (line, { occurredAt }) => ({ ...line, status: 'assigned', assignedAt: occurredAt }),
    CustomerOwnerAssigned: (line, { occurredAt }) => ({ ...line, status: 'assigned', assignedAt: occurredAt }),
    AssignmentPassedOver: (line, { data: { code } }) => ({ ...line, status: 'passed-over', code }),
  },
});
