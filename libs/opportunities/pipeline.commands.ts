import { command } from '../commands/command.js';
import { flag, list, oneOf, part, text, textual, whole } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { forecastCategories, requirements, stageKinds } from './events.js';

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const slug = () =>
  textual(
    'must be at most 64 lower case letters and digits, with single hyphens between',
    (value) => value.length <= 64 && SLUG.test(value),
    { maxLength: 64, pattern: SLUG.source },
  );

const gate = () => list(oneOf(requirements), { most: requirements.length, unique: true }).optional();

/** What may be said about a stage beside its name; what is left out of a new one follows from its kind. */
const terms = {
  kind: oneOf(stageKinds).optional(),
  probability: whole(0, 100)
    .optional()
    .describe('Percent: 1 to 99 for an open stage, 100 for what is won, 0 for what is lost or void.'),
  forecastCategory: oneOf(forecastCategories).optional(),
  entryGate: gate().describe('Asked when an opportunity comes in on its way forward, or is closed into this stage.'),
  exitGate: gate().describe('Asked when an opportunity goes on from here.'),
  maxDays: whole(1, 3_650).nullish().describe('After so many days an opportunity is overdue here; null for no limit.'),
  allowSkip: flag().optional().describe('Whether opportunities may be moved past it.'),
  allowBack: flag().optional().describe('Whether opportunities may be moved from it to an earlier stage.'),
  allowWin: flag().optional().describe('Whether opportunities may be won directly from it.'),
};

const stage = {
  id: slug().describe('A short readable name, such as `needs-analysis`, that stays the same from version to version.'),
  name: text(255),
  ...terms,
};

/** A stage as one describes it; what is left out follows from its kind. */
export type StageDetails = ValuesOf<typeof stage>;

/** The stages of a pipeline, in order. */
const stages = list(part(stage).meta({ id: 'StageBody' }), { least: 1, most: 50 });

const pipeline = { about: 'pipelineId', in: 'details' } as const;

export class CreatePipeline extends command({
  ...pipeline,
  says: 'Begins a pipeline; with its stages it is published at once.',
  post: 'pipelines',
  requires: 'pipelines.define',
  creates: { pipelineId: 'pipeline' },
  fields: {
    name: text(255),
    stages: stages.optional().describe('All stages in order, to publish it at once; without them it is a draft.'),
  },
}) {}

export class DefinePipeline extends command({
  ...pipeline,
  says: 'Makes these the stages of the pipeline, and publishes them if they differ from the published ones.',
  post: 'pipelines/:pipelineId/definition',
  requires: 'pipelines.define',
  fields: { name: text(255), stages: stages.describe('All stages in order.') },
}) {}

export class AddPipelineStage extends command({
  ...pipeline,
  says: 'Adds a stage to the next version.',
  post: 'pipelines/:pipelineId/stages',
  requires: 'pipelines.define',
  fields: {
    ...stage,
    before: text(64).nullish().describe('The stage it comes in front of; without one it comes last.'),
  },
}) {}

export class ChangePipelineStage extends command({
  ...pipeline,
  says: 'Changes a stage in the next version; fields that are left out stay as they are.',
  post: 'pipelines/:pipelineId/stages/:stageId/details',
  requires: 'pipelines.define',
  fields: { stageId: text(64), name: text(255).optional(), ...terms },
}) {}

export class RemovePipelineStage extends command({
  ...pipeline,
  says: 'Leaves a stage out of the next version.',
  post: 'pipelines/:pipelineId/stages/:stageId/remove',
  requires: 'pipelines.define',
  fields: { stageId: text(64) },
}) {}

export class ReorderPipelineStages extends command({
  ...pipeline,
  says: 'Puts the stages of the next version in order.',
  post: 'pipelines/:pipelineId/order',
  requires: 'pipelines.define',
  fields: { stageIds: list(text(64), { most: 50, unique: true }).describe('Ids of all stages of the draft.') },
}) {}

export class PublishPipeline extends command({
  ...pipeline,
  says: 'Publishes the next version: what is registered from now on runs under it.',
  post: 'pipelines/:pipelineId/publish',
  requires: 'pipelines.publish',
  fields: {},
}) {}

export class RetirePipeline extends command({
  ...pipeline,
  says: 'Registers nothing new in the pipeline; what runs in it goes on.',
  post: 'pipelines/:pipelineId/retire',
  requires: 'pipelines.publish',
  fields: { reason: text(1_000).nullish() },
}) {}
