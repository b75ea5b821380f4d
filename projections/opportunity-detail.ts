import { newValues } from '../libs/changes.js';
import type { ContactRole, Owner } from '../libs/customers/events.js';
import type {
  Credit,
  CustomerSnapshot,
  ForecastCategory,
  GateResult,
  OpportunityEvents,
  OpportunityGrade,
  OpportunitySource,
  OpportunityStatus,
  Requirement,
} from '../libs/opportunities/events.js';
import type { Money } from '../libs/money.js';
import { projection } from '../libs/read-models/projection.js';
import { weighted } from './weighted.js';

interface Moment {
  readonly at: string;
}

export interface VisitDetail {
  readonly visitId: string;
  readonly status: 'planned' | 'checked_in' | 'reported';
  readonly visitorId: string;
  readonly plannedFor: string;
  readonly purpose: string;
  readonly contactIds: readonly string[];
  readonly checkIn: (Pick<OpportunityEvents['VisitCheckedIn'], 'lat' | 'lng' | 'accuracy' | 'late'> & Moment) | null;
  readonly report: (Pick<OpportunityEvents['VisitReported'], 'outcome' | 'summary' | 'nextStep'> & Moment) | null;
}

/** One step through the stages, with who made it. */
export interface StageStep {
  readonly from: string | null;
  readonly to: string | null;
  readonly how: 'registered' | 'forward' | 'skip' | 'back' | 'won' | 'lost' | 'void' | 'reopened';
  readonly at: string;
  readonly by: string;
  readonly gateResults: readonly GateResult[];
}

/** One time it ended; reopening leaves it here. */
export interface ClosingDetail {
  readonly as: 'won' | 'lost' | 'void';
  readonly at: string;
  readonly amount: Money | null;
  /** One of the loss reasons, or what somebody wrote. */
  readonly reason: string | null;
  readonly competitor: string | null;
  readonly note: string | null;
  readonly credit: Credit;
  readonly reopened: { readonly at: string; readonly reason: string } | null;
}

/** Everything on the screen of one opportunity. */
export interface OpportunityDetail {
  readonly opportunityId: string;
  readonly revision: number;
  readonly name: string;
  readonly customerId: string | null;
  /** The customer as of the registration, or of when it was linked. */
  readonly customer: CustomerSnapshot | null;
  readonly pipelineId: string;
  readonly pipelineVersion: number;
  readonly status: OpportunityStatus;
  readonly stageId: string;
  readonly stageEnteredAt: string;
  readonly registeredAt: string;
  readonly source: OpportunitySource | null;
  readonly product: string | null;
  readonly grade: OpportunityGrade | null;
  readonly nextStep: string | null;
  readonly qualified: { readonly at: string; readonly by: string; readonly note: string | null } | null;
  readonly amount: Money | null;
  readonly probability: number;
  readonly weightedAmount: number;
  readonly forecastCategory: ForecastCategory;
  readonly expectedCloseOn: string | null;
  /** How often the day was put off. */
  readonly pushCount: number;
  readonly owner: Owner;
  readonly team: readonly { readonly employeeId: string; readonly name: string; readonly role: string }[];
  readonly contacts: readonly { readonly contactId: string; readonly role: ContactRole; readonly isPrimary: boolean }[];
  readonly visits: readonly VisitDetail[];
  readonly steps: readonly StageStep[];
  readonly overrides: readonly {
    readonly toStage: string;
    readonly requirements: readonly Requirement[];
    readonly reason: string;
    readonly at: string;
    readonly by: string;
  }[];
  readonly closings: readonly ClosingDetail[];
}

