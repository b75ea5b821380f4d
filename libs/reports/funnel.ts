import type { PipelineDefinition } from '../../projections/pipeline-list.js';
import { stageFunnel } from '../../projections/stage-funnel.js';
import type { Sum } from '../read-models/read-models.js';
import { funnelColumns } from './columns.js';
import { amounts, byKey, days, grouped, share, total } from './report.js';
import type { Source } from './definition.js';
import type { Facts, PipelineStages, Question, Row } from './report.js';

export const funnelReport: Source = {
  name: 'funnel',
  version: 1,
  says: 'How opportunities get through the stages of their pipeline: a row for each stage, the first and the closing ones included.',
  rollup: stageFunnel,
  bases: {
    cohort: {
      says: 'Opportunities that were registered in the window, whatever came later.',
      window: 'Opportunities by the day of their registration.',
      by: [],
      policies: [],
      columns: funnelColumns,
    },
    activity: {
      says: 'Stages that were entered in the window, whenever the opportunity was registered.',
      window:
        'Opportunities, stage by stage, by the day they first entered the stage, with all that followed in it; for `reentered`, by the day they came back.',
      by: [],
      policies: [],
      columns: funnelColumns,
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
};

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
