import { rollup } from '../libs/read-models/rollup.js';
import { dayIn, millisecondsBetween } from '../libs/time.js';
import { stageJourney } from './stage-journey.js';
import type { StageJourney, StageVisit } from './stage-journey.js';

/** What every row of a funnel is about. */
const counted = ['basis', 'pipeline', 'stage', 'currency'] as const;

/**
 * How opportunities get through the stages of a pipeline, the first and the closing ones included. An opportunity counts
 * once per stage, however often it came back there; coming back is `reentered`.
 *
 * Basis `cohort` counts for the day of the registration, and for whoever owned the opportunity then. Basis `activity`
 * counts for the day a stage was first entered, and for whoever owned it at that moment; a re-entry for its own day.
 *
 * `entered`, `movedOn` (to a later stage, or won from it) and `movedBack` say what ever happened; `inNow`, `won`, `lost` and
 * `voided` what is the case: what was closed and reopened is none of these, where it was closed from. So conversion to the
 * next is `movedOn / entered`, and from the first `entered` over `entered` of the first stage. `amountAtEntry` is that of the
 * first entry; `timeInStage` adds up all stays that have ended.
 */
export const stageFunnel = rollup({
  name: 'stage-funnel',
  version: 1,
  of: stageJourney,
  dimensions: ['basis', 'pipeline', 'stage', 'owner', 'orgUnit', 'source', 'product', 'tier', 'sector', 'currency'],
  measures: ['entered', 'reentered', 'inNow', 'movedOn', 'movedBack', 'won', 'lost', 'voided', 'amountAtEntry'],
  durations: ['timeInStage'],
  summaries: [
    counted,
    [...counted, 'owner'],
    [...counted, 'orgUnit'],
    [...counted, 'source'],
    [...counted, 'product'],
    [...counted, 'tier'],
    [...counted, 'sector'],
  ],
  cells: (journey, zone) =>
    [...Map.groupBy(journey.visits, ({ stageId }) => stageId).values()].flatMap(([first, ...again]) => {
      if (!first) return [];
      const { reentered, ...once } = measuresOf(journey, [first, ...again]);
      const durations = timeInStage([first, ...again]);
      return [
        {
          day: dayIn(zone, journey.registeredAt),
          key: { ...keyOf(journey, first), basis: 'cohort', ...ownedBy(journey.registeredBy) },
          measures: { reentered, ...once },
          durations,
        },
        {
          day: dayIn(zone, first.enteredAt),
          key: { ...keyOf(journey, first), basis: 'activity', ...ownedBy(first.ownerAtEntry) },
          measures: once,
          durations,
        },
        ...again.map((visit) => ({
          day: dayIn(zone, visit.enteredAt),
          key: { ...keyOf(journey, first), basis: 'activity', ...ownedBy(visit.ownerAtEntry) },
          measures: { reentered: 1 },
        })),
      ];
    }),
});

const keyOf = (
  { pipelineId, source, product, customer, amount }: StageJourney,
  { stageId, amountAtEntry }: StageVisit,
) => ({
  pipeline: pipelineId,
  stage: stageId,
  source,
  product,
  tier: customer?.tier ?? null,
  sector: customer?.sector ?? null,
  currency: amountAtEntry?.currency ?? amount?.currency ?? null,
});

const ownedBy = ({ employeeId, orgUnitId }: StageJourney['owner']) => ({ owner: employeeId, orgUnit: orgUnitId });

/** @param visits all stays in one stage, in order */
function measuresOf({ status, visits: all }: StageJourney, visits: readonly [StageVisit, ...StageVisit[]]) {
  const closedFrom = all.findLast(({ left }) => left === status);
  const closed = visits.some((visit) => visit === closedFrom) ? status : 'open';
  const count = (counts: boolean): number => (counts ? 1 : 0);
  return {
    entered: 1,
    reentered: visits.length - 1,
    inNow: count(visits.some(({ leftAt }) => leftAt === null)),
    movedOn: count(visits.some(({ left }) => left === 'forward' || left === 'skip' || left === 'won')),
    movedBack: count(visits.some(({ left }) => left === 'back')),
    won: count(closed === 'won'),
    lost: count(closed === 'lost'),
    voided: count(closed === 'void'),
    amountAtEntry: visits[0].amountAtEntry?.amount ?? 0,
  };
}

function timeInStage(visits: readonly StageVisit[]): { timeInStage?: number } {
  const ended = visits.flatMap(({ enteredAt, leftAt }) =>
    leftAt === null ? [] : [millisecondsBetween(enteredAt, leftAt)],
  );
  if (ended.length === 0) return {};
  // Clocks of two machines may disagree a little: a stay is never shorter than nothing.
  return { timeInStage: ended.reduce((sum, stayed) => sum + (stayed > 0 ? stayed : 0), 0) };
}
