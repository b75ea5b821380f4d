import type { StateReader } from '../event-store/decider.js';
import { tierPolicyId } from './events.js';
import { tierPolicy } from './tier-policy.decider.js';
import type { TierPolicy } from './tier-policy.decider.js';

/** How customers come to their tiers; nothing before a policy is published. */
export const tierPolicyFacts = async (streams: StateReader): Promise<TierPolicy | undefined> =>
  (await streams.load(tierPolicy, tierPolicyId)).state;

export const isTierPolicyPublished = async (streams: StateReader): Promise<boolean> =>
  (await tierPolicyFacts(streams)) !== undefined;
