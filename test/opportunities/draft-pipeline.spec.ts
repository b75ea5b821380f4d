import { describe, it } from '@jest/globals';
import {
  AddPipelineStage,
  ChangePipelineStage,
  CreatePipeline,
  RemovePipelineStage,
  ReorderPipelineStages,
} from '../../libs/opportunities/pipeline.commands.js';
import type { StageDetails } from '../../libs/opportunities/pipeline.commands.js';
import type { Stage } from '../../libs/opportunities/events.js';
import * as rules from '../../libs/opportunities/pipeline.decider.js';
import { pipeline } from '../../libs/opportunities/pipeline.decider.js';
import { pipelineList } from '../../projections/pipeline-list.js';
import { given } from '../support/given.js';
import { followUp, identify, lost, negotiate, pipelineId, won } from './samples.js';
import type { PipelineEvent } from './samples.js';

const name = 'Sales';
const drafted: PipelineEvent = { type: 'PipelineDrafted', data: { pipelineId, name } };
const retired: PipelineEvent = { type: 'PipelineRetired', data: { pipelineId, reason: null } };
const added = (each: Stage, before: string | null = null): PipelineEvent => ({
  type: 'PipelineStageAdded',
  data: { pipelineId, stage: each, before },
});
const published = (version: number, ...stages: Stage[]): PipelineEvent => ({
  type: 'PipelinePublished',
  data: { pipelineId, name, version, stages },
});

/** A draft of these stages. */
const draft = (...stages: Stage[]): PipelineEvent[] => [drafted, ...stages.map((each) => added(each))];
/** These stages in use. */
const inUse = (...stages: Stage[]): PipelineEvent[] => [...draft(...stages), published(1, ...stages)];

describe('drafting a pipeline', () => {
  const drafting = (called: string, ...before: PipelineEvent[]) =>
    given(pipeline, ...before).when((state) =>
      rules.createPipeline(state, new CreatePipeline(pipelineId, { name: called })),
    );

  it('begins without stages', () => {
    drafting(name)
      .thenRecords(drafted)
      .thenReads(pipelineList, pipelineId, { status: 'draft', version: null, stages: [] });
  });

  it('is published at once when it comes with its stages', () => {
    given(pipeline)
      .when((state) =>
        rules.createPipeline(state, new CreatePipeline(pipelineId, { name, stages: [identify, won, lost] })),
      )
      .thenRecords(...inUse(identify, won, lost));
  });

  it('records nothing the second time', () => {
    drafting(name, drafted).thenRecords();
  });

  it('refuses another name for the same pipeline', () => drafting('Other', drafted).thenRefuses('pipeline-exists'));

  it('refuses one that was retired', () => drafting(name, drafted, retired).thenRefuses('pipeline-exists'));
});

describe('adding a stage', () => {
  const adding = (each: StageDetails, before: string | null, ...past: PipelineEvent[]) =>
    given(pipeline, ...past).when((state) =>
      rules.addPipelineStage(state, new AddPipelineStage(pipelineId, { ...each, before })),
    );

  it('fills in what follows from its kind', () => {
    adding({ id: 'won', name: 'Won', kind: 'won' }, null, drafted).thenRecords(added({ ...won, name: 'Won' }));
  });

  it('puts it in front of another one', () => {
    adding(followUp, 'negotiate', ...draft(identify, negotiate)).thenReads(pipelineList, pipelineId, {
      draft: [identify, followUp, negotiate],
    });
  });

  it('refuses an id that is taken', () => adding(identify, null, ...draft(identify)).thenRefuses('stage-exists'));

  it('refuses a place in front of a stage that is not there', () => {
    adding(identify, 'nowhere', drafted).thenRefuses('stage-unknown', { candidates: [] });
  });

  it.each([-1, 101, 12.5, Number.NaN])('refuses a probability of %d', (probability) => {
    adding({ ...identify, probability }, null, drafted).thenRefuses('probability-out-of-range');
  });

  it('refuses a gate that asks for what nobody knows', () => {
    adding({ ...identify, entryGate: ['horoscope' as 'amount'] }, null, drafted).thenRefuses('requirement-unknown');
  });

  it('refuses a pipeline nobody drafted', () => adding(identify, null).thenRefuses('pipeline-unknown'));

  it('refuses a retired pipeline', () => adding(identify, null, drafted, retired).thenRefuses('pipeline-retired'));
});

describe('working on the next version', () => {
  const changing = (stageId: string, changes: Partial<Omit<Stage, 'id'>>) =>
    given(pipeline, ...draft(identify)).when((state) =>
      rules.changePipelineStage(state, new ChangePipelineStage(pipelineId, { stageId, ...changes })),
    );
  const ordering = (...stageIds: string[]) =>
    given(pipeline, ...draft(identify, followUp)).when((state) =>
      rules.reorderPipelineStages(state, new ReorderPipelineStages(pipelineId, { stageIds })),
    );
  const removing = (stageId: string) =>
    given(pipeline, ...inUse(identify, followUp, won, lost)).when((state) =>
      rules.removePipelineStage(state, new RemovePipelineStage(pipelineId, { stageId })),
    );

  it('changes a stage, and keeps what it was', () => {
    changing('identify', { probability: 15 }).thenRecords({
      type: 'PipelineStageChanged',
      data: { pipelineId, from: identify, to: { ...identify, probability: 15 } },
    });
  });

  it('records nothing when the stage is like that', () => {
    changing('identify', { probability: 10 }).thenRecords();
  });

  it('refuses to change a stage that is not there', () => changing('nowhere', {}).thenRefuses('stage-unknown'));

  it('puts the stages in another order', () => {
    ordering('follow-up', 'identify')
      .thenRecords({
        type: 'PipelineStageReordered',
        data: { pipelineId, from: ['identify', 'follow-up'], to: ['follow-up', 'identify'] },
      })
      .thenReads(pipelineList, pipelineId, { draft: [followUp, identify] });
  });

  it('records nothing when they are in that order', () => {
    ordering('identify', 'follow-up').thenRecords();
  });

  it.each([[['identify']], [['identify', 'identify']], [['identify', 'nowhere']]])(
    'refuses an order that does not name every stage once: %p',
    (stageIds) => ordering(...stageIds).thenRefuses('stage-order-incomplete'),
  );

  it('leaves a stage out; the published version keeps it', () => {
    removing('follow-up')
      .thenRecords({ type: 'PipelineStageRemoved', data: { pipelineId, stageId: 'follow-up' } })
      .thenReads(pipelineList, pipelineId, {
        draft: [identify, won, lost],
        versions: [{ version: 1, publishedAt: '2026-01-01T00:00:00.000Z', stages: [identify, followUp, won, lost] }],
      });
  });

  it('refuses to remove a stage that is not there', () => removing('nowhere').thenRefuses('stage-unknown'));
});
