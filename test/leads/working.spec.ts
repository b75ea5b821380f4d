import { describe, expect, it } from '@jest/globals';
import {
  AssignLead,
  ContactLead,
  ConvertLead,
  DisqualifyLead,
  FailLeadConversion,
  MarkLeadDuplicate,
  NoteLead,
  QualifyLead,
  RecordLeadResponseBreach,
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
  withHoliday,
  type LeadEvent,
} from './samples.js';

const other = '01970000-0000-7000-8000-0000000000e2';
const customerId = '01970000-0000-7000-8000-0000000000c1';
const pipelineId = '01970000-0000-7000-8000-0000000000d1';

const contacting =
  (now: string, facts: rules.ClockFacts = { counting }) =>
  (state: Lead) =>
    rules.contactLead(state, new ContactLead(leadId, { channel: 'call', summary: 'interested' }), now, facts);
const breaching =
  (now: string, facts: rules.ClockFacts = { counting }) =>
  (state: Lead) =>
    rules.recordLeadResponseBreach(
      state,
      new RecordLeadResponseBreach(leadId, { dueAt: '2026-03-03T09:00:00.000Z' }),
      now,
      facts,
    );
const contacted = (owner: string | null = null): LeadEvent => ({
  type: 'LeadContacted',
  data: { leadId, channel: 'call', summary: 'interested', ownerId: owner },
});
const due = '2026-03-03T09:00:00.000Z';
const met: LeadEvent = { type: 'LeadFirstResponseMet', data: { leadId, dueAt: due, ownerId: null } };
const breached: LeadEvent = { type: 'LeadFirstResponseBreached', data: { leadId, dueAt: due, ownerId: null } };

describe('the first answer', () => {
  it('is in time up to the moment itself, and late after it', () => {
    given(lead, captured, responseDue).when(contacting(due)).thenRecords(met, contacted());
    given(lead, captured, responseDue)
      .when(contacting('2026-03-03T09:00:00.001Z'))
      .thenRecords({ ...breached, occurredAt: due }, contacted())
      .thenReads(leadList, leadId, { status: 'contacted', firstResponse: 'breached' });
  });

  it('is counted once: a second contact is a contact', () => {
    given(lead, captured, responseDue, met, contacted()).when(contacting(due)).thenRecords(contacted());
    given(lead, captured, responseDue, breached).when(contacting(due)).thenRecords(contacted());
  });

  it('is missed once the clock finds the time over', () => {
    given(lead, captured, responseDue)
      .when(breaching('2026-03-03T09:00:01.000Z'))
      .thenRecords({ ...breached, occurredAt: due });
    given(lead, captured, responseDue, met, contacted()).when(breaching('2026-03-04T00:00:00.000Z')).thenRecords();
    given(lead, captured, responseDue, breached).when(breaching('2026-03-04T00:00:00.000Z')).thenRecords();
  });

  it('moves with a calendar that changes under the clock', () => {
    const moved: LeadEvent = {
      type: 'LeadResponseDue',
      data: { ...responseDue.data, dueAt: '2026-03-04T09:00:00.000Z', calendarRevision: 5 } as never,
    };
    given(lead, captured, responseDue)
      .when(breaching('2026-03-03T09:00:01.000Z', { counting: withHoliday }))
      .thenRecords(moved)
      .thenReads(leadList, leadId, { firstResponse: 'open', responseDueAt: '2026-03-04T09:00:00.000Z' });
    given(lead, captured, responseDue)
      .when(contacting('2026-03-03T12:00:00.000Z', { counting: withHoliday }))
      .thenRecords(
        moved,
        { type: 'LeadFirstResponseMet', data: { leadId, dueAt: '2026-03-04T09:00:00.000Z', ownerId: null } },
        contacted(),
      );
  });

  it('is not waited for once the lead is closed', () => {
    const closing = (state: Lead) =>
      rules.disqualifyLead(state, new DisqualifyLead(leadId, { reason: 'spam', note: null }));
    given(lead, captured, responseDue)
      .when(closing)
      .thenRecords({ type: 'LeadDisqualified', data: { leadId, reason: 'spam', note: null } })
      .thenReads(leadList, leadId, { firstResponse: null, responseDueAt: null, status: 'unqualified' });
  });
});

describe('working on a lead', () => {
  const assigning = (to: string) => (state: Lead) =>
    rules.assignLead(state, new AssignLead(leadId, { ownerId: to }), '', { openTransferId: null });
  const qualifying = (state: Lead) => rules.qualifyLead(state, new QualifyLead(leadId, { note: null }));
  const recycling = (state: Lead) => rules.recycleLead(state, new RecycleLead(leadId, { reason: 'autumn' }));
  const reopening = (state: Lead) => rules.reopenLead(state, new ReopenLead(leadId, { reason: 'called back' }));
  const marking =
    (id: string, there = true, isDuplicate = false) =>
    (state: Lead) =>
      rules.markLeadDuplicate(state, new MarkLeadDuplicate(leadId, { of: { kind: 'lead', id } }), due, {
        there,
        isDuplicate,
      });
  const recycled: LeadEvent = { type: 'LeadRecycled', data: { leadId, reason: 'autumn' } };
  const reopened: LeadEvent = { type: 'LeadReopened', data: { leadId, reason: 'called back' } };

  it('has an owner, the same one once', () => {
    given(lead, captured).when(assigning(ownerId)).thenRecords(assigned());
    given(lead, captured, assigned()).when(assigning(ownerId)).thenRecords();
    given(lead, captured, assigned()).when(assigning(other)).thenRecords(assigned(other, ownerId));
    given(lead).when(assigning(ownerId)).thenRefuses('lead-unknown');
  });

  it('is qualified by who answers for it', () => {
    given(lead, captured).when(qualifying).thenRefuses('lead-unowned');
    given(lead, captured, assigned()).when(qualifying).thenRecords(qualified);
    given(lead, captured, assigned(), qualified).when(qualifying).thenRecords();
  });

  it('goes back to be warmed up without an owner, and can be opened again', () => {
    given(lead, captured, assigned())
      .when(recycling)
      .thenRecords(recycled, { type: 'LeadAssigned', data: { leadId, from: ownerId, to: null, basis: 'recycled' } });
    given(lead, captured, recycled).when(qualifying).thenRefuses('lead-closed', { leadStatus: 'recycled' });
    given(lead, captured, recycled)
      .when(reopening)
      .thenRecords(reopened)
      .thenReads(leadList, leadId, { status: 'new' });
    given(lead, captured).when(reopening).thenRecords();
  });

  it('ends where it is the same as another, which is there and not itself', () => {
    given(lead, captured).when(marking(leadId)).thenRefuses('duplicate-of-itself');
    given(lead, captured).when(marking(other, false)).thenRefuses('lead-unknown', { id: other });
    given(lead, captured)
      .when(marking(other, true, true))
      .thenRefuses('duplicate-of-duplicate');
    given(lead, captured)
      .when(marking(other))
      .thenRecords({ type: 'LeadMarkedDuplicate', data: { leadId, of: { kind: 'lead', id: other } } });
  });
});

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
      .when(converting({ customerId }, { matched, customer: { archived: false } }))
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
      .when(converting({ customerId }, { customer: { archived: true } }))
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
      (state: Lead) => rules.reopenLead(state, new ReopenLead(leadId, { reason: 'no' })),
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
      .when(converting({ customerId }, { customer: { archived: false }, contactKnown: true }))
      .thenRecords(converted({ customerId, customer: 'linked', contactId: null }));
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
