import type { EventOf } from '../event-store/event-store.js';
import { evolve } from '../event-store/decider.js';
import { addHours } from '../time.js';
import { approval } from './approval.decider.js';
import type { KnownApproval } from './approval.decider.js';
import type { FlowVersion } from './approval-flow.decider.js';
import { doneApprovers, resolved } from './approvers.rules.js';
import type { Chart, Known } from './approvers.rules.js';
import { openApprovers } from './events.js';
import type { ApprovalEvents, ApprovalStep, Because } from './events.js';

export type ApprovalEvent = EventOf<ApprovalEvents>;

/** What every decision on a request is made with. */
export interface ApprovalFacts {
  /** The version that holds for the request. */
  readonly flow: FlowVersion;
  readonly chart: Chart;
  /** The person who acts, where it is an employee. */
  readonly actorId: string | null;
}

/** A decision while it is made: its events, and the state after them. */
export interface Progress {
  readonly state: KnownApproval;
  readonly events: readonly ApprovalEvent[];
}

/** The decision with one more event. */
export function recorded({ state, events }: Progress, event: ApprovalEvent, now: string): Progress {
  const next = evolve(approval, state, { occurredAt: now, ...event }) as KnownApproval;
  return { state: next, events: [...events, event] };
}

export const knownOf = ({ request, given, delegations, escalated }: KnownApproval): Known => ({
  request,
  given: given.toArray(),
  delegations: delegations.toArray(),
  escalated: escalated.toArray(),
});

/** Whether a step needs nobody any more. */
function isComplete(step: ApprovalStep, { given }: KnownApproval): boolean {
  if (step.skipped !== null) return true;
  if (step.mode === 'any') return doneApprovers(step, given.toArray()).length > 0;
  return step.unfilled.length === 0 && openApprovers(step, given.toArray()).length === 0;
}

/** The step that waits, and those that come after it. */
export function undecidedSteps({ steps, current }: KnownApproval): readonly ApprovalStep[] {
  return current === null ? steps : steps.slice(steps.findIndex(({ name }) => name === current));
}

/**
 * Finds the approvers of undecided steps anew and goes on to the next step that waits, until nothing changes any more. Behind the last
 * step the approval is granted. Approvers depend on earlier decisions, so each step that ends makes them be looked for again.
 */
export function onward(
  before: Progress,
  approvalId: string,
  now: string,
  { flow, chart }: Pick<ApprovalFacts, 'flow' | 'chart'>,
): Progress {
  let progress = before;
  while (progress.state.status === 'pending') {
    const { state } = progress;
    const { subject } = state.request;
    const open = undecidedSteps(state);
    const earlier = state.steps.slice(0, state.steps.length - open.length);
    const steps = resolved(flow, knownOf(state), chart, open, earlier);
    if (!same(steps, open)) {
      const because =
        chart.revision !== state.chartRevision ? 'structure' : before.events.length > 0 ? 'decision' : 'absence';
      const data = { approvalId, subject, chartRevision: chart.revision, steps, because } as const;
      progress = recorded(progress, { type: 'ApprovalApproversResolved', data }, now);
      continue;
    }
    const next = open.find((step) => !isComplete(step, state));
    if (next?.name === state.current && next !== undefined) break;
    if (next) {
      progress = recorded(progress, started(approvalId, state, next.name, now, flow), now);
      continue;
    }
    const because = state.given.isEmpty() ? 'no-step-applies' : 'every-step-approved';
    progress = recorded(progress, { type: 'ApprovalGranted', data: { approvalId, subject, because } }, now);
  }
  return progress;
}

/** A step waits from now on; its times run from its beginning. */
export function started(
  approvalId: string,
  { request: { subject } }: KnownApproval,
  step: string,
  now: string,
  { remindAfterHours, escalateAfterHours }: FlowVersion,
): ApprovalEvent {
  const after = (hours: number | null) => (hours === null ? null : addHours(now, hours));
  const times = { remindAt: after(remindAfterHours), escalateAt: after(escalateAfterHours) };
  return { type: 'ApprovalStepStarted', data: { approvalId, subject, step, ...times } };
}

/** Whether the same people are asked for the same reasons, however their positions are called by now. */
const same = (one: readonly ApprovalStep[], other: readonly ApprovalStep[]): boolean => plain(one) === plain(other);

const plain = (steps: readonly ApprovalStep[]): string =>
  JSON.stringify(
    steps.map(({ name, skipped, approvers, omitted, unfilled }) => [
      name,
      skipped,
      approvers.map(({ employeeId, because, replaced, escalatedTo }) => [
        employeeId,
        ...reason(because),
        replaced.map((each) => [each.employeeId, each.why]),
        escalatedTo,
      ]),
      omitted.map(({ employeeId, because, why }) => [employeeId, ...reason(because), why]),
      unfilled.map(({ employeeId, because, why }) => [employeeId, ...reason(because), why]),
    ]),
  );

const reason = ({ by, id, levels }: Because) => [by, id, levels];

/** Events with the business time of the decision, where that is not the moment it is made at. */
export const dated = (events: readonly ApprovalEvent[], at: string, now: string): ApprovalEvent[] =>
  events.map((event) => (at === now ? event : { ...event, occurredAt: at }));

/** Processes and the clock may be given a time before the latest event. */
export const notBefore = ({ at }: KnownApproval, now: string): string => (now > at ? now : at);
