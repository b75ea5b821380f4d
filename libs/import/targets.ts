import { customerTargets } from './targets-customers.js';
import { opportunityTargets } from './targets-opportunities.js';
import { organisationTargets } from './targets-organisation.js';
import { taskTargets } from './targets-tasks.js';
import type { Target } from './target.js';

/** Everything a row can become. */
export const targets: Readonly<Record<string, Target>> = {
  ...organisationTargets,
  ...customerTargets,
  ...opportunityTargets,
  ...taskTargets,
};
