import type { AnyDecider, Context } from '../../libs/context.js';
import { customers } from '../../libs/customers/context.js';
import { settled } from '../../libs/import/settled.decider.js';
import { opportunities } from '../../libs/opportunities/context.js';
import { organisation } from '../../libs/organisation/context.js';
import { readModelHistory } from '../../libs/rebuilds/read-model.decider.js';
import { targets } from '../../libs/targets/context.js';
import { tasks } from '../../libs/tasks/context.js';

/** Every part of the business that the program knows. Modules, types of events, histories and names derive from this list. */
export const contexts: readonly Context[] = [organisation, customers, opportunities, tasks, targets];

/** Every kind of stream there is: those of the contexts, and what the program records of its own work. */
export const deciders: readonly AnyDecider[] = [
  ...contexts.flatMap((context) => context.deciders),
  readModelHistory,
  settled,
];

/** Every type of event this program can read, in its current shape. */
export const knownEventTypes: ReadonlySet<string> = new Set(deciders.flatMap(({ evolve }) => Object.keys(evolve)));

/** What has a history, by name. */
export const subjects = Object.fromEntries(contexts.flatMap((context) => Object.entries(context.subjects ?? {})));
