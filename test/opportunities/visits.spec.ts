import { describe, it } from '@jest/globals';
import { CheckInVisit, PlanVisit, ReportVisit } from '../../libs/opportunities/commands.js';
import * as rules from '../../libs/opportunities/visit.rules.js';
import type { VisitFacts } from '../../libs/opportunities/visit.rules.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { opportunityDetail } from '../../projections/opportunity-detail.js';
import { given } from '../support/given.js';
import {
  colleague,
  colleagueId,
  contactId,
  customer,
  customerId,
  now,
  opportunityId,
  owner,
  ownerId,
  registered,
  visitId,
  wasLost,
  working,
} from './samples.js';
import type { OpportunityEvent } from './samples.js';

const about = { opportunityId, customerId, visitId };
const plannedFor = '2026-01-05T10:00:00.000Z';
const planned: OpportunityEvent = {
  type: 'VisitPlanned',
  data: { ...about, visitorId: ownerId, plannedFor, purpose: 'show the tills', contactIds: [contactId] },
};
const arrived: OpportunityEvent = {
  type: 'VisitCheckedIn',
  data: { ...about, visitorId: ownerId, lat: 48.1, lng: 11.5, accuracy: 20, late: false },
  occurredAt: '2026-01-02T08:00:00.000Z',
};
const reported: OpportunityEvent = {
  type: 'VisitReported',
  data: { ...about, visitorId: ownerId, outcome: 'interested', summary: 'they like them', nextStep: 'send an offer' },
};

describe('planning a visit', () => {
  const planning = (
    details: Partial<PlanVisit['details']> = {},
    of: Partial<VisitFacts> = {},
    ...before: OpportunityEvent[]
  ) =>
    given(opportunity, ...before).when((state) =>
      rules.planVisit(
        state,
        new PlanVisit(opportunityId, {
          visitId,
          plannedFor,
          purpose: 'show the tills',
          contactIds: [contactId],
          ...details,
        }),
        now,
        { customer: customer(), visitor: working(owner), ...of },
      ),
    );

  it('sends the owner', () => {
    planning({}, {}, registered())
      .thenRecords(planned)
      .thenReads(opportunityDetail, opportunityId, {
        visits: [
          {
            visitId,
            status: 'planned',
            visitorId: ownerId,
            plannedFor,
            purpose: 'show the tills',
            contactIds: [contactId],
            checkIn: null,
            report: null,
          },
        ],
      });
  });

  it('sends somebody else', () => {
    planning({ visitorId: colleagueId, contactIds: [] }, { visitor: working(colleague) }, registered()).thenRecords({
      type: 'VisitPlanned',
      data: { ...about, visitorId: colleagueId, plannedFor, purpose: 'show the tills', contactIds: [] },
    });
  });

  it('records nothing the second time', () => {
    planning({}, {}, registered(), planned).thenRecords();
  });

  it('refuses a time that has passed', () => {
    planning({ plannedFor: '2026-01-02T08:54:59.999Z' }, {}, registered()).thenRefuses('visit-in-the-past');
  });

  it('refuses a contact of another customer', () => {
    planning({}, { customer: customer({ contacts: [] }) }, registered()).thenRefuses('contact-customer-mismatch');
  });

  it('refuses somebody who left, and somebody nobody hired', () => {
    planning({}, { visitor: working(owner, 'left') }, registered()).thenRefuses('visitor-inactive');
    planning({}, { visitor: undefined }, registered()).thenRefuses('employee-unknown');
  });

  it('refuses what has ended', () => planning({}, {}, registered(), wasLost()).thenRefuses('opportunity-closed'));
});

describe('checking in', () => {
  const checkingIn = (details: Partial<CheckInVisit['details']> = {}, ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.checkInVisit(
        state,
        new CheckInVisit(opportunityId, { visitId, lat: 48.1, lng: 11.5, accuracy: 20, ...details }),
        now,
      ),
    );
  const here = { ...about, visitorId: ownerId, lat: 48.1, lng: 11.5, accuracy: 20 };

  it('records where the visitor is', () => {
    checkingIn({}, registered(), planned).thenRecords({ type: 'VisitCheckedIn', data: { ...here, late: false } });
  });

  it('records when that was', () => {
    checkingIn({ occurredAt: '2026-01-02T08:00:00.000Z' }, registered(), planned).thenRecords(arrived);
  });

  it('takes what is more than a day late only when that is admitted', () => {
    const later = { ...registered(), occurredAt: '2025-12-01T00:00:00.000Z' };
    const occurredAt = '2026-01-01T08:59:59.999Z';
    checkingIn({ occurredAt }, later, planned).thenRefuses('check-in-late');
    checkingIn({ occurredAt, late: true }, later, planned).thenRecords({
      type: 'VisitCheckedIn',
      data: { ...here, late: true },
      occurredAt,
    });
  });

  it.each([
    ['in-the-future', { occurredAt: '2026-01-02T09:05:00.001Z' }],
    ['before-registration', { occurredAt: '2025-12-31T23:59:59.999Z', late: true }],
    ['position-inaccurate', { accuracy: 501 }],
    ['position-inaccurate', { accuracy: -1 }],
    ['coordinates-invalid', { lat: 91 }],
    ['coordinates-invalid', { lng: -181 }],
    ['coordinates-invalid', { lat: Number.NaN }],
    ['coordinates-invalid', { lat: undefined as unknown as number }],
  ])('refuses with %s: %p', (code, details) => checkingIn(details, registered(), planned).thenRefuses(code));

  it('refuses to arrive twice', () => checkingIn({}, registered(), planned, arrived).thenRefuses('visit-checked-in'));

  it('refuses a visit nobody planned', () => checkingIn({}, registered()).thenRefuses('visit-unknown'));

  it('refuses what has ended', () =>
    checkingIn({}, registered(), planned, wasLost()).thenRefuses('opportunity-closed'));
});

describe('reporting a visit', () => {
  const reporting = (details: Partial<ReportVisit['details']> = {}, ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      rules.reportVisit(
        state,
        new ReportVisit(opportunityId, {
          visitId,
          outcome: 'interested',
          summary: 'they like them',
          nextStep: 'send an offer',
          ...details,
        }),
        now,
      ),
    );

  it('records what it came to, and the next step', () => {
    reporting({}, registered(), planned, arrived)
      .thenRecords(reported)
      .thenReads(opportunityBoard, opportunityId, { nextStep: 'send an offer' })
      .thenReads(opportunityDetail, opportunityId, { nextStep: 'send an offer' });
  });

  it('leaves the next step as it is when it names none', () => {
    reporting({ nextStep: null }, registered({ nextStep: 'call' }), planned, arrived).thenReads(
      opportunityDetail,
      opportunityId,
      { nextStep: 'call' },
    );
  });

  it('is possible when the opportunity has ended in the meantime', () => {
    reporting({}, registered(), planned, arrived, wasLost()).thenRecords(reported);
  });

  it('refuses to report before the visitor arrived', () => {
    reporting({}, registered(), planned).thenRefuses('visit-not-checked-in');
    reporting({ occurredAt: '2026-01-02T07:00:00.000Z' }, registered(), planned, arrived).thenRefuses(
      'visit-before-check-in',
    );
  });

  it('refuses to report twice', () =>
    reporting({}, registered(), planned, arrived, reported).thenRefuses('visit-reported'));

  it('refuses a visit nobody planned', () => reporting({}, registered()).thenRefuses('visit-unknown'));
});
