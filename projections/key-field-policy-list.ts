import type { DataQualityEvents } from '../libs/data-quality/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';

type Version = Omit<DataQualityEvents['KeyFieldPolicyPublished'], 'policyId'> & { readonly publishedAt: string };

/** Which fields of customers must be known, with every version there was. */
export interface KeyFieldPolicyDocument {
  readonly policyId: string;
  readonly version: number;
  readonly versions: readonly Version[];
  readonly revision: number;
}

function withVersion(
  before: readonly Version[],
  { data, occurredAt, revision }: Recorded<DataQualityEvents, 'KeyFieldPolicyPublished'>,
): KeyFieldPolicyDocument {
  const { policyId, ...version } = data;
  return {
    policyId,
    version: version.version,
    versions: [...before, { ...version, publishedAt: occurredAt }],
    revision,
  };
}

export const keyFieldPolicyList = projection<KeyFieldPolicyDocument, DataQualityEvents>({
  name: 'key-field-policy-list',
  version: 1,
  id: ({ data }) => data.policyId,
  stream: (policyId) => `keyfieldpolicy-${policyId}`,
  indexes: [],
  starts: { KeyFieldPolicyPublished: (event) => withVersion([], event) },
  on: { KeyFieldPolicyPublished: (policy, event) => withVersion(policy.versions, event) },
});
