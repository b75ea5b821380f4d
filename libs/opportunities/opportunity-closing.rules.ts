import { Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import type { LoseOpportunity, ReopenOpportunity, VoidOpportunity, WinOpportunity } from './commands.js';
import { opportunityLossReasons } from './events.js';
import type { Credit, OpportunityEvents, Stage, StageKind } from './events.js';
import { passGates } from './opportunity-gates.rules.js';
import type { StageFacts } from './opportunity-gates.rules.js';
import { openStage } from './opportunity-stages.rules.js';
import { checkAmount } from './opportunity-terms.rules.js';
import { notBeforeStage, open, registered } from './opportunity.decider.js';
import type { KnownOpportunity, Opportunity } from './opportunity.decider.js';
import { stageOf } from './pipeline.decider.js';

type Event = EventOf<OpportunityEvents>;

export interface ClosingFacts extends StageFacts {
  /** Where the owner sits in the structure now; nothing when they are not known any more. */
  readonly owner: Credit | undefined;
  /** Whether the deal is imported: then it may be won for nothing, or for an amount that the source does not know. */
  readonly imported?: boolean;
}

export function winOpportunity(
  state: Opportunity,
  { opportunityId, details }: WinOpportunity,
  now: string,
  facts: ClosingFacts,
): Event[] {
  const before = open(state, opportunityId);
  const from = stageOf(facts.stages, before.stageId);
  const to = closingStage(facts.stages, 'won');
  notBeforeStage(before, now);
  if (!from.allowWin) {
    throw new Refusal('stage-win-forbidden', `An opportunity in ${from.name} cannot be won before it goes on.`, {
      stageId: from.id,
    });
  }
  const { customer } = facts;
  if (customer?.status === 'lost' || customer?.status === 'archived') {
    throw new Refusal('customer-inactive', `The customer is ${customer.status}.`, { state: customer.status });
  }
  const amount = details.amount ?? before.amount;
  if (amount !== null) checkAmount(before, amount);
  const gateResults = passGates(
    { ...before, amount },
    to,
    [
      { gate: 'exit', stage: from },
      { gate: 'entry', stage: to, always: facts.imported ? [] : ['amount'] },
    ],
    facts,
  );
  return [
    {
      type: 'OpportunityWon',
      data: {
        ...closing(opportunityId, before, facts),
        fromStage: from.id,
        toStage: to.id,
        gateResults,
        amount,
        product: before.details.product,
      },
    },
  ];
}

export function loseOpportunity(
  state: Opportunity,
  { opportunityId, details }: LoseOpportunity,
  now: string,
  facts: ClosingFacts,
): Event[] {
  const before = open(state, opportunityId);
  const { reason, competitor = null, note = null, stageId = null } = details;
  notBeforeStage(before, now);
  if (!opportunityLossReasons.includes(reason)) {
    throw new Refusal('loss-reason-unknown', `${reason} is no reason on the list.`, {
      field: 'reason',
      candidates: opportunityLossReasons,
    });
  }
  if (reason === 'other' && (note ?? '').trim() === '') {
    throw new Refusal('loss-note-missing', 'Another reason than those on the list needs a note.', { field: 'note' });
  }
  const to = closingStage(facts.stages, 'lost', stageId);
  const gateResults = passGates(before, to, [{ gate: 'entry', stage: to }], facts);
  return [
    {
      type: 'OpportunityLost',
      data: {
        ...closing(opportunityId, before, facts),
        lostFromStage: before.stageId,
        toStage: to.id,
        gateResults,
        reason,
        competitor,
        note,
        amount: before.amount,
      },
    },
  ];
}

export function voidOpportunity(
  state: Opportunity,
  { opportunityId, details: { reason } }: VoidOpportunity,
  now: string,
  facts: ClosingFacts,
): Event[] {
  const before = open(state, opportunityId);
  notBeforeStage(before, now);
  const toStage = facts.stages.find(({ kind }) => kind === 'void')?.id ?? null;
  const { stageId: fromStage } = before;
  return [
    { type: 'OpportunityVoided', data: { ...closing(opportunityId, before, facts), fromStage, toStage, reason } },
  ];
}

/** Reopening goes back, never on, so no gate is asked. */
export function reopenOpportunity(
  state: Opportunity,
  { opportunityId, details }: ReopenOpportunity,
  now: string,
  { stages }: StageFacts,
): Event[] {
  const closed = registered(state, opportunityId);
  const { status: was, customerId, stageId: fromStage, openStageId, amount, expectedCloseOn } = closed;
  if (was === 'open') throw new Refusal('opportunity-open', 'The opportunity has not ended.');
  notBeforeStage(closed, now);
  const from = stageOf(stages, openStageId);
  const to = openStage(stages, details.stageId ?? openStageId);
  if (stages.indexOf(to) > stages.indexOf(from)) {
    throw new Refusal(
      'stage-skip-forbidden',
      `It was closed from ${from.name} and can go on from there or from before.`,
      {
        stageIds: [to.id],
      },
    );
  }
  return [
    {
      type: 'OpportunityReopened',
      data: {
        opportunityId,
        customerId,
        was,
        fromStage,
        toStage: to.id,
        reason: details.reason,
        amount,
        expectedCloseOn,
        probability: to.probability,
        forecastCategory: to.forecastCategory,
      },
    },
  ];
}

/** The stage for what is won or lost: the first of its kind unless one is named. */
function closingStage(stages: readonly Stage[], kind: StageKind, stageId: string | null = null): Stage {
  const found = stages.find((stage) => stage.kind === kind && (stageId === null || stage.id === stageId));
  if (found) return found;
  throw new Refusal('stage-unknown', `The pipeline has no such stage for what is ${kind}.`, {
    field: 'stageId',
    candidates: stages.filter((stage) => stage.kind === kind).map(({ id }) => id),
  });
}

/** The credit goes to the owner as they sit in the structure now, and stays there. */
function closing(opportunityId: string, { customerId, stageEnteredAt, owner }: KnownOpportunity, facts: ClosingFacts) {
  const { employeeId, orgUnitId, managerId } = facts.owner ?? owner;
  return { opportunityId, customerId, enteredPrevAt: stageEnteredAt, credit: { employeeId, orgUnitId, managerId } };
}
