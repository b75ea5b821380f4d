import { idFrom } from '../ids.js';

/** There is one policy for leads, in versions. */
export const leadPolicyId = (): string => idFrom('lead policy');
