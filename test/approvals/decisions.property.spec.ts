import * as fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { approval } from '../../libs/approvals/approval.decider.js';
import type { Approval, KnownApproval } from '../../libs/approvals/approval.decider.js';
import { resubmitApproval, submitForApproval, withdrawApproval } from '../../libs/approvals/approval.rules.js';
import type { Chart } from '../../libs/approvals/approvers.rules.js';
import {
  AddApprovalStep,
  ApproveStep,
  DelegateApproval,
  EscalateApproval,
  RejectApproval,
  ResubmitApproval,
  ReturnForChange,
  ReviewApproval,
  WithdrawApproval,
} from '../../libs/approvals/commands.js';
import * as decisions from '../../libs/approvals/decision.rules.js';
import { openApprovers, stepModes } from '../../libs/approvals/events.js';
import type { FlowAnswers } from '../../libs/approvals/events.js';
import type { ApprovalEvent } from '../../libs/approvals/progress.rules.js';
import { escalateApproval, reviewApproval } from '../../libs/approvals/waiting.rules.js';
import { Refusal } from '../../libs/errors.js';
import { evolve } from '../../libs/event-store/decider.js';
import { approvalList } from '../../projections/approval-list.js';
import type { ApprovalLine } from '../../projections/approval-list.js';
import { away, headAppointed, hired, newcomer, people, positionIds, unitIds } from '../organisation/company.js';
import type { Event as OrganisationEvent } from '../organisation/company.js';
import { recorded } from '../support/given.js';
import { property } from '../support/property.js';
import {
  approvalId,
  asked,
  chartAt,
  facts,
  flowOf,
  headOf,
  holder,
  later,
  person,
  step,
  submission,
  submittedAt,
  superior,
} from './samples.js';

const { ada, bob, cara, dan } = people;
const everybody = [ada, bob, cara, dan, newcomer];
const { director, salesHead, representative, agent } = positionIds;

const who = fc.constantFrom(...everybody);
const approver = fc.oneof(
  fc.constantFrom(superior(), superior(2), holder(director), holder(salesHead), holder(representative), holder(agent)),
  fc.constantFrom(headOf(unitIds.sales), headOf(unitIds.service), person(bob), person(dan)),
);
/** Without `ask`: then nobody decides on what is their own. */
const anyAnswers: fc.Arbitrary<FlowAnswers> = fc.record({
  vacant: fc.constantFrom('superior', 'skip'),
  absent: fc.constantFrom('deputy', 'superior', 'wait', 'skip'),
  submitter: fc.constantFrom('superior', 'skip'),
  beneficiary: fc.constantFrom('superior', 'skip'),
  repeated: fc.constantFrom('skip', 'superior', 'ask'),
});
const anyFlow = fc
  .tuple(
    fc.array(fc.tuple(fc.array(approver, { minLength: 1, maxLength: 3 }), fc.constantFrom(...stepModes)), {
      minLength: 1,
      maxLength: 3,
    }),
    anyAnswers,
  )
  .map(([steps, answers]) =>
    flowOf(
      steps.map(([approvers, mode], index) => step(`step ${index}`, approvers, { mode })),
      { answers, expireAfterHours: null },
    ),
  );

/** What happens to the structure; each may come at any time, and not every order of them makes sense to its own rules. */
const changes: readonly OrganisationEvent[] = [
  away(bob, '2026-03-01', '2026-03-31', dan),
  away(ada, '2026-03-01', null, bob),
  { type: 'EmployeeReturned', data: { employeeId: bob, from: '2026-03-01', on: '2026-03-02' } },
  { type: 'EmployeeSuspended', data: { employeeId: dan, reason: 'Under review' } },
  { type: 'EmployeeReinstated', data: { employeeId: dan } },
  headAppointed(unitIds.sales, positionIds.representative),
  headAppointed(unitIds.service, agent),
  { type: 'PositionReportingLineChanged', data: { positionId: representative, from: null, to: director } },
];

interface Does {
  readonly does:
    'approve' | 'reject' | 'return' | 'resubmit' | 'withdraw' | 'delegate' | 'add' | 'review' | 'escalate' | 'change';
  /** Null for a person whom the step waits for. */
  readonly by: string | null;
  readonly to: string;
  readonly change: OrganisationEvent;
}

const anything: fc.Arbitrary<Does> = fc.record({
  does: fc.constantFrom(
    ...([
      'approve',
      'approve',
      'approve',
      'approve',
      'approve',
      'delegate',
      'add',
      'review',
      'escalate',
      'change',
    ] as const),
    ...(['change', 'return', 'resubmit', 'reject', 'withdraw'] as const),
  ),
  by: fc.option(who, { freq: 1 }),
  to: who,
  change: fc.constantFrom(...changes),
});

const FINAL = ['granted', 'rejected', 'withdrawn', 'expired'];

const isOpen = (state: KnownApproval, employeeId: string): boolean =>
  !state.given.some((each) => each.step === state.current && (each.onBehalfOf ?? each.by) === employeeId);

/** Whether the structure and the request, as they are before the decision, let this person decide. */
function may(state: KnownApproval, by: string, onBehalfOf: string | null, chart: Chart): boolean {
  const current = state.steps.find(({ name }) => name === state.current)!;
  const place = current.approvers.find(({ employeeId }) => employeeId === (onBehalfOf ?? by));
  const first = current.approvers.find(({ employeeId }) => isOpen(state, employeeId));
  const standsIn = chart.employee(onBehalfOf ?? '');
  return (
    place !== undefined &&
    isOpen(state, place.employeeId) &&
    (current.mode !== 'in-order' || place === first) &&
    (onBehalfOf === null || place.escalatedTo === by || (standsIn?.status === 'absent' && standsIn.deputyId === by)) &&
    ['active', 'absent'].includes(chart.employee(by)!.status) &&
    by !== state.request.submitterId &&
    by !== state.request.beneficiaryId
  );
}

