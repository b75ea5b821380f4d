import type { LeadPolicyEvents } from '../libs/leads/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';

type Version = Omit<LeadPolicyEvents['LeadPolicyPublished'], 'policyId'> & { readonly publishedAt: string };

/** How leads are judged, with every version there was: a lead names the one it was judged by. */
export interface LeadPolicyDocument {
  readonly policyId: string;
  readonly version: number;
  readonly versions: readonly Version[];
  readonly revision: number;
}

const versionOf = ({ data, occurredAt }: Recorded<LeadPolicyEvents, 'LeadPolicyPublished'>): Version => {
  const { policyId: _, ...version } = data;
  return { ...version, publishedAt: occurredAt };
};

export const leadPolicyList = projection<LeadPolicyDocument, LeadPolicyEvents>({
  name: 'lead-policy-list',
  version: 1,
  id: ({ data }) => data.policyId,
  stream: (policyId) => `leadpolicy-${policyId}`,
  indexes: [],
  starts: {
    LeadPolicyPublished: (event) => ({
      policyId: event.data.policyId,
      version: event.data.version,
      versions: [versionOf(event)],
      revision: event.revision,
    }),
  },
  on: {
    LeadPolicyPublished: (policy, event) => ({
      ...policy,
      version: event.data.version,
      versions: [...policy.versions, versionOf(event)],
      revision: event.revision,
    }),
  },
});
