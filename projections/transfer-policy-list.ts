import { projection } from '../libs/read-models/projection.js';
import { transferPolicyId } from '../libs/transfers/events.js';
import type { TransferPolicyEvents } from '../libs/transfers/events.js';

/** How transfers are approved, with every version so far. */
export interface TransferPolicyDocument {
  readonly policyId: string;
  /** The latest one holds. */
  readonly versions: readonly {
    readonly version: number;
    readonly flowId: string;
    readonly revertDays: number;
    readonly since: string;
  }[];
}

export const transferPolicyList = projection<TransferPolicyDocument, TransferPolicyEvents>({
  name: 'transfer-policy-list',
  version: 1,
  id: () => transferPolicyId,
  stream: (policyId) => `transferpolicy-${policyId}`,
  starts: {
    TransferPolicyPublished: ({ data, occurredAt }) => ({
      policyId: transferPolicyId,
      versions: [{ ...data, since: occurredAt }],
    }),
  },
  on: {
    TransferPolicyPublished: (policy, { data, occurredAt }) => ({
      ...policy,
      versions: [...policy.versions, { ...data, since: occurredAt }],
    }),
  },
});