export const opportunityDetail = projection<OpportunityDetail, OpportunityEvents>({
  name: 'opportunity-detail',
  version: 2,
  id: ({ data }) => data.opportunityId,
  stream: (id) => `opportunity-${id}`,
  starts: {
    OpportunityRegistered: ({ data, occurredAt, revision, metadata: { actor } }) => ({
      ...data,
      revision,
      status: 'open',
      stageEnteredAt: occurredAt,
      registeredAt: occurredAt,
      qualified: null,
      weightedAmount: weighted(data.amount?.amount ?? 0, data.probability),
      pushCount: 0,
      team: [],
      contacts: [],
      visits: [],
      overrides: [],
      closings: [],
      steps: [
        {
          from: null,
          to: data.stageId,
          how: 'registered',
          at: occurredAt,
          by: actor.name,
          gateResults: [],
        },
      ],
    }),
  },
  on: {
    OpportunityCustomerLinked: (detail, { data: { customerId, customer }, revision }) => ({
      ...detail,
      customerId,
      customer,
      revision,
    }),
    OpportunityCustomerChanged: (detail, { data: { customerId }, revision }) => ({ ...detail, customerId, revision }),
    OpportunityContactLinked: (detail, { data: { contactId, role, isPrimary }, revision }) => {
      const others = detail.contacts.filter((contact) => contact.contactId !== contactId);
      const rest = isPrimary ? others.map((contact) => ({ ...contact, isPrimary: false })) : others;
      return { ...detail, contacts: [...rest, { contactId, role, isPrimary }], revision };
    },
    OpportunityContactUnlinked: (detail, { data, revision }) => ({
      ...detail,
      contacts: detail.contacts.filter(({ contactId }) => contactId !== data.contactId),
      revision,
    }),
    OpportunityDetailsChanged: (detail, { data, revision }) => ({
      ...detail,
      ...newValues(data.changes),
      revision,
    }),
    OpportunityQualified: (detail, { data: { note }, occurredAt, revision, metadata: { actor } }) => ({
      ...detail,
      qualified: { at: occurredAt, by: actor.name, note },
      revision,
    }),
    OpportunityGraded: (detail, { data, revision }) => ({ ...detail, grade: data.to, revision }),
    OpportunityAmountChanged: (detail, { data, revision }) => worth(detail, { amount: data.to, revision }),
    OpportunityCloseDateChanged: (detail, { data: { to, pushCount }, revision }) => ({
      ...detail,
      expectedCloseOn: to,
      pushCount,
      revision,
    }),
    OpportunityProbabilityOverridden: (detail, { data, revision }) => worth(detail, { probability: data.to, revision }),
    OpportunityForecastCategoryChanged: (detail, { data, revision }) => ({
      ...detail,
      forecastCategory: data.to,
      revision,
    }),
    OpportunityTeamMemberAdded: (detail, { data: { employeeId, name, role }, revision }) => ({
      ...detail,
      team: [...detail.team.filter((member) => member.employeeId !== employeeId), { employeeId, name, role }],
      revision,
    }),
    OpportunityTeamMemberRemoved: (detail, { data, revision }) => ({
      ...detail,
      team: detail.team.filter(({ employeeId }) => employeeId !== data.employeeId),
      revision,
    }),
    VisitPlanned: (detail, { data: { visitId, visitorId, plannedFor, purpose, contactIds }, revision }) => {
      const planned = { visitId, status: 'planned', visitorId, plannedFor, purpose, contactIds } as const;
      return { ...detail, visits: [...detail.visits, { ...planned, checkIn: null, report: null }], revision };
    },
    VisitCheckedIn: (detail, { data: { visitId, lat, lng, accuracy, late }, occurredAt, revision }) => ({
      ...visited(detail, visitId, { status: 'checked_in', checkIn: { at: occurredAt, lat, lng, accuracy, late } }),
      revision,
    }),
    VisitReported: (detail, { data: { visitId, outcome, summary, nextStep }, occurredAt, revision }) => ({
      ...visited(detail, visitId, { status: 'reported', report: { at: occurredAt, outcome, summary, nextStep } }),
      nextStep: nextStep ?? detail.nextStep,
      revision,
    }),
    OpportunityGateOverridden: (detail, { data, occurredAt, revision, metadata: { actor } }) => {
      const { toStage, requirements, reason } = data;
      const override = { toStage, requirements, reason, at: occurredAt, by: actor.name };
      return { ...detail, overrides: [...detail.overrides, override], revision };
    },
    OpportunityOwnerChanged: (detail, { data, revision }) => ({ ...detail, owner: data.to, revision }),
    OpportunityStageChanged: (detail, event) => {
      const { from, to, direction, gateResults, probability, forecastCategory } = event.data;
      return worth(stepped(detail, event, { from, to, how: direction, gateResults }), {
        probability,
        forecastCategory,
      });
    },
    OpportunityWon: (detail, event) => {
      const { fromStage, toStage, gateResults, amount, product } = event.data;
      const won = stepped(detail, event, { from: fromStage, to: toStage, how: 'won', gateResults });
      const ended = closed(won, event, { as: 'won', amount, reason: null });
      return worth(ended, { amount, product, probability: 100, forecastCategory: 'closed' });
    },
    OpportunityLost: (detail, event) => {
      const { lostFromStage, toStage, gateResults, reason, competitor, note, amount } = event.data;
      const lost = stepped(detail, event, { from: lostFromStage, to: toStage, how: 'lost', gateResults });
      const ended = closed(lost, event, { as: 'lost', amount, reason, competitor, note });
      return worth(ended, { probability: 0, forecastCategory: 'omitted' });
    },
    OpportunityVoided: (detail, event) => {
      const { fromStage, toStage, reason } = event.data;
      const voided = stepped(detail, event, { from: fromStage, to: toStage, how: 'void', gateResults: [] });
      const ended = closed(voided, event, { as: 'void', amount: detail.amount, reason });
      return worth(ended, { probability: 0, forecastCategory: 'omitted' });
    },
    OpportunityReopened: (detail, event) => {
      const { fromStage, toStage, reason, probability, forecastCategory } = event.data;
      const again = stepped(detail, event, { from: fromStage, to: toStage, how: 'reopened', gateResults: [] });
      const reopened = { at: event.occurredAt, reason };
      const closings = detail.closings.with(-1, { ...detail.closings.at(-1)!, reopened });
      return worth({ ...again, status: 'open', closings }, { probability, forecastCategory });
    },
  },
});

