import { describe, expect, it } from '@jest/globals';
import {
  AssignLead,
  ContactLead,
  ConvertLead,
  FailLeadConversion,
  NoteLead,
  RecycleLead,
  ReopenLead,
} from '../../libs/leads/commands.js';
import { convertLead, failLeadConversion } from '../../libs/leads/lead-conversion.rules.js';
import type { ConversionFacts } from '../../libs/leads/lead-conversion.rules.js';
import { lead } from '../../libs/leads/lead.decider.js';
import type { Lead } from '../../libs/leads/lead.decider.js';
import * as rules from '../../libs/leads/lead.rules.js';
import { conversionOfLead } from '../../processes/conversion-of-lead.js';
import { leadList } from '../../projections/lead-list.js';
import { given, recorded } from '../support/given.js';
import {
  assigned,
  captured,
  counting,
  leadDetails,
  leadId,
  ownerId,
  qualified,
  responseDue,
  source,
  unjudged,
  type LeadEvent,
} from './samples.js';

const other = '01970000-0000-7000-8000-0000000000e2';
const customerId = '01970000-0000-7000-8000-0000000000c1';
const pipelineId = '01970000-0000-7000-8000-0000000000d1';

const contacting =
  (now: string, facts: rules.ClockFacts = { counting }) =>
  (state: Lead) =>
    rules.contactLead(state, new ContactLead(leadId, { channel: 'call', summary: 'interested' }), now, facts);

const due = '2026-03-03T09:00:00.000Z';

