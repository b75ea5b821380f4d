import { fact, report } from '../libs/reports/report.js';
import type { Columns, Known, Question, Row, Sum } from '../libs/reports/report.js';
import * as column from '../libs/reports/columns.js';
import { amounts, byKey, days, grouped, share, total } from '../libs/reports/figures.js';
import { rollup } from '../libs/read-models/rollup.js';
import { dayIn, millisecondsBetween } from '../libs/time.js';
import { pipelineList } from '../projections/pipeline-list.js';
import type { PipelineDefinition } from '../projections/pipeline-list.js';
import { stageJourney } from '../projections/stage-journey.js';
import type { StageJourney, StageVisit } from '../projections/stage-journey.js';

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

const columns: Columns = {
  pipeline: column.text('The pipeline.'),
  stage: column.text(
    'A stage of it, in the order of its newest version; stages that only earlier versions had stand where they stood.',
  ),
  kind: column.text('`open`, or how opportunities end in this stage: `won`, `lost`, `void`.'),
  entered: column.count('Opportunities that ever entered the stage; each counts once.'),
  reentered: column.count('Times that opportunities came back to it.'),
  inNow: column.count('Opportunities that are in it at the moment that is asked about.'),
  movedOn: column.count('Opportunities that ever went on from it: to a later stage, past stages, or by being won.'),
  movedBack: column.count('Opportunities that ever went back from it to an earlier stage.'),
  won: column.count('Opportunities that are won, this stage being their last one before.'),
  lost: column.count('Opportunities that are lost, this stage being their last one before.'),
  voided: column.count('Opportunities that are void, this stage being their last one before.'),
  amountAtEntry: column.amounts('Sum of what they were worth when they first entered the stage.'),
  conversionToNext: column.share('`movedOn` / `entered`; null for stages in which opportunities end.'),
  conversionFromFirst: column.share('`entered` / `entered` of the first stage.'),
  daysInStage: column.duration(
    'Time that an opportunity spent in the stage, all its stays added up; stays that have not ended are left out.',
  ),
};

/** A pipeline as far as the report shows it. */
interface PipelineStages {
  readonly pipelineId: string;
  readonly name: string;
  /** In the order of the newest version, with those that only earlier ones had where they stood. */
  readonly stages: readonly { readonly id: string; readonly name: string; readonly kind: string }[];
}

const facts = {
  pipelines: fact({
    of: pipelineList,
    at: 'today',
    which: () => ({}),
    sort: ['nameKey'],
    as: (pipeline) => (pipeline.versions.length > 0 ? stagesOf(pipeline) : undefined),
  }),
};
type Facts = Known<typeof facts>;

export const funnel = report({
  name: 'funnel',
  version: 1,
  says: 'How opportunities get through the stages of their pipeline: a row for each stage, the first and the closing ones included.',
  summary: 'How opportunities get through the stages of their pipeline. Basis `cohort` or `activity`.',
  rollup: stageFunnel,
  bases: {
    cohort: {
      says: 'Opportunities that were registered in the window, whatever came later.',
      window: 'Opportunities by the day of their registration.',
      by: [],
      policies: [],
      columns,
    },
    activity: {
      says: 'Stages that were entered in the window, whenever the opportunity was registered.',
      window:
        'Opportunities, stage by stage, by the day they first entered the stage, with all that followed in it; for `reentered`, by the day they came back.',
      by: [],
      policies: [],
      columns,
    },
  },
  dimensions: {
    owner: 'Owner of the opportunity at the registration (`cohort`), or when it entered the stage (`activity`).',
    orgUnit: 'Unit of the structure in which this owner sat then.',
    source: 'Where the opportunity came from.',
    product: 'Product of the opportunity.',
    tier: 'Tier of the customer at the registration, or when the customer was linked.',
    sector: 'Sector of the customer at the same time.',
    currency: 'Currency of the amount at the entry.',
    pipeline: 'Pipeline; its stages always have rows of their own.',
  },
  periods: 'Day of the registration (`cohort`), or of the entry (`activity`).',
  facts,
  asks: ({ from, to, by, basis, where }) => [
    {
      from,
      to,
      by: [...new Set([...kept(by), 'pipeline', 'stage', 'currency'])],
      where: { ...where, basis: [basis] },
    },
  ],
  rows: ([sums = []], question, facts) =>
    allGroups(sums, question, facts)
      .sort(byKey([...kept(question.by), 'pipeline'], facts))
      .flatMap(({ key, sums: cells }) => stageRows(key, cells, stagesFor(key['pipeline']!, cells, facts))),
});

