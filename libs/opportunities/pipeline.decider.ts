import { List } from 'immutable';
import { Missing, Refusal } from '../errors.js';
import { decider, evolve } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import { normalForm } from '../text.js';
import type {
  AddPipelineStage,
  ChangePipelineStage,
  CreatePipeline,
  DefinePipeline,
  PublishPipeline,
  RemovePipelineStage,
  ReorderPipelineStages,
  RetirePipeline,
  StageDetails,
} from './pipeline.commands.js';
import { requirements } from './events.js';
import type { PipelineEvents, Stage } from './events.js';

type Event = EventOf<PipelineEvents>;

/** What a rule reads of a command; another rule can ask it the same without sending one. */
type Asked<C extends { pipelineId: string; details: unknown }> = Pick<C, 'pipelineId' | 'details'>;

export interface KnownPipeline {
  readonly status: 'draft' | 'published' | 'retired';
  readonly name: string;
  /** The stages of the next version. */
  readonly draft: readonly Stage[];
  /** Every version ever published, the first one first: an opportunity stays under the version it was registered under. */
  readonly versions: List<readonly Stage[]>;
}

export type Pipeline = { readonly status: 'unknown' } | KnownPipeline;

export const pipeline = decider<Pipeline, PipelineEvents>({
  category: 'pipeline',
  initial: { status: 'unknown' },
  evolve: {
    PipelineDrafted: (_, { name }) => ({ status: 'draft', name, draft: [], versions: List() }),
    PipelineStageAdded: (state, { stage, before }) =>
      known(state, ({ draft }) => {
        const place = before === null ? -1 : draft.findIndex(({ id }) => id === before);
        return { draft: place < 0 ? [...draft, stage] : draft.toSpliced(place, 0, stage) };
      }),
    PipelineStageChanged: (state, { to }) =>
      known(state, ({ draft }) => ({ draft: draft.map((stage) => (stage.id === to.id ? to : stage)) })),
    PipelineStageReordered: (state, { to }) =>
      known(state, ({ draft }) => ({ draft: draft.toSorted((a, b) => to.indexOf(a.id) - to.indexOf(b.id)) })),
    PipelineStageRemoved: (state, { stageId }) =>
      known(state, ({ draft }) => ({ draft: draft.filter(({ id }) => id !== stageId) })),
    PipelinePublished: (state, { stages }) =>
      known(state, ({ versions }) => ({ status: 'published', versions: versions.push(stages) })),
    PipelineRetired: (state) => known(state, () => ({ status: 'retired' })),
  },
});

function known(state: Pipeline, change: (state: KnownPipeline) => Partial<KnownPipeline>): Pipeline {
  return state.status === 'unknown' ? state : { ...state, ...change(state) };
}

/** A draft, or with its stages what is published at once. */
export function createPipeline(state: Pipeline, { pipelineId, details }: CreatePipeline): Event[] {
  const { name, stages } = details;
  return stages
    ? definePipeline(state, { pipelineId, details: { name, stages } })
    : draftPipeline(state, pipelineId, name);
}

/** Drafting the same pipeline again changes nothing. */
function draftPipeline(state: Pipeline, pipelineId: string, name: string): Event[] {
  if (state.status === 'unknown') return [{ type: 'PipelineDrafted', data: { pipelineId, name } }];
  if (state.name === name && state.status !== 'retired') return [];
  throw new Refusal(
    'pipeline-exists',
    `The pipeline ${pipelineId} is there, as ${state.name}.`,
    { name: state.name },
    409,
  );
}

export function addPipelineStage(state: Pipeline, { pipelineId, details }: AddPipelineStage): Event[] {
  const { draft } = editable(state, pipelineId);
  const { before = null, ...said } = details;
  const stage = complete(said);
  if (draft.some(({ id }) => id === stage.id)) {
    throw new Refusal('stage-exists', `The pipeline has a stage ${stage.id}.`, { field: 'stage.id' }, 409);
  }
  if (before !== null) stageOf(draft, before);
  return [{ type: 'PipelineStageAdded', data: { pipelineId, stage, before } }];
}

export function changePipelineStage(state: Pipeline, { pipelineId, details }: ChangePipelineStage): Event[] {
  const { stageId, ...changes } = details;
  const from = stageOf(editable(state, pipelineId).draft, stageId);
  const to = checked({ ...from, ...given(changes) });
  return same(from, to) ? [] : [{ type: 'PipelineStageChanged', data: { pipelineId, from, to } }];
}

export function reorderPipelineStages(state: Pipeline, { pipelineId, details }: Asked<ReorderPipelineStages>): Event[] {
  const from = editable(state, pipelineId).draft.map(({ id }) => id);
  const to = [...details.stageIds];
  if (!same(from.toSorted(), to.toSorted())) {
    throw new Refusal('stage-order-incomplete', 'The order names every stage of the draft once.', { stageIds: from });
  }
  return same(from, to) ? [] : [{ type: 'PipelineStageReordered', data: { pipelineId, from, to } }];
}

export function removePipelineStage(state: Pipeline, { pipelineId, details }: RemovePipelineStage): Event[] {
  const stage = stageOf(editable(state, pipelineId).draft, details.stageId);
  return [{ type: 'PipelineStageRemoved', data: { pipelineId, stageId: stage.id } }];
}

/** Publishing what is published already changes nothing. */
export function publishPipeline(state: Pipeline, { pipelineId }: Pick<PublishPipeline, 'pipelineId'>): Event[] {
  const { name, draft, versions } = editable(state, pipelineId);
  if (same(draft, versions.last())) return [];
  const findings = unsound(draft);
  if (findings.length > 0) {
    throw new Refusal('pipeline-unsound', 'Opportunities could not run through these stages.', { findings });
  }
  return [{ type: 'PipelinePublished', data: { pipelineId, name, version: versions.size + 1, stages: draft } }];
}

