import { approvals } from '../../libs/approvals/context.js';
import { assignment } from '../../libs/assignment/context.js';
import { calendars } from '../../libs/calendars/context.js';
import type { AnyDecider, Context } from '../../libs/context.js';
import { customers } from '../../libs/customers/context.js';
import { settled } from '../../libs/import/settled.decider.js';
import type { Targets } from '../../libs/import/steps/step.js';
import { dataQuality } from '../../libs/data-quality/context.js';
import { opportunities } from '../../libs/opportunities/context.js';
import { leads } from '../../libs/leads/context.js';
import { organisation } from '../../libs/organisation/context.js';
import { offboarding } from '../../libs/offboarding/context.js';
import { pools } from '../../libs/pools/context.js';
import { segments } from '../../libs/segments/context.js';
import { readModel } from '../../libs/read-models/rollup.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { readModelHistory } from '../../libs/rebuilds/read-model.decider.js';
import { targets } from '../../libs/targets/context.js';
import { webForms } from '../../libs/web-forms/context.js';
import { tasks } from '../../libs/tasks/context.js';
import { transfers } from '../../libs/transfers/context.js';
import { tiers } from '../../libs/tiers/context.js';
import { handingOver } from '../../processes/handing-over.js';
import { deadlinesOf } from '../../projections/deadlines.js';

/** Every part of the business that the program knows. All that is generic derives from this list. */
export const contexts: readonly Context[] = [
  organisation,
  customers,
  opportunities,
  tasks,
  targets,
  calendars,
  leads,
  approvals,
  pools,
  segments,
  tiers,
  webForms,
  assignment,
  offboarding,
  dataQuality,
  transfers,
];

/** What derives from a list of contexts. */
export function partsOf(contexts: readonly Context[]) {
  /** Every kind of stream there is: those of the contexts, and what the program records of its own work. */
  const deciders: readonly AnyDecider[] = [
    ...contexts.flatMap((context) => context.deciders),
    readModelHistory,
    settled,
  ];
  /** Every type of event this program can read, in its current shape. */
  const knownEventTypes: ReadonlySet<string> = new Set(deciders.flatMap(({ evolve }) => Object.keys(evolve)));
  /** What has a history, by name. */
  const subjects = Object.fromEntries(contexts.flatMap((context) => Object.entries(context.subjects ?? {})));
  /** What rows of an imported file can become, by name. */
  const importTargets: Targets = Object.fromEntries(contexts.flatMap((context) => Object.entries(context.steps ?? {})));
  /** Every kind of time that the clock watches. */
  const deadlines = deadlinesOf(contexts.flatMap((context) => context.deadlines ?? []));
  /** What employees have. */
  const belongings = contexts.flatMap((context) => context.belongings ?? []);
  /** Everything that reacts to events. */
  const processes = [...contexts.flatMap((context) => context.processes ?? []), handingOver(belongings)];
  /** What follows from events for each of many things. */
  const sweeps = contexts.flatMap((context) => context.sweeps ?? []);
  /** Every read model, without the reports that are kept up beside them. */
  const readModels: readonly ReadModel[] = [
    ...contexts.flatMap((context) => context.readModels ?? []),
    readModel(deadlines.projection),
  ];
  /**
   * Every report. It is kept up beside the documents it is counted from, and has a route, a command, CSV and its part of the
   * documentation; so has a rollup alone, with its measures as columns.
   */
  const reports = contexts.flatMap((context) => context.reports ?? []);
  return {
    contexts,
    deciders,
    knownEventTypes,
    subjects,
    importTargets,
    deadlines,
    belongings,
    processes,
    sweeps,
    readModels,
    reports,
  };
}

export type Parts = ReturnType<typeof partsOf>;

/** The parts of the program as its source lists them. */
export const listed = partsOf(contexts);

export const { deciders, knownEventTypes, subjects, importTargets, deadlines, processes, sweeps, readModels, reports } =
  listed;

/**
 * Definitions of read models as they were before, most recent first: as long as one is listed here, its copy keeps up beside the new
 * one, and `annals projections rollback` goes back to it. See docs/decisions/0015.
 */
export const earlierReadModels: readonly ReadModel[] = [];
