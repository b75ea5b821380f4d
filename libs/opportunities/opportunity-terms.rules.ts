import { Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { wasCurrency } from '../money.js';
import type { Money } from '../money.js';
import { addDays, isDay } from '../time.js';
import type {
  ChangeOpportunityAmount,
  ChangeOpportunityCloseDate,
  ChangeOpportunityDetails,
  GradeOpportunity,
  QualifyOpportunity,
} from './commands.js';
import type { OpportunityEvents } from './events.js';
import { open } from './opportunity.decider.js';
import type { Opportunity, OpportunityDetails } from './opportunity.decider.js';

type Event = EventOf<OpportunityEvents>;

/** Ten years and their leap days: what is expected to close further away than that, on either side, was mistyped. */
const HORIZON = 3653;

export function changeOpportunityAmount(
  state: Opportunity,
  { opportunityId, details: { amount: to } }: ChangeOpportunityAmount,
): Event[] {
  const opportunity = open(state, opportunityId);
  const { customerId, amount: from } = opportunity;
  checkAmount(opportunity, to);
  if (from?.amount === to.amount && from.currency === to.currency) return [];
  return [{ type: 'OpportunityAmountChanged', data: { opportunityId, customerId, from, to } }];
}

/** @throws Refusal `amount-invalid` · `currency-fixed` once it has changed the stage: reports have counted it by then */
export function checkAmount(
  { moved, amount: before }: { readonly moved: boolean; readonly amount: Money | null },
  { amount, currency }: Money,
): void {
  if (!Number.isSafeInteger(amount) || amount < 0 || !wasCurrency(currency)) {
    throw new Refusal(
      'amount-invalid',
      'An amount is a whole number of minor units, not below 0, in an ISO 4217 currency.',
      {
        field: 'amount',
      },
    );
  }
  if (moved && before !== null && before.currency !== currency) {
    throw new Refusal('currency-fixed', `The opportunity is in ${before.currency} since it first changed its stage.`, {
      field: 'amount.currency',
    });
  }
}

/** A day in the past is let through: it shows that the opportunity is overdue. */
export function changeOpportunityCloseDate(
  state: Opportunity,
  { opportunityId, details: { expectedCloseOn: to } }: ChangeOpportunityCloseDate,
  now: string,
): Event[] {
  const { customerId, expectedCloseOn: from, pushCount } = open(state, opportunityId);
  checkCloseDay(to, now);
  if (from === to) return [];
  const pushed = from !== null && to > from;
  return [
    {
      type: 'OpportunityCloseDateChanged',
      data: { opportunityId, customerId, from, to, pushCount: pushCount + (pushed ? 1 : 0) },
    },
  ];
}

/** @throws Refusal `close-date-out-of-range` */
export function checkCloseDay(day: string, now: string): void {
  const [from, to] = [addDays(now, -HORIZON).slice(0, 10), addDays(now, HORIZON).slice(0, 10)];
  if (isDay(day) && day >= from && day <= to) return;
  throw new Refusal('close-date-out-of-range', 'An opportunity closes within ten years.', {
    field: 'expectedCloseOn',
    from,
    to,
  });
}

/** One command is one event, however many fields it changes. */
export function changeOpportunityDetails(
  state: Opportunity,
  { opportunityId, details: wanted }: ChangeOpportunityDetails,
): Event[] {
  const { customerId, details } = open(state, opportunityId);
  const changes = Object.entries(wanted).flatMap(([field, to]) => {
    const from = details[field as keyof OpportunityDetails];
    return to === undefined || from === to ? [] : [{ field, from, to }];
  });
  if (changes.length === 0) return [];
  return [{ type: 'OpportunityDetailsChanged', data: { opportunityId, customerId, changes } }];
}

export function qualifyOpportunity(state: Opportunity, { opportunityId, details }: QualifyOpportunity): Event[] {
  const { customerId, qualified } = open(state, opportunityId);
  if (qualified) return [];
  return [{ type: 'OpportunityQualified', data: { opportunityId, customerId, note: details.note ?? null } }];
}

export function gradeOpportunity(state: Opportunity, { opportunityId, details }: GradeOpportunity): Event[] {
  const { customerId, grade: from } = open(state, opportunityId);
  const { grade: to, reason = null } = details;
  if (from === to) return [];
  return [{ type: 'OpportunityGraded', data: { opportunityId, customerId, from, to, reason } }];
}