export function retirePipeline(state: Pipeline, { pipelineId, details: { reason = null } }: RetirePipeline): Event[] {
  editable(state, pipelineId);
  return [{ type: 'PipelineRetired', data: { pipelineId, reason } }];
}

/** From whatever is there to exactly these stages, published, in one decision: all of it or nothing. */
export function definePipeline(state: Pipeline, { pipelineId, details }: Asked<DefinePipeline>): Event[] {
  const { name, stages } = details;
  const events = draftPipeline(state, pipelineId, name);
  let current = events.reduce(after, state);
  const then = (more: Event[]): void => {
    events.push(...more);
    current = more.reduce(after, current);
  };
  const stageIds = stages.map(({ id }) => id);
  const twice = stageIds.filter((id, index) => stageIds.indexOf(id) !== index);
  if (twice.length > 0)
    throw new Refusal('stage-exists', `The stage ${twice[0]} comes twice.`, { field: 'stages' }, 409);

  const before = editable(current, pipelineId).draft.map(({ id }) => id);
  for (const stageId of before.filter((id) => !stageIds.includes(id))) {
    then([{ type: 'PipelineStageRemoved', data: { pipelineId, stageId } }]);
  }
  for (const stage of stages) {
    const from = editable(current, pipelineId).draft.find(({ id }) => id === stage.id);
    const to = complete(stage);
    if (!from) then([{ type: 'PipelineStageAdded', data: { pipelineId, stage: to, before: null } }]);
    else if (!same(from, to)) then([{ type: 'PipelineStageChanged', data: { pipelineId, from, to } }]);
  }
  then(reorderPipelineStages(current, { pipelineId, details: { stageIds } }));
  then(publishPipeline(current, { pipelineId }));
  return events;
}

const after = (state: Pipeline, event: Event): Pipeline => evolve(pipeline, state, { occurredAt: '', ...event });

/** The pipeline, when its next version can be worked on. @throws Missing · Refusal `pipeline-retired` */
function editable(state: Pipeline, pipelineId: string): KnownPipeline {
  if (state.status === 'unknown') throw new Missing('pipeline', pipelineId);
  if (state.status === 'retired') throw new Refusal('pipeline-retired', `The pipeline ${state.name} was retired.`);
  return state;
}

/** @throws Refusal `stage-unknown` */
export function stageOf(stages: readonly Stage[], stageId: string): Stage {
  const stage = stages.find(({ id }) => id === stageId);
  if (stage) return stage;
  throw new Refusal('stage-unknown', `The pipeline has no stage ${stageId}.`, {
    field: 'stageId',
    candidates: stages.map(({ id }) => id),
  });
}

/** What follows from the kind of a stage, where nothing else is said. The probability of an open stage has to be said. */
function complete(details: StageDetails): Stage {
  const { id, name, kind = 'open', ...more } = details;
  const open = kind === 'open';
  return checked({
    id,
    name,
    kind,
    probability: kind === 'won' ? 100 : 0,
    forecastCategory: open ? 'pipeline' : kind === 'won' ? 'closed' : 'omitted',
    entryGate: [],
    exitGate: [],
    maxDays: null,
    allowSkip: open,
    allowBack: open,
    allowWin: open,
    ...given(more),
  });
}

function checked(stage: Stage): Stage {
  const { id, probability, entryGate, exitGate } = stage;
  const unknown = [...entryGate, ...exitGate].filter((requirement) => !requirements.includes(requirement));
  if (unknown.length > 0) {
    throw new Refusal('requirement-unknown', `${id}: no gate can ask for ${unknown.join(', ')}.`, {
      candidates: requirements,
    });
  }
  if (Number.isInteger(probability) && probability >= 0 && probability <= 100) return stage;
  throw new Refusal('probability-out-of-range', `${id}: a probability is a whole number of percent.`, {
    field: 'probability',
  });
}

/** Why opportunities could not run through these stages: everything that is wrong. */
function unsound(stages: readonly Stage[]): { finding: string; stageIds: string[] }[] {
  const inconsistent = ({ kind, probability, forecastCategory }: Stage): boolean => {
    if (kind === 'won') return probability !== 100 || forecastCategory !== 'closed';
    if (kind !== 'open') return probability !== 0 || forecastCategory !== 'omitted';
    return probability === 0 || probability === 100 || forecastCategory === 'closed';
  };
  const lastOpen = stages.findLastIndex(({ kind }) => kind === 'open');
  const won = stages.filter(({ kind }) => kind === 'won');
  const any = (wrong: (stage: Stage, index: number) => boolean): readonly Stage[] | false => {
    const offenders = stages.filter(wrong);
    return offenders.length > 0 && offenders;
  };
  const checks: [finding: string, offenders: readonly Stage[] | false][] = [
    ['no open stage', lastOpen < 0 && []],
    ['not exactly one stage for what is won', won.length !== 1 && won],
    ['no stage for what is lost', !any(({ kind }) => kind === 'lost') && []],
    ['a closing stage before an open one', any(({ kind }, index) => kind !== 'open' && index < lastOpen)],
    [
      'a name that another stage has',
      any(({ name }, index) => stages.findIndex((stage) => normalForm(stage.name) === normalForm(name)) < index),
    ],
    ['a probability or forecast category that its kind cannot have', any(inconsistent)],
  ];
  return checks.flatMap(([finding, offenders]) =>
    offenders ? [{ finding, stageIds: offenders.map(({ id }) => id) }] : [],
  );
}

const given = <Details extends object>(
  details: Details,
): { [Field in keyof Details]: Exclude<Details[Field], undefined> } =>
  Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)) as never;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