/** Whether everybody agreed who had to. */
const isAgreed = ({ steps, given }: KnownApproval): boolean =>
  steps.every(({ name, mode, approvers, unfilled, skipped }) => {
    if (skipped !== null) return true;
    const agreed = approvers.filter(({ employeeId }) =>
      given.some((each) => each.step === name && (each.onBehalfOf ?? each.by) === employeeId),
    );
    return mode === 'any' ? agreed.length > 0 : unfilled.length === 0 && agreed.length === approvers.length;
  });

const waitedFor = (state: Approval): string | undefined => {
  if (state.status === 'unknown') return undefined;
  const current = state.steps.find(({ name }) => name === state.current);
  return current && openApprovers(current, state.given.toArray()).at(-1)?.employeeId;
};

function happens(state: Approval, { does, by: named, to }: Does, flow: ReturnType<typeof flowOf>, chart: Chart) {
  const by = named ?? waitedFor(state) ?? ada;
  const of = facts(flow, chart);
  const said = { by, reason: 'no' };
  const owner = state.status === 'unknown' ? by : state.request.submitterId;
  const dueAt = state.status === 'unknown' ? null : state.escalateAt;
  switch (does) {
    case 'approve':
      return decisions.approveStep(state, new ApproveStep(approvalId, { by, comment: null }), later, of);
    case 'reject':
      return decisions.rejectApproval(state, new RejectApproval(approvalId, said), later, of);
    case 'return':
      return decisions.returnForChange(state, new ReturnForChange(approvalId, said), later, of);
    case 'resubmit':
      return resubmitApproval(state, new ResubmitApproval(approvalId, { by: owner }), later, submission(flow, chart));
    case 'withdraw':
      return withdrawApproval(
        state,
        new WithdrawApproval(approvalId, { ...said, by: to === ada ? owner : by }),
        later,
        of,
      );
    case 'delegate':
      return decisions.delegateApproval(state, new DelegateApproval(approvalId, { by, to }), later, of);
    case 'add': {
      const added = { by, name: `asked ${to}`, place: 'before', approverIds: [to], mode: 'all' } as const;
      return decisions.addApprovalStep(state, new AddApprovalStep(approvalId, added), later, of);
    }
    case 'review':
      return reviewApproval(state, new ReviewApproval(approvalId), later, of);
    case 'escalate':
      return dueAt === null ? [] : escalateApproval(state, new EscalateApproval(approvalId, { dueAt }), dueAt, of);
    default:
      return [];
  }
}

/** The events, or none where a rule refuses. */
function recordedBy(decide: () => readonly ApprovalEvent[]): readonly ApprovalEvent[] {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

describe('whatever happens to a request and to the structure', () => {
  it('only those who may decide do, what is decided is final, and nothing is granted that was not agreed to', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        anyFlow,
        fc.record({ ownerId: who, submitterId: who, beneficiaryId: fc.option(who) }),
        fc.array(anything, { minLength: 5, maxLength: 40 }),
        (flow, people, all) => {
          const happened: OrganisationEvent[] = [...hired(newcomer, 'Eva', agent, unitIds.service)];
          const first = recordedBy(() =>
            submitForApproval(
              approval.initial,
              asked(people),
              submittedAt,
              submission(flow, chartAt(submittedAt, ...happened)),
            ),
          );
          let state: Approval = approval.initial;
          let document: ApprovalLine | null = null;
          const record = (events: readonly ApprovalEvent[], chart: Chart) => {
            for (const event of events) {
              seen.add(event.type);
              if (state.status !== 'unknown') {
                expect(FINAL).not.toContain(state.status);
                const { type, data } = event;
                if (type === 'ApprovalStepApproved' || type === 'ApprovalRejected' || type === 'ApprovalReturned')
                  expect(may(state, data.by, data.onBehalfOf, chart)).toBe(true);
                if (type === 'ApprovalGranted') expect(isAgreed(state)).toBe(true);
              }
              state = evolve(approval, state, { occurredAt: later, ...event });
              document = approvalList.evolve(document, recorded([{ ...event, occurredAt: later }])[0]!, approvalId);
            }
          };
          record(first, chartAt(submittedAt, ...happened));
          for (const each of all) {
            if (each.does === 'change') happened.push(each.change);
            const chart = chartAt(later, ...happened);
            const before = state;
            record(
              recordedBy(() => happens(before, each, flow, chart)),
              chart,
            );
          }
          if (state.status === 'unknown') return;
          const { status, current, steps } = state as KnownApproval;
          expect(document).toMatchObject({ status, currentStep: current, steps });
        },
      ),
      property(500),
    );
    // The histories are worth something only where all of this comes about.
    expect([...seen].sort()).toEqual([
      'ApprovalApproversResolved',
      'ApprovalDelegated',
      'ApprovalEscalated',
      'ApprovalGranted',
      'ApprovalRejected',
      'ApprovalResubmitted',
      'ApprovalReturned',
      'ApprovalStepAdded',
      'ApprovalStepApproved',
      'ApprovalStepStarted',
      'ApprovalSubmitted',
      'ApprovalWithdrawn',
    ]);
  });
});
