import { describe, expect, it } from '@jest/globals';
import { List } from 'immutable';
import { replay } from '../../libs/event-store/decider.js';
import { DefinePipeline, PublishPipeline, RetirePipeline } from '../../libs/opportunities/pipeline.commands.js';
import type { StageDetails } from '../../libs/opportunities/pipeline.commands.js';
import type { Stage } from '../../libs/opportunities/events.js';
import * as rules from '../../libs/opportunities/pipeline.decider.js';
import { pipeline } from '../../libs/opportunities/pipeline.decider.js';
import { pipelineList } from '../../projections/pipeline-list.js';
import { given } from '../support/given.js';
import { followUp, identify, lost, negotiate, pipelineId, stage, won } from './samples.js';
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

const publishing = (...before: PipelineEvent[]) =>
  given(pipeline, ...before).when((state) => rules.publishPipeline(state, new PublishPipeline(pipelineId)));
const defining = (stages: readonly StageDetails[], ...before: PipelineEvent[]) =>
  given(pipeline, ...before).when((state) =>
    rules.definePipeline(state, new DefinePipeline(pipelineId, { name, stages })),
  );

describe('publishing a pipeline', () => {
  it('makes the draft the first version', () => {
    publishing(...draft(identify, won, lost))
      .thenRecords(published(1, identify, won, lost))
      .thenReads(pipelineList, pipelineId, { status: 'published', version: 1, stages: [identify, won, lost] });
  });

  it('makes a changed draft the next version, and keeps the first', () => {
    publishing(...inUse(identify, won, lost), added(followUp, 'won')).thenRecords(
      published(2, identify, followUp, won, lost),
    );
  });

  it('records nothing when that is what is published', () => {
    publishing(...inUse(identify, won, lost)).thenRecords();
  });

  const finding = (text: string, ...stageIds: string[]) => ({ finding: text, stageIds });
  const notOneWon = 'not exactly one stage for what is won';
  const inconsistent = 'a probability or forecast category that its kind cannot have';
  it.each<[string, Stage[], { finding: string; stageIds: string[] }[]]>([
    ['nothing', [], [finding('no open stage'), finding(notOneWon), finding('no stage for what is lost')]],
    ['no open stage', [won, lost], [finding('no open stage')]],
    ['no stage for what is won', [identify, lost], [finding(notOneWon)]],
    [
      'two stages for what is won',
      [identify, won, { ...won, id: 'b', name: 'B' }, lost],
      [finding(notOneWon, 'won', 'b')],
    ],
    ['no stage for what is lost', [identify, won], [finding('no stage for what is lost')]],
    ['the end before the beginning', [won, identify, lost], [finding('a closing stage before an open one', 'won')]],
    [
      'two stages of one name',
      [identify, { ...followUp, name: identify.name }, won, lost],
      [finding('a name that another stage has', 'follow-up')],
    ],
    [
      'an open stage that is certain',
      [{ ...identify, probability: 100 }, won, lost],
      [finding(inconsistent, 'identify')],
    ],
    ['an open stage without chance', [{ ...identify, probability: 0 }, won, lost], [finding(inconsistent, 'identify')]],
    [
      'ends that are neither certain nor impossible',
      [identify, { ...won, probability: 90 }, { ...lost, probability: 10 }],
      [finding(inconsistent, 'won', 'lost')],
    ],
    [
      'lost deals in the forecast',
      [identify, won, { ...lost, forecastCategory: 'pipeline' }],
      [finding(inconsistent, 'lost')],
    ],
  ])('refuses %s', (_, stages, findings) => {
    publishing(...draft(...stages)).thenRefuses('pipeline-unsound', { findings });
  });

  it('refuses a retired pipeline', () => {
    publishing(...draft(identify, won, lost), retired).thenRefuses('pipeline-retired');
  });
});

describe('retiring a pipeline', () => {
  const retiring = (...before: PipelineEvent[]) =>
    given(pipeline, ...before).when((state) => rules.retirePipeline(state, new RetirePipeline(pipelineId, {})));

  it('keeps its versions', () => {
    retiring(...inUse(identify, won, lost))
      .thenRecords(retired)
      .thenReads(pipelineList, pipelineId, { status: 'retired', stages: [identify, won, lost] });
  });

  it('refuses to do it twice', () => retiring(drafted, retired).thenRefuses('pipeline-retired'));

  it('refuses a pipeline nobody drafted', () => retiring().thenRefuses('pipeline-unknown'));
});

describe('defining a pipeline in one go', () => {
  it('drafts and publishes', () => {
    defining([identify, won, lost]).thenRecords(...inUse(identify, won, lost));
  });

  it('records nothing when the pipeline is like that', () => {
    defining([identify, won, lost], ...inUse(identify, won, lost)).thenRecords();
  });

  it('adds, changes, removes, orders and publishes what differs', () => {
    const changed = { ...identify, probability: 15 };
    defining([changed, negotiate, won, lost], ...inUse(identify, followUp, won, lost)).thenRecords(
      { type: 'PipelineStageRemoved', data: { pipelineId, stageId: 'follow-up' } },
      { type: 'PipelineStageChanged', data: { pipelineId, from: identify, to: changed } },
      added(negotiate),
      {
        type: 'PipelineStageReordered',
        data: {
          pipelineId,
          from: ['identify', 'won', 'lost', 'negotiate'],
          to: ['identify', 'negotiate', 'won', 'lost'],
        },
      },
      published(2, changed, negotiate, won, lost),
    );
  });

  it('lets two stages change their names with each other', () => {
    const a = { ...identify, name: followUp.name };
    const b = { ...followUp, name: identify.name };
    defining([a, b, won, lost], ...inUse(identify, followUp, won, lost)).thenReads(pipelineList, pipelineId, {
      version: 2,
      stages: [a, b, won, lost],
    });
  });

  it('does nothing at all when the stages are unsound', () =>
    defining([identify, won]).thenRefuses('pipeline-unsound'));

  it('refuses a stage that comes twice', () => defining([identify, identify, won, lost]).thenRefuses('stage-exists'));
});

it('keeps every version, so that an opportunity stays under its own', () => {
  const other = stage('other');
  const state = replay(pipeline, [
    ...inUse(identify, won, lost),
    added(other, 'won'),
    published(2, identify, other, won, lost),
  ]);
  expect(state).toMatchObject({
    versions: List([
      [identify, won, lost],
      [identify, other, won, lost],
    ]),
  });
});