interface Happening {
  readonly occurredAt: string;
  readonly revision: number;
  readonly metadata: { readonly actor: { readonly name: string } };
}

function worth(detail: OpportunityDetail, change: Partial<OpportunityDetail>): OpportunityDetail {
  const next = { ...detail, ...change };
  return { ...next, weightedAmount: weighted(next.amount?.amount ?? 0, next.probability) };
}

function visited(detail: OpportunityDetail, visitId: string, change: Partial<VisitDetail>): OpportunityDetail {
  const visits = detail.visits.map((visit) => (visit.visitId === visitId ? { ...visit, ...change } : visit));
  return { ...detail, visits };
}

function stepped(
  detail: OpportunityDetail,
  { occurredAt, revision, metadata: { actor } }: Happening,
  step: Omit<StageStep, 'at' | 'by'>,
): OpportunityDetail {
  const steps = [...detail.steps, { ...step, at: occurredAt, by: actor.name }];
  return { ...detail, steps, stageId: step.to ?? detail.stageId, stageEnteredAt: occurredAt, revision };
}

function closed(
  detail: OpportunityDetail,
  { occurredAt, data: { credit } }: Happening & { readonly data: { readonly credit: Credit } },
  closing: Pick<ClosingDetail, 'as' | 'amount' | 'reason'> & Partial<ClosingDetail>,
): OpportunityDetail {
  const details: ClosingDetail = { competitor: null, note: null, ...closing, at: occurredAt, credit, reopened: null };
  return { ...detail, status: closing.as, closings: [...detail.closings, details] };
}
