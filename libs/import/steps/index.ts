import { customerTargets } from './customers.js';
import { opportunityTargets } from './opportunities.js';
import { organisationTargets } from './organisation.js';
import { taskTargets } from './tasks.js';
import type { Target } from './step.js';

/** Everything a row can become. */
export const targets: Readonly<Record<string, Target>> = {
  ...organisationTargets,
  ...customerTargets,
  ...opportunityTargets,
  ...taskTargets,
};
