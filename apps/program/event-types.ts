import type { Decider } from '../../libs/event-store/decider.js';
import { customer } from '../../libs/customers/customer.decider.js';
import { identifier } from '../../libs/customers/identifier.decider.js';
import { portfolio } from '../../libs/customers/portfolio.decider.js';
import { settled } from '../../libs/import/settled.decider.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { pipeline } from '../../libs/opportunities/pipeline.decider.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { readModelHistory } from '../../libs/rebuilds/read-model.decider.js';
import { target } from '../../libs/targets/target.decider.js';
import { task } from '../../libs/tasks/task.decider.js';

/** Every kind of stream there is. */
export const deciders = [
  customer,
  identifier,
  portfolio,
  opportunity,
  pipeline,
  organisation,
  task,
  target,
  readModelHistory,
  settled,
] as const;

/** Every type of event this program can read, in its current shape. */
export const knownEventTypes: ReadonlySet<string> = new Set(
  deciders.flatMap((decider) => Object.keys((decider as Decider<unknown, Record<string, unknown>>).evolve)),
);
