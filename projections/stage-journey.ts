import type { Owner } from '../libs/customers/events.js';
import type {
  Credit,
  CustomerSnapshot,
  OpportunityEvents,
  OpportunitySource,
  OpportunityStatus,
} from '../libs/opportunities/events.js';
import type { Money } from '../libs/money.js';
import { projection } from '../libs/read-models/projection.js';

/** How a stage was left: on to a later one, past others, back, into the end, or out of the end again. */
export type Leaving = 'forward' | 'skip' | 'back' | 'won' | 'lost' | 'void' | 'reopened';

/** One stay in one stage, the closing stages included. */
export interface StageVisit {
  readonly stageId: string;
  readonly enteredAt: string;
  /** Null while it is there. */
  readonly leftAt: string | null;
  readonly left: Leaving | null;
  readonly amountAtEntry: Money | null;
  readonly ownerAtEntry: Credit;
}

/** The way of one opportunity through its pipeline: what the funnel and the sales performance are computed from. */
export interface StageJourney {
  readonly opportunityId: string;
  readonly customerId: string | null;
  readonly pipelineId: string;
  readonly pipelineVersion: number;
  readonly status: OpportunityStatus;
  readonly registeredAt: string;
  readonly registeredBy: Credit;
  readonly source: OpportunitySource | null;
  readonly product: string | null;
  /** The customer as of the registration, or of when it was linked. */
  readonly customer: CustomerSnapshot | null;
  readonly owner: Credit;
  readonly amount: Money | null;
  readonly probability: number;
  /** Every stay, in order; what closing and reopening added stays there. */
  readonly visits: readonly StageVisit[];
  readonly closedAt: string | null;
  /** Whose win or loss it is, as they sat in the structure then; null while it is open. */
  readonly credit: Credit | null;
}

export const stageJourney = projection<StageJourney, OpportunityEvents>({
  name: 'stage-journey',
  version: 3,
  id: ({ data }) => data.opportunityId,
  stream: (id) => `opportunity-${id}`,
  starts: {
    OpportunityRegistered: ({ data, occurredAt }) => {
      const { opportunityId, customerId, pipelineId, pipelineVersion, stageId, source, product } = data;
      const { customer, amount, probability } = data;
      const owner = place(data.owner);
      return {
        opportunityId,
        customerId,
        pipelineId,
        pipelineVersion,
        status: 'open',
        registeredAt: occurredAt,
        registeredBy: owner,
        source,
        product,
        customer,
        owner,
        amount,
        probability,
        visits: [stay(stageId, occurredAt, amount, owner)],
        closedAt: null,
        credit: null,
      };
    },
  },
  on: {
    OpportunityCustomerLinked: (journey, { data: { customerId, customer } }) => ({ ...journey, customerId, customer }),
    OpportunityCustomerChanged: (journey, { data: { customerId } }) => ({ ...journey, customerId }),
    OpportunityDetailsChanged: (journey, { data: { changes } }) => ({
      ...journey,
      ...(changes.source && { source: changes.source.to }),
      ...(changes.product && { product: changes.product.to }),
    }),
    OpportunityAmountChanged: (journey, { data }) => ({ ...journey, amount: data.to }),
    OpportunityProbabilityOverridden: (journey, { data }) => ({ ...journey, probability: data.to }),
    OpportunityOwnerChanged: (journey, { data }) => ({ ...journey, owner: place(data.to) }),
    OpportunityStageChanged: (journey, { data: { to, direction, amount, probability }, occurredAt }) => ({
      ...moved({ ...journey, amount }, to, direction, occurredAt),
      probability,
    }),
    OpportunityWon: (journey, { data: { toStage, amount, product, credit }, occurredAt }) => ({
      ...moved(
        {
          ...journey,
          amount,
        },
        toStage,
        'won',
        occurredAt,
      ),
      status: 'won',
      probability: 100,
      product,
      closedAt: occurredAt,
      credit,
    }),
    OpportunityLost: (journey, { data: { toStage, credit }, occurredAt }) => ({
      ...moved(journey, toStage, 'lost', occurredAt),
      status: 'lost',
      probability: 0,
      closedAt: occurredAt,
      credit,
    }),
    OpportunityVoided: (journey, { data: { toStage, credit }, occurredAt }) => ({
      ...moved(journey, toStage, 'void', occurredAt),
      status: 'void',
      probability: 0,
      closedAt: occurredAt,
      credit,
    }),
    OpportunityReopened: (journey, { data: { toStage, probability }, occurredAt }) => ({
      ...moved(journey, toStage, 'reopened', occurredAt),
      status: 'open',
      probability,
      closedAt: null,
      credit: null,
    }),
  },
});

const place = ({ employeeId, orgUnitId, managerId }: Owner): Credit => ({ employeeId, orgUnitId, managerId });

const stay = (stageId: string, enteredAt: string, amountAtEntry: Money | null, ownerAtEntry: Credit): StageVisit => ({
  stageId,
  enteredAt,
  leftAt: null,
  left: null,
  amountAtEntry,
  ownerAtEntry,
});

/** Ends the present stay, which is the last one if there is one, and begins the next; a pipeline may have no stage for what is void. */
function moved(journey: StageJourney, toStage: string | null, left: Leaving, at: string): StageJourney {
  const last = journey.visits.at(-1);
  const visits = last?.leftAt === null ? journey.visits.with(-1, { ...last, leftAt: at, left }) : journey.visits;
  if (toStage === null) return { ...journey, visits };
  return { ...journey, visits: [...visits, stay(toStage, at, journey.amount, journey.owner)] };
}
