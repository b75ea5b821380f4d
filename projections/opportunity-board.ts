import { newValues } from '../libs/changes.js';
import type {
  ForecastCategory,
  OpportunityEvents,
  OpportunityGrade,
  OpportunitySource,
  OpportunityStatus,
} from '../libs/opportunities/events.js';
import { mergesOf } from '../libs/merged.js';
import type { Money } from '../libs/money.js';
import { projection } from '../libs/read-models/projection.js';
import { nameKey } from '../libs/text.js';
import { weighted } from './weighted.js';

/** A card on the board, a line of the list. */
export interface OpportunityCard {
  readonly opportunityId: string;
  readonly name: string;
  readonly customerId: string | null;
  readonly pipelineId: string;
  readonly pipelineVersion: number;
  readonly status: OpportunityStatus;
  readonly stageId: string;
  readonly stageEnteredAt: string;
  readonly amount: Money | null;
  readonly probability: number;
  /** The amount times the probability, in minor units; 0 where there is no amount, and for what is lost. */
  readonly weightedAmount: number;
  readonly forecastCategory: ForecastCategory;
  readonly expectedCloseOn: string | null;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly orgUnitId: string | null;
  readonly source: OpportunitySource | null;
  readonly product: string | null;
  readonly grade: OpportunityGrade | null;
  readonly nextStep: string | null;
  readonly registeredAt: string;
  readonly closedAt: string | null;
  /** Merges of customers by which it is about its customer. */
  readonly mergeIds: readonly string[];
  /**
   * What the list is sorted by. None of it is ever null: what has no value comes last in either direction, so each direction
   * has a path of its own. Amounts are sorted within their currency.
   */
  readonly order: {
    readonly name: string;
    readonly currency: string;
    readonly currencyDown: string;
    readonly amount: number;
    readonly closeOn: string;
    readonly closeOnDown: string;
  };
}

/** Behind every day, and behind every currency. */
const NO_DAY = { up: '9999-12-31', down: '' };
const NO_CURRENCY = { up: '~', down: '' };

/** A card without what it is sorted and found by. */
export type OpportunityView = Omit<OpportunityCard, 'order' | 'mergeIds'>;

export const opportunityView = ({ order: _, mergeIds: __, ...card }: OpportunityCard): OpportunityView => card;

export const opportunityBoard = projection<OpportunityCard, OpportunityEvents>({
  name: 'opportunity-board',
  version: 3,
  id: ({ data }) => data.opportunityId,
  stream: (id) => `opportunity-${id}`,
  indexes: [
    ['order.closeOn'],
    ['order.closeOnDown'],
    ['order.currency', 'order.amount'],
    ['order.currencyDown', 'order.amount'],
    ['order.name'],
    ['registeredAt'],
  ],
  filters: ['pipelineId', 'stageId', 'status', 'ownerId', 'customerId', 'expectedCloseOn'],
  lists: ['mergeIds'],
  starts: {
    OpportunityRegistered: ({ data, occurredAt }) => {
      const { owner, customer: _, ...card } = data;
      return {
        ...card,
        status: 'open',
        stageEnteredAt: occurredAt,
        registeredAt: occurredAt,
        closedAt: null,
        mergeIds: [],
        ownerId: owner.employeeId,
        ownerName: owner.name,
        orgUnitId: owner.orgUnitId,
        ...computed(card),
      };
    },
  },
  on: {
    OpportunityCustomerLinked: (card, { data: { customerId } }) => ({ ...card, customerId }),
    OpportunityCustomerChanged: (card, { data: { customerId, followed } }) => ({
      ...card,
      customerId,
      mergeIds: mergesOf(followed),
    }),
    OpportunityDetailsChanged: (card, { data }) => changed(card, newValues(data.changes)),
    OpportunityGraded: (card, { data }) => ({ ...card, grade: data.to }),
    OpportunityAmountChanged: (card, { data }) => changed(card, { amount: data.to }),
    OpportunityCloseDateChanged: (card, { data }) => changed(card, { expectedCloseOn: data.to }),
    OpportunityProbabilityOverridden: (card, { data }) => changed(card, { probability: data.to }),
    OpportunityForecastCategoryChanged: (card, { data }) => ({ ...card, forecastCategory: data.to }),
    OpportunityOwnerChanged: (card, { data: { to } }) => ({
      ...card,
      ownerId: to.employeeId,
      ownerName: to.name,
      orgUnitId: to.orgUnitId,
    }),
    VisitReported: (card, { data: { nextStep } }) => (nextStep === null ? card : { ...card, nextStep }),
    OpportunityStageChanged: (card, { data: { to, probability, forecastCategory }, occurredAt }) =>
      changed(card, { stageId: to, stageEnteredAt: occurredAt, probability, forecastCategory }),
    OpportunityWon: (card, { data: { toStage, amount }, occurredAt }) =>
      closed(
        card,
        { status: 'won', stageId: toStage, amount, probability: 100, forecastCategory: 'closed' },
        occurredAt,
      ),
    OpportunityLost: (card, { data: { toStage }, occurredAt }) =>
      closed(card, { status: 'lost', stageId: toStage, probability: 0, forecastCategory: 'omitted' }, occurredAt),
    OpportunityVoided: (card, { data: { fromStage, toStage }, occurredAt }) =>
      closed(
        card,
        { status: 'void', stageId: toStage ?? fromStage, probability: 0, forecastCategory: 'omitted' },
        occurredAt,
      ),
    OpportunityReopened: (card, { data: { toStage, probability, forecastCategory }, occurredAt }) =>
      changed(card, {
        status: 'open',
        stageId: toStage,
        stageEnteredAt: occurredAt,
        probability,
        forecastCategory,
        closedAt: null,
      }),
  },
});

const changed = (card: OpportunityCard, change: Partial<OpportunityCard>): OpportunityCard => {
  const next = { ...card, ...change };
  return { ...next, ...computed(next) };
};

const closed = (card: OpportunityCard, change: Partial<OpportunityCard>, at: string): OpportunityCard =>
  changed(card, { ...change, stageEnteredAt: at, closedAt: at });

type Source = Pick<OpportunityCard, 'name' | 'amount' | 'probability' | 'expectedCloseOn'>;

const computed = ({ name, amount, probability, expectedCloseOn }: Source) => ({
  weightedAmount: weighted(amount?.amount ?? 0, probability),
  order: {
    name: nameKey(name),
    currency: amount?.currency ?? NO_CURRENCY.up,
    currencyDown: amount?.currency ?? NO_CURRENCY.down,
    amount: amount?.amount ?? 0,
    closeOn: expectedCloseOn ?? NO_DAY.up,
    closeOnDown: expectedCloseOn ?? NO_DAY.down,
  },
});
