import { Missing, Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { addHours, addMilliseconds, CLOCK_SKEW } from '../time.js';
import type { CheckInVisit, PlanVisit, ReportVisit } from './commands.js';
import type { OpportunityEvents } from './events.js';
import type { CustomerFact } from './opportunity-gates.rules.js';
import { checkContacts } from './opportunity-people.rules.js';
import type { EmployeeFact } from './opportunity-people.rules.js';
import { open, registered } from './opportunity.decider.js';
import type { KnownOpportunity, Opportunity, Visit } from './opportunity.decider.js';

type Event = EventOf<OpportunityEvents>;

/** A position that is less exact than this, in metres, does not show where somebody was. */
export const LEAST_ACCURACY = 500;

/** Until then an arrival can be written down without saying that one is late, in hours. */
const IN_TIME = 24;

export interface VisitFacts {
  readonly customer: CustomerFact | undefined;
  readonly visitor: EmployeeFact | undefined;
}

/** Planning the same visit again changes nothing. */
export function planVisit(
  state: Opportunity,
  { opportunityId, details }: PlanVisit,
  now: string,
  { customer, visitor }: VisitFacts,
): Event[] {
  const { customerId, owner, visits } = open(state, opportunityId);
  const { visitId, plannedFor, purpose, contactIds = [] } = details;
  if (visits.has(visitId)) return [];
  const visitorId = details.visitorId ?? owner.employeeId;
  if (!visitor) throw new Missing('employee', visitorId);
  if (visitor.status === 'left' || visitor.status === 'suspended') {
    throw new Refusal('visitor-inactive', `The employee is ${visitor.status}.`, {
      field: 'visitorId',
      state: visitor.status,
    });
  }
  if (addMilliseconds(plannedFor, CLOCK_SKEW) < now) {
    throw new Refusal('visit-in-the-past', 'A visit is planned for a time to come.', { field: 'plannedFor' });
  }
  checkContacts(contactIds, customer);
  return [
    {
      type: 'VisitPlanned',
      data: {
        opportunityId,
        customerId,
        visitId,
        visitorId,
        plannedFor,
        purpose,
        contactIds: [...new Set(contactIds)],
      },
    },
  ];
}

export function checkInVisit(state: Opportunity, { opportunityId, details }: CheckInVisit, now: string): Event[] {
  const opportunity = open(state, opportunityId);
  const { visitId, lat, lng, accuracy, occurredAt, late = false } = details;
  const { status, visitorId } = visitOf(opportunity, visitId);
  if (status !== 'planned') throw new Refusal('visit-checked-in', 'The visitor has arrived already.');
  if (!(lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180)) {
    throw new Refusal('coordinates-invalid', 'A place on earth has a latitude and a longitude.', { field: 'lat' });
  }
  if (!(accuracy >= 0 && accuracy <= LEAST_ACCURACY)) {
    throw new Refusal('position-inaccurate', `A position must be exact to ${LEAST_ACCURACY} metres.`, {
      field: 'accuracy',
    });
  }
  const at = happened(opportunity, occurredAt, now);
  if (addHours(at, IN_TIME) < now && !late) {
    throw new Refusal('check-in-late', 'Write down an arrival of more than a day ago as late.', { field: 'late' });
  }
  const { customerId } = opportunity;
  return [
    {
      type: 'VisitCheckedIn',
      data: { opportunityId, customerId, visitId, visitorId, lat, lng, accuracy, late },
      ...(at !== now && { occurredAt: at }),
    },
  ];
}

/** What a visit came to can still be reported when the opportunity has ended in the meantime. */
export function reportVisit(state: Opportunity, { opportunityId, details }: ReportVisit, now: string): Event[] {
  const opportunity = registered(state, opportunityId);
  const { visitId, outcome, summary, nextStep = null, occurredAt } = details;
  const { status, visitorId, checkedInAt } = visitOf(opportunity, visitId);
  if (status === 'planned') throw new Refusal('visit-not-checked-in', 'The visitor has not arrived yet.');
  if (status === 'reported') throw new Refusal('visit-reported', 'The visit was reported already.');
  const at = happened(opportunity, occurredAt, now);
  if (checkedInAt !== null && addMilliseconds(at, CLOCK_SKEW) < checkedInAt) {
    throw new Refusal('visit-before-check-in', 'A visit ends after the visitor arrived.', {
      field: 'occurredAt',
      checkedInAt,
    });
  }
  const { customerId } = opportunity;
  return [
    {
      type: 'VisitReported',
      data: { opportunityId, customerId, visitId, visitorId, outcome, summary, nextStep },
      ...(at !== now && { occurredAt: at }),
    },
  ];
}

function visitOf({ visits }: KnownOpportunity, visitId: string): Visit {
  const visit = visits.get(visitId);
  if (visit) return visit;
  throw new Missing('visit', visitId);
}

/** @throws Refusal `in-the-future` · `before-registration` */
function happened({ registeredAt }: KnownOpportunity, occurredAt: string | undefined, now: string): string {
  if (occurredAt === undefined) return now;
  if (occurredAt > addMilliseconds(now, CLOCK_SKEW)) {
    throw new Refusal('in-the-future', 'It cannot have happened yet.', { field: 'occurredAt' });
  }
  if (occurredAt < registeredAt) {
    throw new Refusal('before-registration', 'It is older than the opportunity.', {
      field: 'occurredAt',
      registeredAt,
    });
  }
  return occurredAt;
}
