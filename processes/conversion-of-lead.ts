import { RegisterCustomer } from '../libs/customers/commands.js';
import { AddContact } from '../libs/customers/contact.commands.js';
import type { Refusal } from '../libs/errors.js';
import { FailLeadConversion } from '../libs/leads/commands.js';
import type { LeadChannel, LeadEvents } from '../libs/leads/events.js';
import type { OpportunitySource } from '../libs/opportunities/events.js';
import { RegisterOpportunity } from '../libs/opportunities/commands.js';
import { process } from '../libs/processes/process.js';
import type { Reaction } from '../libs/processes/process.js';

/** What an opportunity says of where it comes from, by the channel of the lead. */
const SOURCES: Readonly<Record<LeadChannel, OpportunitySource>> = {
  web: 'website',
  phone: 'consultation',
  email: 'consultation',
  chat: 'consultation',
  event: 'event',
  referral: 'referral',
  partner: 'partner',
  advertising: 'campaign',
  other: 'other',
};

/**
 * Makes what a lead was converted to: the customer unless there is one, its contact, the opportunity. What is refused then, such
 * as a customer beyond the cap of its owner, is recorded with the lead, and without its customer the lead is what it was.
 */
export const conversionOfLead = process<LeadEvents>({
  name: 'conversion-of-lead',
  version: 2,
  from: 'installation',
  on: {
    LeadConverted({ data }) {
      const { leadId, ownerId, details, source, customerId, customer, contactId, opportunity } = data;
      const { personName, personTitle, email, phone, companyName } = details;
      const failed =
        (part: 'customer' | 'contact' | 'opportunity') =>
        ({ code, message }: Refusal): Reaction => ({
          command: new FailLeadConversion(leadId, { part, code, detail: message }),
        });
      const reactions: Reaction[] = [];
      if (customer === 'created') {
        const registration = {
          name: companyName ?? personName!,
          kind: companyName === null ? ('person' as const) : ('org' as const),
          domain: details.domain,
          phone,
          sector: details.sector,
          region: details.region,
          source: source.campaign ?? source.partner ?? source.channel,
          ownerId,
        };
        reactions.push({ command: new RegisterCustomer(customerId, registration), otherwise: failed('customer') });
      }
      if (contactId !== null) {
        const channels = [
          ...(email === null ? [] : [{ kind: 'email' as const, value: email }]),
          ...(phone === null ? [] : [{ kind: 'phone' as const, value: phone }]),
        ];
        const contact = {
          contactId,
          name: personName!,
          title: personTitle,
          role: 'other',
          channels,
          birthday: null,
        } as const;
        reactions.push({ command: new AddContact(customerId, contact), otherwise: failed('contact') });
      }
      if (opportunity !== null) {
        const { opportunityId, pipelineId, name, amount } = opportunity;
        const registration = { name, pipelineId, ownerId, customerId, amount, source: SOURCES[source.channel] };
        reactions.push({
          command: new RegisterOpportunity(opportunityId, registration),
          otherwise: failed('opportunity'),
        });
      }
      return reactions;
    },
  },
});