describe('converting a lead', () => {
  const ids = {
    customerId: '01970000-0000-7000-8000-0000000000f1',
    contactId: '01970000-0000-7000-8000-0000000000f2',
    opportunityId: '01970000-0000-7000-8000-0000000000f3',
  };
  const facts: ConversionFacts = { ids, matched: [], customer: undefined, contactKnown: false, pipeline: undefined };
  const matched = [{ customerId, by: ['name' as const] }];
  const opportunity = { pipelineId, name: 'First order', amount: null };
  const converting =
    (given: Partial<ConstructorParameters<typeof ConvertLead>[1]> = {}, known: Partial<ConversionFacts> = {}) =>
    (state: Lead) =>
      convertLead(
        state,
        new ConvertLead(leadId, { customerId: null, acceptDuplicates: [], opportunity: null, ...given }),
        due,
        { ...facts, ...known },
      );
  const converted = (change: object = {}): LeadEvent => ({
    type: 'LeadConverted',
    data: {
      leadId,
      ownerId,
      details: leadDetails,
      source,
      matched: [],
      customerId: ids.customerId,
      customer: 'created',
      contactId: ids.contactId,
      contact: 'created',
      opportunity: null,
      ...change,
    },
  });
  const worked = [captured, assigned(), qualified];

  it('makes a customer with its contact, and an opportunity where one is asked for', () => {
    given(lead, ...worked)
      .when(converting())
      .thenRecords(converted());
    given(lead, ...worked)
      .when(converting({ opportunity }, { pipeline: { usable: true } }))
      .thenRecords(converted({ opportunity: { opportunityId: ids.opportunityId, ...opportunity } }));
  });

  it('needs a choice where customers might be the same, and records what they were', () => {
    given(lead, ...worked)
      .when(converting({}, { matched }))
      .thenRefuses('possible-duplicate', { candidates: [customerId] });
    given(lead, ...worked)
      .when(converting({ acceptDuplicates: [customerId] }, { matched }))
      .thenRecords(converted({ matched }));
    given(lead, ...worked)
      .when(converting({ customerId }, { matched, customer: { archived: false, survivorId: null } }))
      .thenRecords(converted({ matched, customerId, customer: 'linked' }));
  });

  it('is refused before it is qualified, twice, and into what is not there', () => {
    given(lead, captured, assigned()).when(converting()).thenRefuses('lead-not-qualified');
    given(lead, ...worked, converted())
      .when(converting())
      .thenRefuses('lead-converted');
    given(lead, ...worked)
      .when(converting({ customerId }))
      .thenRefuses('customer-unknown');
    given(lead, ...worked)
      .when(converting({ customerId }, { customer: { archived: true, survivorId: null } }))
      .thenRefuses('customer-archived');
    given(lead, ...worked)
      .when(converting({ opportunity }))
      .thenRefuses('pipeline-unknown');
    given(lead, ...worked)
      .when(converting({ opportunity }, { pipeline: { usable: false } }))
      .thenRefuses('pipeline-not-published');
  });

  it('takes notes afterwards, and nothing else', () => {
    const all = [...worked, converted()] as const;
    given(lead, ...all)
      .when((state) => rules.noteLead(state, new NoteLead(leadId, { text: 'a note' })))
      .thenRecords({ type: 'LeadNoted', data: { leadId, text: 'a note' } });
    for (const rule of [
      (state: Lead) =>
        rules.assignLead(state, new AssignLead(leadId, { ownerId: other }), '', { openTransferId: null }),
      (state: Lead) => rules.reopenLead(state, new ReopenLead(leadId, { reason: 'no' }), due, unjudged),
      (state: Lead) => rules.recycleLead(state, new RecycleLead(leadId, { reason: 'no' })),
      contacting(due),
    ]) {
      given(lead, ...all)
        .when(rule)
        .thenRefuses('lead-converted');
    }
  });

  it('that fails for its customer leaves the lead as it was; for less it stays converted', () => {
    const failing = (part: 'customer' | 'contact') => (state: Lead) =>
      failLeadConversion(state, new FailLeadConversion(leadId, { part, code: 'full', detail: 'no place' }));
    const failed = (part: 'customer' | 'contact'): LeadEvent => ({
      type: 'LeadConversionFailed',
      data: { leadId, part, code: 'full', detail: 'no place' },
    });
    given(lead, ...worked, converted())
      .when(failing('customer'))
      .thenRecords(failed('customer'))
      .thenReads(leadList, leadId, { status: 'qualified', conversion: null, convertedAt: null });
    given(lead, ...worked, converted(), failed('customer'))
      .when(failing('contact'))
      .thenRecords();
    given(lead, ...worked, converted(), failed('customer'))
      .when(converting())
      .thenRecords(converted());
    given(lead, ...worked, converted())
      .when(failing('contact'))
      .thenReads(leadList, leadId, {
        status: 'converted',
        failures: [{ part: 'contact', code: 'full', detail: 'no place' }],
      });
  });

  it('that fails for its customer has its first answer due as before, and says each failure once', () => {
    const failing = (part: 'customer' | 'contact') => (state: Lead) =>
      failLeadConversion(state, new FailLeadConversion(leadId, { part, code: 'full', detail: 'no place' }));
    const failed: LeadEvent = {
      type: 'LeadConversionFailed',
      data: { leadId, part: 'contact', code: 'full', detail: 'no place' },
    };
    given(lead, captured, responseDue, assigned(), qualified, converted())
      .when(failing('customer'))
      .thenRecords({ ...failed, data: { ...failed.data, part: 'customer' } } as LeadEvent, responseDue)
      .thenReads(leadList, leadId, { firstResponse: 'open', status: 'qualified' });
    given(lead, ...worked, converted(), failed)
      .when(failing('contact'))
      .thenRecords();
  });

  it('makes no contact of a person that the customer has already', () => {
    given(lead, ...worked)
      .when(converting({ customerId }, { customer: { archived: false, survivorId: null }, contactKnown: true }))
      .thenRecords(converted({ customerId, customer: 'linked', contactId: null, contact: 'known' }));
  });

  it.each([
    ['no-address', { email: null, phone: null }],
    ['no-person', { personName: null }],
  ] as const)('says that there is no contact: %s', (contact, change) => {
    const data = { leadId, source, details: { ...leadDetails, ...change } };
    given(lead, { type: 'LeadCaptured', data }, assigned(), qualified)
      .when(converting())
      .thenRecords(converted({ details: data.details, contactId: null, contact }))
      .thenReads(leadList, leadId, { status: 'converted' });
  });

  it('is carried out by a process: customer, contact, opportunity', () => {
    const [event] = recorded([converted({ opportunity: { opportunityId: ids.opportunityId, ...opportunity } })]);
    const commands = conversionOfLead.react(event!).map(({ command }) => command);
    expect(commands.map(({ constructor }) => constructor.name)).toEqual([
      'RegisterCustomer',
      'AddContact',
      'RegisterOpportunity',
    ]);
    const [linked] = recorded([converted({ customer: 'linked', contactId: null })]);
    expect(conversionOfLead.react(linked!)).toEqual([]);
  });
});
