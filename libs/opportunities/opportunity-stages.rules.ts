import { Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import type {
  ChangeOpportunityForecastCategory,
  ChangeOpportunityStage,
  OverrideOpportunityGate,
  OverrideOpportunityProbability,
} from './commands.js';
import type { OpportunityEvents, Stage } from './events.js';
import { passGates } from './opportunity-gates.rules.js';
import type { StageFacts } from './opportunity-gates.rules.js';
import { notBeforeStage, open } from './opportunity.decider.js';
import type { Opportunity } from './opportunity.decider.js';
import { stageOf } from './pipeline.decider.js';

type Event = EventOf<OpportunityEvents>;

/** Gates are asked on the way forward; going back gives nothing that was not had before. */
export function changeOpportunityStage(
  state: Opportunity,
  { opportunityId, details }: ChangeOpportunityStage,
  now: string,
  facts: StageFacts,
): Event[] {
  const opportunity = open(state, opportunityId);
  const { customerId, amount, expectedCloseOn, stageEnteredAt } = opportunity;
  const from = stageOf(facts.stages, opportunity.stageId);
  const to = openStage(facts.stages, details.stageId);
  if (from.id === to.id) throw new Refusal('stage-unchanged', `The opportunity is in ${from.name} already.`);
  notBeforeStage(opportunity, now);

  const back = facts.stages.indexOf(to) < facts.stages.indexOf(from);
  if (back && !from.allowBack) throw new Refusal('stage-back-forbidden', `There is no way back from ${from.name}.`);
  const passed = facts.stages.slice(facts.stages.indexOf(from) + 1, facts.stages.indexOf(to));
  refuseSkipping(passed);
  const gateResults = back
    ? []
    : passGates(
        opportunity,
        to,
        [
          { gate: 'exit', stage: from },
          { gate: 'entry', stage: to },
        ],
        facts,
      );
  return [
    {
      type: 'OpportunityStageChanged',
      data: {
        opportunityId,
        customerId,
        from: from.id,
        to: to.id,
        direction: back ? 'back' : passed.length > 0 ? 'skip' : 'forward',
        enteredPrevAt: stageEnteredAt,
        gateResults,
        amount,
        expectedCloseOn,
        probability: to.probability,
        forecastCategory: to.forecastCategory,
      },
    },
  ];
}

/** A stage that opportunities can be in while they run. @throws Refusal `stage-unknown` · `stage-closing` */
export function openStage(stages: readonly Stage[], stageId: string): Stage {
  const stage = stageOf(stages, stageId);
  if (stage.kind === 'open') return stage;
  throw new Refusal('stage-closing', `An opportunity comes into ${stage.name} by being won, lost or voided.`, {
    field: 'stageId',
  });
}

function refuseSkipping(passed: readonly Stage[]): void {
  const fixed = passed.filter(({ allowSkip }) => !allowSkip);
  if (fixed.length === 0) return;
  throw new Refusal('stage-skip-forbidden', `No way leads past ${fixed.map(({ name }) => name).join(', ')}.`, {
    stageIds: fixed.map(({ id }) => id),
  });
}

/** Asking for the same exception twice changes nothing. */
export function overrideOpportunityGate(
  state: Opportunity,
  { opportunityId, details }: OverrideOpportunityGate,
  _now: string,
  { stages }: StageFacts,
): Event[] {
  const { customerId, override } = open(state, opportunityId);
  const { stageId, reason } = details;
  const toStage = stageOf(stages, stageId).id;
  const requirements = [...new Set(details.requirements)].toSorted();
  if (requirements.length === 0) throw new Refusal('override-empty', 'An override names what may be missing.');
  if (override?.toStage === toStage && override.requirements.join() === requirements.join()) return [];
  return [{ type: 'OpportunityGateOverridden', data: { opportunityId, customerId, toStage, requirements, reason } }];
}

/** What is open is neither certain nor impossible. */
export function overrideOpportunityProbability(
  state: Opportunity,
  { opportunityId, details }: OverrideOpportunityProbability,
): Event[] {
  const { customerId, probability: from } = open(state, opportunityId);
  const { probability: to, reason } = details;
  if (!Number.isInteger(to) || to < 1 || to > 99) {
    throw new Refusal('probability-out-of-range', 'The probability of an open opportunity lies between 1 and 99 %.', {
      field: 'probability',
    });
  }
  if (from === to) return [];
  return [{ type: 'OpportunityProbabilityOverridden', data: { opportunityId, customerId, from, to, reason } }];
}

/** Nobody can commit to a day that has passed, and only what ended is closed. */
export function changeOpportunityForecastCategory(
  state: Opportunity,
  { opportunityId, details: { forecastCategory: to } }: ChangeOpportunityForecastCategory,
  now: string,
): Event[] {
  const { customerId, forecastCategory: from, expectedCloseOn } = open(state, opportunityId);
  if (to === 'closed' || (to === 'commit' && (expectedCloseOn === null || expectedCloseOn < now.slice(0, 10)))) {
    throw new Refusal(
      'forecast-category-inconsistent',
      `An open opportunity, expected on this day, is not forecast as ${to}.`,
      {
        field: 'forecastCategory',
        expectedCloseOn,
      },
    );
  }
  if (from === to) return [];
  return [{ type: 'OpportunityForecastCategoryChanged', data: { opportunityId, customerId, from, to } }];
}