const kept = (by: readonly string[]): readonly string[] => by.filter((dimension) => dimension !== 'pipeline');

/** Pipelines in which nothing happened have their rows too, when nothing else is kept apart. */
function allGroups(sums: readonly Sum[], { by, where }: Question, { pipelines }: Facts) {
  const found = grouped(sums, [...kept(by), 'pipeline']);
  if (kept(by).length > 0) return found;
  const seen = new Set(found.map(({ key }) => key['pipeline']));
  const wanted = where['pipeline'];
  const silent = pipelines.filter(
    ({ pipelineId }) => !seen.has(pipelineId) && (!wanted || wanted.includes(pipelineId)),
  );
  return [...found, ...silent.map(({ pipelineId }) => ({ key: { pipeline: pipelineId }, sums: [] }))];
}

/** A pipeline that is not known, as in a past before it, shows the stages that were entered. */
function stagesFor(pipelineId: string, cells: readonly Sum[], { pipelines }: Facts): PipelineStages {
  const known = pipelines.find((pipeline) => pipeline.pipelineId === pipelineId);
  const stages = known?.stages ?? [];
  const entered = [...new Set(cells.map(({ key }) => key['stage']!))];
  const unknown = entered.filter((id) => stages.every((stage) => stage.id !== id));
  return {
    pipelineId,
    name: known?.name ?? pipelineId,
    stages: [...stages, ...unknown.sort().map((id) => ({ id, name: id, kind: 'open' }))],
  };
}

function stageRows(key: Sum['key'], cells: readonly Sum[], { name, stages }: PipelineStages): Row[] {
  const byStage = Map.groupBy(cells, (cell) => cell.key['stage']!);
  const first = total(byStage.get(stages[0]?.id ?? '') ?? [], 'entered');
  return stages.map(({ id, name: stageName, kind }) => {
    const sums = byStage.get(id) ?? [];
    const count = (measure: string) => total(sums, measure);
    return {
      ...key,
      pipelineName: name,
      stage: id,
      stageName,
      kind,
      entered: count('entered'),
      reentered: count('reentered'),
      inNow: count('inNow'),
      movedOn: count('movedOn'),
      movedBack: count('movedBack'),
      won: count('won'),
      lost: count('lost'),
      voided: count('voided'),
      amountAtEntry: amounts(sums, 'amountAtEntry'),
      conversionToNext: kind === 'open' ? share(count('movedOn'), count('entered')) : null,
      conversionFromFirst: share(count('entered'), first),
      daysInStage: days(sums, 'timeInStage'),
    };
  });
}

/** Stages that only earlier versions had stand where they stood: before the stage that came after them then. */
export function stagesOf({ pipelineId, name, versions }: PipelineDefinition): PipelineStages {
  const [newest, ...earlier] = [...versions].reverse();
  const stages = [...(newest?.stages ?? [])];
  for (const version of earlier) {
    version.stages.toReversed().forEach((stage, index, reversed) => {
      if (stages.some(({ id }) => id === stage.id)) return;
      const follower = stages.findIndex(({ id }) => id === reversed[index - 1]?.id);
      stages.splice(follower < 0 ? stages.length : follower, 0, stage);
    });
  }
  return { pipelineId, name, stages: stages.map((stage) => ({ id: stage.id, name: stage.name, kind: stage.kind })) };
}
