import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';
import type { TierPolicyEvents } from '../libs/tiers/events.js';

type Version = Omit<TierPolicyEvents['TierPolicyPublished'], 'policyId'> & { readonly publishedAt: string };

/** How customers come to their tiers, with every version there was: a change of tier names the one it was made by. */
export interface TierPolicyDocument {
  readonly policyId: string;
  readonly version: number;
  readonly versions: readonly Version[];
  readonly revision: number;
}

function withVersion(
  before: readonly Version[],
  { data, occurredAt, revision }: Recorded<TierPolicyEvents, 'TierPolicyPublished'>,
): TierPolicyDocument {
  const { policyId, ...version } = data;
  const versions = [...before, { ...version, publishedAt: occurredAt }];
  return { policyId, version: version.version, versions, revision };
}

export const tierPolicyList = projection<TierPolicyDocument, TierPolicyEvents>({
  name: 'tier-policy-list',
  version: 1,
  id: ({ data }) => data.policyId,
  stream: (policyId) => `tierpolicy-${policyId}`,
  indexes: [],
  starts: { TierPolicyPublished: (event) => withVersion([], event) },
  on: { TierPolicyPublished: (policy, event) => withVersion(policy.versions, event) },
});
