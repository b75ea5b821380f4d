import { List } from 'immutable';
import { Missing, Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { Chart } from './approvers.rules.js';
import type { GivenFlow, PublishApprovalFlow, RetireApprovalFlow, ReviseApprovalFlow } from './commands.js';
import type { ApprovalFlowEvents, ApproverRule, FlowContent } from './events.js';

type Event = EventOf<ApprovalFlowEvents>;

export interface FlowVersion extends FlowContent {
  readonly version: number;
}

export interface ApprovalFlow {
  /** Every version there was, from the first one on. None before the first. */
  readonly versions: List<FlowVersion>;
  readonly retired: boolean;
}

export const approvalFlow = decider<ApprovalFlow, ApprovalFlowEvents>({
  category: 'approvalflow',
  initial: { versions: List(), retired: false },
  evolve: {
    ApprovalFlowPublished: (flow, { flowId: _, ...version }) => ({ ...flow, versions: flow.versions.push(version) }),
    ApprovalFlowRetired: (flow) => ({ ...flow, retired: true }),
  },
});

export interface FlowFacts {
  readonly chart: Chart;
}

/** Publishing the same flow with the same content again changes nothing. */
export function publishApprovalFlow(
  state: ApprovalFlow,
  { flowId, flow }: PublishApprovalFlow,
  _now: string,
  { chart }: FlowFacts,
): Event[] {
  const first = state.versions.first();
  if (!first) return published(state, flowId, flow, chart);
  if (sameContent(first, flow)) return [];
  throw new Refusal('approval-flow-exists', 'A flow of this id is there, with other content.', { flowId }, 409);
}

/** The latest version again changes nothing. */
export function reviseApprovalFlow(
  state: ApprovalFlow,
  { flowId, flow }: ReviseApprovalFlow,
  _now: string,
  { chart }: FlowFacts,
): Event[] {
  const latest = latestOf(state, flowId);
  if (state.retired) throw retired(flowId);
  return sameContent(latest, flow) ? [] : published(state, flowId, flow, chart);
}

export function retireApprovalFlow(state: ApprovalFlow, { flowId }: RetireApprovalFlow): Event[] {
  latestOf(state, flowId);
  return state.retired ? [] : [{ type: 'ApprovalFlowRetired', data: { flowId } }];
}

/** @throws Missing `approval-flow-unknown` */
export function latestOf({ versions }: ApprovalFlow, flowId: string): FlowVersion {
  const latest = versions.last();
  if (!latest) throw new Missing('approval-flow', flowId);
  return latest;
}

export const retired = (flowId: string): Refusal =>
  new Refusal('approval-flow-retired', 'The flow takes no requests any more.', { flowId });

function published({ versions }: ApprovalFlow, flowId: string, flow: GivenFlow, chart: Chart): Event[] {
  const findings = findingsOf(flow, chart);
  if (findings.length > 0) {
    throw new Refusal('approval-flow-unsound', 'Requests could not be decided by this flow.', { findings });
  }
  return [{ type: 'ApprovalFlowPublished', data: { flowId, version: versions.size + 1, ...contentOf(flow) } }];
}

/** What a version says, field by field, so that equal content has equal text. */
const contentOf = ({ name, steps, answers, remindAfterHours, escalateAfterHours, expireAfterHours }: FlowContent) => ({
  name,
  steps: steps.map(({ name: step, approvers, mode, when }) => ({
    name: step,
    approvers: approvers.map(({ by, id, levels }) => ({ by, id, levels })),
    mode,
    when: {
      amountAtLeast: when.amountAtLeast && { amount: when.amountAtLeast.amount, currency: when.amountAtLeast.currency },
      tiers: when.tiers,
      crossesDepartments: when.crossesDepartments,
    },
  })),
  answers: {
    vacant: answers.vacant,
    absent: answers.absent,
    submitter: answers.submitter,
    beneficiary: answers.beneficiary,
    repeated: answers.repeated,
  },
  remindAfterHours,
  escalateAfterHours,
  expireAfterHours,
});

const sameContent = (one: FlowContent, other: FlowContent): boolean =>
  JSON.stringify(contentOf(one)) === JSON.stringify(contentOf(other));

interface Finding {
  readonly step: string | null;
  readonly problem: string;
  /** What the problem is with: a position, a unit or an employee. */
  readonly id?: string;
}

/** Everything that is wrong with a flow. */
function findingsOf({ steps }: GivenFlow, chart: Chart): Finding[] {
  if (steps.length === 0) return [{ step: null, problem: 'no-steps' }];
  return steps.flatMap(({ name, approvers }, index) => [
    ...(steps.findIndex((each) => each.name === name) < index ? [{ step: name, problem: 'step-twice' }] : []),
    ...(approvers.length === 0 ? [{ step: name, problem: 'no-approvers' }] : []),
    ...approvers.flatMap((rule) => {
      const problem = problemOf(rule, chart);
      return problem === undefined ? [] : [{ step: name, problem, ...(rule.id !== null && { id: rule.id }) }];
    }),
  ]);
}

function problemOf({ by, id, levels }: ApproverRule, chart: Chart): string | undefined {
  if (by === 'superior') return levels === null || id !== null ? 'superior-by-levels-only' : undefined;
  if (id === null || levels !== null) return `${by}-by-id-only`;
  if (by === 'person') {
    const person = chart.employee(id);
    if (!person) return 'employee-unknown';
    return person.status === 'left' ? 'employee-left' : undefined;
  }
  const place = by === 'position' ? chart.position(id) : chart.unit(id);
  if (by === 'position') return !place ? 'position-unknown' : place.live ? undefined : 'position-retired';
  return !place ? 'org-unit-unknown' : place.live ? undefined : 'org-unit-closed';
}
