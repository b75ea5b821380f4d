import type { ApprovalFlowEvents } from '../libs/approvals/events.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';
import { nameKey } from '../libs/text.js';

type Version = Omit<ApprovalFlowEvents['ApprovalFlowPublished'], 'flowId'> & { readonly publishedAt: string };

/** A flow with every version there was: a request names the one that holds for it. */
export interface ApprovalFlowItem {
  readonly flowId: string;
  readonly name: string;
  readonly status: 'published' | 'retired';
  readonly version: number;
  readonly versions: readonly Version[];
  readonly revision: number;
}

/** With what it is sorted by. */
export interface ApprovalFlowLine extends ApprovalFlowItem {
  readonly nameKey: string;
}

export const approvalFlowItem = ({ nameKey: _, ...item }: ApprovalFlowLine): ApprovalFlowItem => item;

type Published = Recorded<ApprovalFlowEvents, 'ApprovalFlowPublished'>;

const latest = ({ data, revision }: Published) => ({
  name: data.name,
  nameKey: nameKey(data.name),
  version: data.version,
  revision,
});

const versionOf = ({ data: { flowId: _, ...version }, occurredAt }: Published): Version => ({
  ...version,
  publishedAt: occurredAt,
});

export const approvalFlowList = projection<ApprovalFlowLine, ApprovalFlowEvents>({
  name: 'approval-flow-list',
  version: 1,
  id: ({ data }) => data.flowId,
  stream: (flowId) => `approvalflow-${flowId}`,
  indexes: [['nameKey']],
  filters: ['status'],
  starts: {
    ApprovalFlowPublished: (event) => ({
      flowId: event.data.flowId,
      status: 'published',
      versions: [versionOf(event)],
      ...latest(event),
    }),
  },
  on: {
    ApprovalFlowPublished: (flow, event) => ({
      ...flow,
      versions: [...flow.versions, versionOf(event)],
      ...latest(event),
    }),
    ApprovalFlowRetired: (flow, { revision }) => ({ ...flow, status: 'retired', revision }),
  },
});
