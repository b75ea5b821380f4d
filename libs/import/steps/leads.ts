import {
  AssignLead,
  CaptureLead,
  ChangeLeadDetails,
  ContactLead,
  ConvertLead,
  DisqualifyLead,
  GradeLead,
  MarkLeadDuplicate,
  NoteLead,
  QualifyLead,
  RecycleLead,
  ReopenLead,
} from '../../leads/commands.js';
import { ref, required, step } from './step.js';
import type { Target } from './step.js';

/** The other lead or the customer, which rows name in a field of its own. */
const isSame = (kind: 'lead' | 'customer') =>
  step(MarkLeadDuplicate, {
    says: `It turned out to be the same as another ${kind}.`,
    fields: { of: null, [`same${kind === 'lead' ? 'Lead' : 'Customer'}Id`]: required(ref(kind)) },
    asks: ({ sameLeadId, sameCustomerId, ...values }) => ({
      ...values,
      of: { kind, id: kind === 'lead' ? sameLeadId : sameCustomerId },
    }),
  });

export const leadTargets: Readonly<Record<string, Target>> = {
  lead: step(CaptureLead, {
    says: 'A person or a company who may become a customer, captured at the business time. An archive is not answered, so it has no time to be answered in.',
    // A row without any of them is refused by the rule, as a lead without a name.
    asks: (values) => ({ details: {}, ...values }),
  }),
  leadDetails: step(ChangeLeadDetails, {
    says: 'What else became known of a lead; fields that are empty stay as they are.',
  }),
  leadNote: step(NoteLead, { says: 'A note.' }),
  leadGrade: step(GradeLead, { says: 'Another grade, and why.' }),
  leadOwner: step(AssignLead, {
    says: 'The employee who answers for a lead from then on.',
    fields: { fromOwnerId: null },
  }),
  leadContacted: step(ContactLead, { says: 'It was spoken to.' }),
  leadQualified: step(QualifyLead, { says: 'It is worth an offer; it has an owner by then.' }),
  leadDisqualified: step(DisqualifyLead, { says: 'It leads nowhere.' }),
  leadRecycled: step(RecycleLead, { says: 'It went back to be warmed up, without an owner.' }),
  leadReopened: step(ReopenLead, { says: 'It was worked on again.' }),
  leadSameAsLead: isSame('lead'),
  leadSameAsCustomer: isSame('customer'),
  leadConverted: step(ConvertLead, {
    says: 'It became the customer that the row names, or part of it, at the business time. Its opportunities are rows of their own.',
    fields: { customerId: required(ref('customer')), acceptDuplicates: null, opportunity: null },
  }),
};
