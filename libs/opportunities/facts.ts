import type { StateReader } from '../event-store/decider.js';
import type { Money } from '../money.js';
import type { OpportunityStatus, Stage } from './events.js';
import { opportunity } from './opportunity.decider.js';
import { pipeline } from './pipeline.decider.js';

/** What other contexts may know of an opportunity when they decide. */
export interface OpportunityFacts {
  readonly opportunityId: string;
  readonly customerId: string | null;
  readonly status: OpportunityStatus;
  readonly pipelineId: string;
  readonly pipelineVersion: number;
  readonly stageId: string;
  readonly ownerId: string;
  readonly amount: Money | null;
  readonly product: string | null;
}

export async function opportunityFacts(
  streams: StateReader,
  opportunityId: string,
): Promise<OpportunityFacts | undefined> {
  const { state } = await streams.load(opportunity, opportunityId);
  if (state.status === 'unknown') return undefined;
  const { customerId, status, pipelineId, pipelineVersion, stageId, owner, amount, details } = state;
  const { employeeId: ownerId } = owner;
  return {
    opportunityId,
    customerId,
    status,
    pipelineId,
    pipelineVersion,
    stageId,
    ownerId,
    amount,
    product: details.product,
  };
}

/** What may be known of a pipeline: its published version, or the one that is asked for. */
export interface PipelineFacts {
  readonly pipelineId: string;
  readonly name: string;
  readonly retired: boolean;
  /** 0 when nothing is published yet. */
  readonly version: number;
  readonly stages: readonly Stage[];
}

export async function pipelineFacts(
  streams: StateReader,
  pipelineId: string,
  version?: number,
): Promise<PipelineFacts | undefined> {
  const { state } = await streams.load(pipeline, pipelineId);
  if (state.status === 'unknown') return undefined;
  const { name, status, versions } = state;
  const wanted = version ?? versions.size;
  return {
    pipelineId,
    name,
    retired: status === 'retired',
    version: wanted,
    stages: wanted > 0 ? versions.get(wanted - 1, []) : [],
  };
}
