import { approvalFlow } from '../../libs/approvals/approval-flow.decider.js';
import type { FlowVersion } from '../../libs/approvals/approval-flow.decider.js';
import type { Approval } from '../../libs/approvals/approval.decider.js';
import { approval } from '../../libs/approvals/approval.decider.js';
import { submitForApproval } from '../../libs/approvals/approval.rules.js';
import type { SubmissionFacts } from '../../libs/approvals/approval.rules.js';
import type { Chart } from '../../libs/approvals/approvers.rules.js';
import { SubmitForApproval } from '../../libs/approvals/commands.js';
import type { ApprovalEvents, ApproverRule, FlowAnswers, FlowContent, FlowStep } from '../../libs/approvals/events.js';
import type { ApprovalEvent, ApprovalFacts } from '../../libs/approvals/progress.rules.js';
import { evolve, replay } from '../../libs/event-store/decider.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { structureOf } from '../../libs/organisation/facts.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import { company, people } from '../organisation/company.js';
import type { Event as OrganisationEvent } from '../organisation/company.js';

export const approvalId = '0190f5a0-000a-7000-8000-000000000001';
export const flowId = '0190f5a0-000b-7000-8000-000000000001';
export const subject = { kind: 'discount', id: '0190f5a0-000c-7000-8000-000000000001' } as const;

export const submittedAt = '2026-03-02T09:00:00.000Z';
export const later = '2026-03-02T15:00:00.000Z';

export const euros = (amount: number) => ({ amount: amount * 100, currency: 'EUR' });

export const answers: FlowAnswers = {
  vacant: 'superior',
  absent: 'deputy',
  submitter: 'superior',
  beneficiary: 'superior',
  repeated: 'skip',
};

export const superior = (levels = 1): ApproverRule => ({ by: 'superior', id: null, levels });
export const holder = (id: string): ApproverRule => ({ by: 'position', id, levels: null });
export const headOf = (id: string): ApproverRule => ({ by: 'head', id, levels: null });
export const person = (id: string): ApproverRule => ({ by: 'person', id, levels: null });

export const always = { amountAtLeast: null, tiers: [], crossesDepartments: null };

export const step = (name: string, approvers: readonly ApproverRule[], more: Partial<FlowStep> = {}): FlowStep => ({
  name,
  approvers,
  mode: 'all',
  when: always,
  ...more,
});

export const flowOf = (steps: readonly FlowStep[], more: Partial<FlowContent> = {}): FlowVersion => ({
  version: 1,
  name: 'Discounts',
  steps,
  answers,
  remindAfterHours: 24,
  escalateAfterHours: 48,
  expireAfterHours: 240,
  ...more,
});

/** The structure of `company` once this has happened as well. */
export const chartAfter = (...more: readonly OrganisationEvent[]): Chart => chartAt(submittedAt, ...more);

export const chartAt = (at: string, ...more: readonly OrganisationEvent[]): Chart =>
  structureOf(
    replay(organisation, [...company, ...more], '2026-01-01T00:00:00.000Z'),
    company.length + more.length - 1,
    at,
  );

export const submission = (flow: FlowVersion, chart = chartAfter()): SubmissionFacts => ({
  flow: replay(approvalFlow, [{ type: 'ApprovalFlowPublished', data: { flowId, ...flow } }]),
  chart,
  actorId: null,
});

/** Decisions by the person whom the command names, unless an employee is the caller. */
export const facts = (flow: FlowVersion, chart = chartAfter(), actorId: string | null = null): ApprovalFacts => ({
  flow,
  chart,
  actorId,
});

type Asked = ConstructorParameters<typeof SubmitForApproval>[1];

/** Cara's discount, submitted by herself. */
export const asked = (more: Partial<Asked> = {}) =>
  new SubmitForApproval(approvalId, {
    flowId,
    subject,
    ownerId: people.cara,
    submitterId: people.cara,
    beneficiaryId: null,
    amount: euros(500),
    tier: null,
    orgUnitIds: [],
    note: null,
    ...more,
  });

/** What a submission records. */
export const submitted = (flow: FlowVersion, chart = chartAfter(), more: Partial<Asked> = {}): ApprovalEvent[] =>
  submitForApproval(approval.initial, asked(more), submittedAt, submission(flow, chart));

/** Events with the time of the submission, for histories whose times matter. */
export const onTime = (events: readonly ApprovalEvent[], occurredAt = submittedAt): EventOf<ApprovalEvents>[] =>
  events.map((event) => ({ occurredAt, ...event }));

export const stateAfter = (events: readonly ApprovalEvent[]): Approval =>
  events.reduce<Approval>(
    (state, event) => evolve(approval, state, { occurredAt: submittedAt, ...event }),
    approval.initial,
  );

/** The steps of a submission, with the people who are asked. */
export const askedIn = (events: readonly ApprovalEvent[]): Record<string, string[]> =>
  Object.fromEntries(
    events
      .flatMap((event) => ('steps' in event.data ? event.data.steps : []))
      .map(({ name, approvers }) => [name, approvers.map(({ employeeId }) => employeeId)]),
  );

export const typesOf = (events: readonly { readonly type: string }[]): string[] => events.map(({ type }) => type);
