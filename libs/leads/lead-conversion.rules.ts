import { Missing, Refusal } from '../errors.js';
import { mergedInto, moveByMerge } from '../merged.js';
import type { MergePath } from '../merged.js';
import type { EventOf } from '../event-store/event-store.js';
import type { ConvertLead, FailLeadConversion, MoveLeadByMerge } from './commands.js';
import type { Conversion, LeadDetails, LeadEvents, LeadMatch } from './events.js';
import { open, present } from './lead.decider.js';
import type { Lead } from './lead.decider.js';

type Event = EventOf<LeadEvents>;

export interface ConversionFacts {
  /** Ids of what it becomes, the same each time. */
  readonly ids: { readonly customerId: string; readonly contactId: string; readonly opportunityId: string };
  /** Customers that might be the same. */
  readonly matched: readonly LeadMatch[];
  /** The customer it is to belong to; undefined when none was named or there is none. */
  readonly customer: { readonly archived: boolean; readonly survivorId: string | null } | undefined;
  /** Whether the customer has a contact with this address or number. */
  readonly contactKnown: boolean;
  /** The pipeline of the opportunity; undefined when none was named or there is none. */
  readonly pipeline: { readonly usable: boolean } | undefined;
}

/** One decision: which customer, with which of those that might be the same known. A process carries it out. */
export function convertLead(
  state: Lead,
  { leadId, customerId, acceptDuplicates, opportunity }: ConvertLead,
  _now: string,
  { ids, matched, customer, contactKnown, pipeline }: ConversionFacts,
): Event[] {
  const { status, ownerId, details, source } = open(state, leadId);
  if (status !== 'qualified' || ownerId === null) {
    throw new Refusal('lead-not-qualified', 'A lead is converted once it is qualified.', {
      leadId,
      leadStatus: status,
    });
  }
  if (customerId !== null && !customer) throw new Missing('customer', customerId);
  if (customer && customer.survivorId !== null) throw mergedInto(customer.survivorId, { field: 'customerId' });
  if (customer?.archived)
    throw new Refusal('customer-archived', 'This customer was registered by mistake.', { customerId });
  if (opportunity && !pipeline) throw new Missing('pipeline', opportunity.pipelineId);
  if (pipeline && !pipeline.usable) {
    throw new Refusal('pipeline-not-published', 'This pipeline takes no opportunities.', {
      field: 'opportunity.pipelineId',
    });
  }
  const candidates = matched.map((each) => each.customerId).filter((each) => !acceptDuplicates.includes(each));
  if (customerId === null && candidates.length > 0) {
    throw new Refusal(
      'possible-duplicate',
      'There are customers that might be this one. Name one of them, or list their ids in acceptDuplicates.',
      { candidates, matched },
      409,
    );
  }
  const contact = contactOf(details, contactKnown);
  return [
    {
      type: 'LeadConverted',
      data: {
        leadId,
        ownerId,
        details,
        source,
        matched,
        customerId: customerId ?? ids.customerId,
        customer: customerId === null ? 'created' : 'linked',
        contactId: contact === 'created' ? ids.contactId : null,
        contact,
        opportunity: opportunity && { opportunityId: ids.opportunityId, ...opportunity },
      },
    },
  ];
}

function contactOf({ personName, email, phone }: LeadDetails, isKnown: boolean): NonNullable<Conversion['contact']> {
  if (personName === null) return 'no-person';
  if (email === null && phone === null) return 'no-address';
  return isKnown ? 'known' : 'created';
}

/** Said again it changes nothing. Without its customer, the lead is as it was before, and its first answer is due as it was. */
export function failLeadConversion(state: Lead, { leadId, part, code, detail }: FailLeadConversion): Event[] {
  const { status, refused, clock } = present(state, leadId);
  if (status !== 'converted' || refused.includes(part)) return [];
  const failed: Event = { type: 'LeadConversionFailed', data: { leadId, part, code, detail } };
  return part === 'customer' && clock ? [failed, { type: 'LeadResponseDue', data: { leadId, ...clock } }] : [failed];
}

/** The lead was converted to the survivor of a merge, or to the customer of before again. */
export function moveLeadByMerge(
  state: Lead,
  command: MoveLeadByMerge,
  _now: string,
  { path }: { readonly path: MergePath },
): Event[] {
  const { leadId, mergeId } = command;
  const moved = state.status === 'unknown' ? undefined : moveByMerge(state, command, path);
  return moved ? [{ type: 'LeadCustomerChanged', data: { leadId, mergeId, ...moved } }] : [];
}
