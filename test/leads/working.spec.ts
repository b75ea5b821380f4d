import { describe, it } from '@jest/globals';
import {
  AssignLead,
  ContactLead,
  DisqualifyLead,
  MarkLeadDuplicate,
  QualifyLead,
  RecordLeadResponseBreach,
  RecycleLead,
  ReopenLead,
} from '../../libs/leads/commands.js';
import { lead } from '../../libs/leads/lead.decider.js';
import type { Lead } from '../../libs/leads/lead.decider.js';
import * as rules from '../../libs/leads/lead.rules.js';
import { leadList } from '../../projections/lead-list.js';
import { given } from '../support/given.js';
import {
  assigned,
  captured,
  counting,
  judging,
  leadId,
  ownerId,
  qualified,
  responseDue,
  unjudged,
  withHoliday,
  type LeadEvent,
} from './samples.js';

const other = '01970000-0000-7000-8000-0000000000e2';

const monday = '2026-03-02T14:00:00.000Z';

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
  const reopening = (state: Lead) =>
    rules.reopenLead(state, new ReopenLead(leadId, { reason: 'called back' }), monday, unjudged);
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

  it('is to be answered anew once it is opened again, by the policy in force', () => {
    const graded: LeadEvent = {
      type: 'LeadGraded',
      data: { leadId, from: null, to: 'B', basis: 'score', reason: null },
    };
    given(lead, captured, graded, responseDue, contacted(), recycled)
      .when((state) => rules.reopenLead(state, new ReopenLead(leadId, { reason: 'called back' }), monday, judging))
      .thenRecords(reopened, responseDue)
      .thenReads(leadList, leadId, { firstResponse: 'open', responseDueAt: due });
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
