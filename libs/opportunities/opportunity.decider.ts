import { OrderedMap } from 'immutable';
import { newValues } from '../changes.js';
import type { ContactRole, Owner } from '../customers/events.js';
import { Missing, Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { Following } from '../merged.js';
import type { Money } from '../money.js';
import { addMilliseconds, CLOCK_SKEW } from '../time.js';
import type {
  ForecastCategory,
  OpportunityDetails,
  OpportunityEvents,
  OpportunityGrade,
  OpportunityStatus,
  Requirement,
} from './events.js';

export interface Visit {
  readonly status: 'planned' | 'checked_in' | 'reported';
  readonly visitorId: string;
  readonly checkedInAt: string | null;
}

/** What the rules ask about; screens read projections. */
export interface KnownOpportunity extends Following {
  readonly status: OpportunityStatus;
  readonly registeredAt: string;
  readonly pipelineId: string;
  readonly pipelineVersion: number;
  readonly stageId: string;
  readonly stageEnteredAt: string;
  /** The last open stage it was in: where it is closed from, and goes on when it is reopened. */
  readonly openStageId: string;
  /** Whether it ever changed the stage: from then on its currency is fixed. */
  readonly moved: boolean;
  readonly details: OpportunityDetails;
  readonly grade: OpportunityGrade | null;
  readonly qualified: boolean;
  readonly amount: Money | null;
  readonly expectedCloseOn: string | null;
  readonly pushCount: number;
  readonly probability: number;
  readonly forecastCategory: ForecastCategory;
  readonly owner: Owner;
  /** Role by employee. */
  readonly team: OrderedMap<string, string>;
  /** Role by contact. */
  readonly contacts: OrderedMap<string, ContactRole>;
  /** The contact that is named as the primary one for this deal. */
  readonly primaryContactId: string | null;
  readonly visits: OrderedMap<string, Visit>;
  /** What the next move to this stage may go without. */
  readonly override: { readonly toStage: string; readonly requirements: readonly Requirement[] } | null;
}

export type Opportunity = { readonly status: 'unknown' } | KnownOpportunity;

export const opportunity = decider<Opportunity, OpportunityEvents>({
  category: 'opportunity',
  initial: { status: 'unknown' },
  evolve: {
    OpportunityRegistered: (_, { opportunityId: __, customer: ___, name, source, product, nextStep, ...data }, at) => ({
      ...data,
      status: 'open',
      registeredAt: at,
      stageEnteredAt: at,
      openStageId: data.stageId,
      details: {
        name,
        source,
        product,
        nextStep,
      },
      followed: [],
      moved: false,
      qualified: false,
      pushCount: 0,
      team: OrderedMap(),
      contacts: OrderedMap(),
      primaryContactId: null,
      visits: OrderedMap(),
      override: null,
    }),
    OpportunityCustomerLinked: (state, { customerId }) => known(state, () => ({ customerId })),
    OpportunityCustomerChanged: (state, { customerId, followed }) => known(state, () => ({ customerId, followed })),
    OpportunityContactLinked: (state, { contactId, role, isPrimary }) =>
      known(state, ({ contacts, primaryContactId }) => ({
        contacts: contacts.set(contactId, role),
        primaryContactId: isPrimary ? contactId : otherThan(contactId, primaryContactId),
      })),
    OpportunityContactUnlinked: (state, { contactId }) =>
      known(state, ({ contacts, primaryContactId }) => ({
        contacts: contacts.delete(contactId),
        primaryContactId: otherThan(contactId, primaryContactId),
      })),
    OpportunityDetailsChanged: (state, { changes }) =>
      known(state, ({ details }) => ({ details: { ...details, ...newValues(changes) } })),
    OpportunityQualified: (state) => known(state, () => ({ qualified: true })),
    OpportunityGraded: (state, { to }) => known(state, () => ({ grade: to })),
    OpportunityStageChanged: (state, { to, probability, forecastCategory }, at) =>
      known(state, () => ({ ...entered(to, at), openStageId: to, probability, forecastCategory })),
    OpportunityGateOverridden: (state, { toStage, requirements }) =>
      known(state, () => ({ override: { toStage, requirements } })),
    OpportunityAmountChanged: (state, { to }) => known(state, () => ({ amount: to })),
    OpportunityCloseDateChanged: (state, { to, pushCount }) => known(state, () => ({ expectedCloseOn: to, pushCount })),
    OpportunityProbabilityOverridden: (state, { to }) => known(state, () => ({ probability: to })),
    OpportunityForecastCategoryChanged: (state, { to }) => known(state, () => ({ forecastCategory: to })),
    OpportunityTeamMemberAdded: (state, { employeeId, role }) =>
      known(state, ({ team }) => ({ team: team.set(employeeId, role) })),
    OpportunityTeamMemberRemoved: (state, { employeeId }) =>
      known(state, ({ team }) => ({ team: team.delete(employeeId) })),
    VisitPlanned: (state, { visitId, visitorId }) =>
      visit(state, visitId, () => ({ status: 'planned', visitorId, checkedInAt: null })),
    VisitCheckedIn: (state, { visitId }, at) =>
      visit(state, visitId, (before) => ({ ...before, status: 'checked_in', checkedInAt: at })),
    VisitReported: (state, { visitId, nextStep }) =>
      known(
        visit(state, visitId, (before) => ({ ...before, status: 'reported' })),
        ({ details }) => ({ details: nextStep === null ? details : { ...details, nextStep } }),
      ),
    OpportunityOwnerChanged: (state, { to }) => known(state, () => ({ owner: to })),
    OpportunityWon: (state, { toStage, amount }, at) =>
      known(state, () => ({
        ...entered(toStage, at),
        status: 'won',
        amount,
        probability: 100,
        forecastCategory: 'closed',
      })),
    OpportunityLost: (state, { toStage }, at) =>
      known(state, () => ({ ...entered(toStage, at), status: 'lost', probability: 0, forecastCategory: 'omitted' })),
    OpportunityVoided: (state, { fromStage, toStage }, at) =>
      known(state, () => ({
        ...entered(toStage ?? fromStage, at),
        status: 'void',
        probability: 0,
        forecastCategory: 'omitted',
      })),
    OpportunityReopened: (state, { toStage, probability, forecastCategory }, at) =>
      known(state, () => ({
        ...entered(toStage, at),
        status: 'open',
        openStageId: toStage,
        probability,
        forecastCategory,
      })),
  },
});

/** Whatever was let pass for a move is used up by the next one. */
const entered = (stageId: string, at: string) => ({ stageId, stageEnteredAt: at, moved: true, override: null });

function known(state: Opportunity, change: (state: KnownOpportunity) => Partial<KnownOpportunity>): Opportunity {
  return state.status === 'unknown' ? state : { ...state, ...change(state) };
}

function visit(state: Opportunity, visitId: string, change: (before: Visit) => Visit): Opportunity {
  const unseen: Visit = { status: 'planned', visitorId: '', checkedInAt: null };
  return known(state, ({ visits }) => ({ visits: visits.set(visitId, change(visits.get(visitId, unseen))) }));
}

/** The primary contact, unless it is this one. */
const otherThan = (contactId: string, primaryContactId: string | null): string | null =>
  primaryContactId === contactId ? null : primaryContactId;

/** @throws Missing `opportunity-unknown` */
export function registered(state: Opportunity, opportunityId: string): KnownOpportunity {
  if (state.status === 'unknown') throw new Missing('opportunity', opportunityId);
  return state;
}

/** The opportunity, when it has not ended. @throws Missing · Refusal `opportunity-closed` */
export function open(state: Opportunity, opportunityId: string): KnownOpportunity {
  const found = registered(state, opportunityId);
  if (found.status === 'open') return found;
  throw new Refusal('opportunity-closed', 'The opportunity has ended; reopen it first.', { state: found.status });
}

/** Time in a stage never runs backwards. @throws Refusal `before-stage-entered` */
export function notBeforeStage({ stageEnteredAt }: KnownOpportunity, now: string): void {
  if (addMilliseconds(now, CLOCK_SKEW) >= stageEnteredAt) return;
  throw new Refusal('before-stage-entered', 'It cannot leave the stage before it came into it.', { stageEnteredAt });
}
