import type { StateReader } from '../event-store/decider.js';
import { approvalFlow } from './approval-flow.decider.js';

/** Whether a flow takes requests; undefined where there is none of this id. */
export async function approvalFlowFacts(
  streams: StateReader,
  flowId: string,
): Promise<{ readonly flowId: string; readonly usable: boolean } | undefined> {
  const { state } = await streams.load(approvalFlow, flowId);
  return state.versions.size === 0 ? undefined : { flowId, usable: !state.retired };
}
