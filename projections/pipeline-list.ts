import type { PipelineEvents, Stage } from '../libs/opportunities/events.js';
import { projection } from '../libs/read-models/projection.js';
import { nameKey } from '../libs/text.js';

/** A pipeline with every version it ever had: what boards and funnels take names and order of stages from. */
export interface PipelineDefinition {
  readonly pipelineId: string;
  readonly name: string;
  /** For sorting. */
  readonly nameKey: string;
  readonly status: 'draft' | 'published' | 'retired';
  /** The version that is registered under now; null before the first. */
  readonly version: number | null;
  /** Its stages. */
  readonly stages: readonly Stage[];
  /** The stages of the version to come. */
  readonly draft: readonly Stage[];
  readonly versions: readonly {
    readonly version: number;
    readonly publishedAt: string;
    readonly stages: readonly Stage[];
  }[];
  readonly draftedAt: string;
  readonly revision: number;
}

/** A pipeline without what it is sorted by. */
export type PipelineView = Omit<PipelineDefinition, 'nameKey'>;

export const pipelineView = ({ nameKey: _, ...pipeline }: PipelineDefinition): PipelineView => pipeline;

export const pipelineList = projection<PipelineDefinition, PipelineEvents>({
  name: 'pipeline-list',
  version: 2,
  id: ({ data }) => data.pipelineId,
  stream: (id) => `pipeline-${id}`,
  indexes: [['nameKey']],
  starts: {
    PipelineDrafted: ({ data: { pipelineId, name }, occurredAt, revision }) => ({
      pipelineId,
      name,
      nameKey: nameKey(name),
      status: 'draft',
      version: null,
      stages: [],
      draft: [],
      versions: [],
      draftedAt: occurredAt,
      revision,
    }),
  },
  on: {
    PipelineStageAdded: (pipeline, { data: { stage, before }, revision }) => {
      const place = before === null ? -1 : pipeline.draft.findIndex(({ id }) => id === before);
      const draft = place < 0 ? [...pipeline.draft, stage] : pipeline.draft.toSpliced(place, 0, stage);
      return { ...pipeline, draft, revision };
    },
    PipelineStageChanged: (pipeline, { data: { to }, revision }) => ({
      ...pipeline,
      draft: pipeline.draft.map((stage) => (stage.id === to.id ? to : stage)),
      revision,
    }),
    PipelineStageReordered: (pipeline, { data: { to }, revision }) => ({
      ...pipeline,
      draft: pipeline.draft.toSorted((a, b) => to.indexOf(a.id) - to.indexOf(b.id)),
      revision,
    }),
    PipelineStageRemoved: (pipeline, { data: { stageId }, revision }) => ({
      ...pipeline,
      draft: pipeline.draft.filter(({ id }) => id !== stageId),
      revision,
    }),
    PipelinePublished: (pipeline, { data: { version, stages }, occurredAt, revision }) => ({
      ...pipeline,
      status: 'published',
      version,
      stages,
      draft: stages,
      revision,
      versions: [
        ...pipeline.versions,
        {
          version,
          publishedAt: occurredAt,
          stages,
        },
      ],
    }),
    PipelineRetired: (pipeline, { revision }) => ({ ...pipeline, status: 'retired', revision }),
  },
});
