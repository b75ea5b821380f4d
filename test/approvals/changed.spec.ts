import { describe, expect, it } from '@jest/globals';
import { approval } from '../../libs/approvals/approval.decider.js';
import type { Approval } from '../../libs/approvals/approval.decider.js';
import {
  approvalDesk,
  putApprovalOnDesk,
  reviewPendingApprovals,
  takeApprovalOffDesk,
} from '../../libs/approvals/approval-desk.decider.js';
import type { Chart } from '../../libs/approvals/approvers.rules.js';
import {
  ApproveStep,
  EscalateApproval,
  ExpireApproval,
  PutApprovalOnDesk,
  RemindApprovers,
  ReviewApproval,
  ReviewPendingApprovals,
  TakeApprovalOffDesk,
} from '../../libs/approvals/commands.js';
import { approveStep } from '../../libs/approvals/decision.rules.js';
import { approvalDeskId } from '../../libs/approvals/events.js';
import type { FlowAnswers } from '../../libs/approvals/events.js';
import type { ApprovalEvent } from '../../libs/approvals/progress.rules.js';
import {
  escalateApproval,
  expireApproval,
  remindApprovers,
  reviewApproval,
} from '../../libs/approvals/waiting.rules.js';
import { approvalDeskKept } from '../../processes/approval-desk.js';
import { reviewOfApprovals } from '../../processes/review-of-approvals.js';
import { approvalList } from '../../projections/approval-list.js';
import { away, company, headAppointed, people, positionIds, unitIds } from '../organisation/company.js';
import type { Event } from '../organisation/company.js';
import { given, recorded } from '../support/given.js';
import {
  answers,
  approvalId,
  askedIn,
  chartAfter,
  chartAt,
  facts,
  flowOf,
  later,
  holder,
  onTime,
  person,
  stateAfter,
  step,
  subject,
  submitted,
  submittedAt,
  superior,
  typesOf,
} from './samples.js';

const { ada, bob, cara, dan } = people;
const { salesHead } = positionIds;
const { sales, east } = unitIds;

const flow = flowOf([step('supervisor', [superior()]), step('second', [superior(2)])]);
const pending = submitted(flow);

const review =
  (chart: Chart, now = later, of = flow) =>
  (state: Approval) =>
    reviewApproval(state, new ReviewApproval(approvalId), now, facts(of, chart));
const approve = (state: Approval, by: string, chart: Chart, of = flow) =>
  approveStep(state, new ApproveStep(approvalId, { by, comment: null }), later, facts(of, chart));

const bobLeft: readonly Event[] = [
  {
    type: 'EmployeeAssignmentEnded',
    data: { employeeId: bob, positionId: salesHead, orgUnitId: sales, primary: true },
  },
  { type: 'EmployeeLeft', data: { employeeId: bob } },
];
const danPromoted: readonly Event[] = [
  ...bobLeft,
  {
    type: 'EmployeeAssignmentEnded',
    data: { employeeId: dan, positionId: positionIds.representative, orgUnitId: east, primary: true },
  },
  {
    type: 'EmployeeAssignedToPosition',
    data: {
      employeeId: dan,
      positionId: salesHead,
      positionTitle: 'head of sales',
      orgUnitId: sales,
      primary: true,
      until: null,
    },
  },
];

/** Revision of the organisation's stream then. */
const chartRevision = company.length + danPromoted.length - 1;

describe('trap 24: the organisation changes while a request is pending', () => {
  it('and the next decision is judged by the new structure, which is said', () => {
    const events = approve(stateAfter(pending), dan, chartAfter(...danPromoted));
    expect(typesOf(events)).toEqual(['ApprovalApproversResolved', 'ApprovalStepApproved', 'ApprovalStepStarted']);
    expect(askedIn(events)).toEqual({ supervisor: [dan], second: [ada] });
    expect(events[0]?.data).toMatchObject({ because: 'structure', chartRevision });
    expect(() => approve(stateAfter(pending), bob, chartAfter(...danPromoted))).toThrow(
      'The step waits for other people.',
    );
  });

  it('and a review says it without a decision, once', () => {
    const chart = chartAfter(...danPromoted);
    const events = review(chart)(stateAfter(pending));
    expect(typesOf(events)).toEqual(['ApprovalApproversResolved']);
    given(approval, ...onTime(pending))
      .when(review(chart))
      .thenReads(approvalList, approvalId, { waitingFor: [dan], chartRevision });
    given(approval, ...onTime([...pending, ...events]))
      .when(review(chart))
      .thenRecords();
  });

  it('in a way that is not about its approvers: nothing is said', () => {
    const renamed: Event = { type: 'OrgUnitRenamed', data: { orgUnitId: sales, from: 'Sales', to: 'Selling' } };
    given(approval, ...onTime(pending))
      .when(review(chartAfter(renamed)))
      .thenRecords();
  });

  it('and what was decided stays', () => {
    const decided = approve(stateAfter(pending), bob, chartAfter());
    const events = review(chartAfter(...danPromoted))(stateAfter([...pending, ...decided]));
    // The second step is the superior of the superior of the owner, who is the same person as before.
    expect(events).toEqual([]);
    const headless = chartAfter(headAppointed(unitIds.company, null, positionIds.director));
    const [resolved] = review(headless)(stateAfter([...pending, ...decided]));
    expect(resolved?.data).toMatchObject({ steps: [{ name: 'second', approvers: [], unfilled: [{ why: 'vacant' }] }] });
  });

  it('and the owner of the subject leaves: the superiors of that time are asked', () => {
    const caraLeft = chartAfter(
      {
        type: 'EmployeeAssignmentEnded',
        data: { employeeId: cara, positionId: positionIds.representative, orgUnitId: east, primary: true },
      },
      { type: 'EmployeeLeft', data: { employeeId: cara } },
    );
    given(approval, ...onTime(pending))
      .when(review(caraLeft))
      .thenRecords();
  });

  it('so that nobody is left to ask: the request waits until somebody is', () => {
    const empty = chartAfter(...bobLeft, headAppointed(unitIds.company, null, positionIds.director));
    const events = review(empty)(stateAfter(pending));
    const state = stateAfter([...pending, ...events]);
    expect(state).toMatchObject({ status: 'pending', current: 'supervisor' });
    expect(() => approve(state, ada, empty)).toThrow('The step waits for other people.');
    expect(askedIn(review(chartAfter(...danPromoted))(state))).toEqual({ supervisor: [dan], second: [ada] });
  });

  it('so that a step falls away by the answers of the flow: the request goes on', () => {
    const lenient: FlowAnswers = { ...answers, vacant: 'skip' };
    const skipping = flowOf([step('head of sales', [holder(salesHead)]), step('ada', [person(ada)])], {
      answers: lenient,
    });
    const events = review(chartAfter(...bobLeft), later, skipping)(stateAfter(submitted(skipping)));
    expect(typesOf(events)).toEqual(['ApprovalApproversResolved', 'ApprovalStepStarted']);
    expect(events[1]?.data).toMatchObject({ step: 'ada' });
  });

  it('by an absence that begins: the deputy is asked, and the approver again afterwards', () => {
    const during = chartAt('2026-03-10T09:00:00.000Z', away(bob, '2026-03-09', '2026-03-20', dan));
    const back = chartAt('2026-03-21T09:00:00.000Z', away(bob, '2026-03-09', '2026-03-20', dan));
    const events = review(during, '2026-03-10T09:00:00.000Z')(stateAfter(pending));
    expect(askedIn(events)).toEqual({ supervisor: [dan], second: [ada] });
    const again = review(back, '2026-03-21T09:00:00.000Z')(stateAfter([...pending, ...events]));
    expect(askedIn(again)).toEqual({ supervisor: [bob], second: [ada] });
    expect(again[0]?.data).toMatchObject({ because: 'absence' });
  });

  it('after a deputy has agreed: the approver who is back is not asked as well', () => {
    const both = flowOf([step('both', [person(bob), person(ada)])]);
    const during = chartAfter(away(bob, '2026-03-01', '2026-03-31', dan));
    const before = submitted(both, during);
    const decided = approve(stateAfter(before), dan, during, both);
    given(approval, ...onTime([...before, ...decided]))
      .when(review(chartAfter(), later, both))
      .thenRecords();
  });

  it('before its latest event, for a change that is recorded late: it is reviewed as of that event', () => {
    const events = review(chartAfter(...danPromoted), '2026-01-15T09:00:00.000Z')(stateAfter(pending));
    expect(events).toMatchObject([{ type: 'ApprovalApproversResolved', occurredAt: submittedAt }]);
  });

  it('after it was decided: there is nothing to review', () => {
    const rejected: ApprovalEvent = {
      type: 'ApprovalRejected',
      data: { approvalId, subject, step: 'supervisor', by: bob, onBehalfOf: null, reason: 'no' },
    };
    given(approval, ...onTime(pending), rejected)
      .when(review(chartAfter(...danPromoted)))
      .thenRecords();
    given(approval).when(review(chartAfter())).thenRefuses('approval-unknown');
  });
});

describe('the desk', () => {
  const onDesk = { type: 'ApprovalPutOnDesk', data: { approvalId, chartRevision: 17 } } as const;
  const off = { type: 'ApprovalTakenOffDesk', data: { approvalId } } as const;
  const due = { type: 'ApprovalReviewDue', data: { approvalIds: [approvalId], chartRevision: 18 } } as const;
  const reviewAll =
    (revision = 18) =>
    (desk: typeof approvalDesk.initial) =>
      reviewPendingApprovals(desk, new ReviewPendingApprovals(approvalDeskId, { chartRevision: revision }));

  it('knows the requests that are pending', () => {
    const put = (desk: typeof approvalDesk.initial) =>
      putApprovalOnDesk(desk, new PutApprovalOnDesk(approvalId, { chartRevision: 17 }));
    const take = (desk: typeof approvalDesk.initial) => takeApprovalOffDesk(desk, new TakeApprovalOffDesk(approvalId));
    given(approvalDesk).when(put).thenRecords(onDesk);
    given(approvalDesk, onDesk).when(put).thenRecords();
    given(approvalDesk, onDesk).when(take).thenRecords(off);
    given(approvalDesk).when(take).thenRecords();
  });

  it('says that they are to be reviewed for a later structure, once', () => {
    given(approvalDesk, onDesk).when(reviewAll()).thenRecords(due);
    given(approvalDesk, onDesk, due).when(reviewAll()).thenRecords();
    given(approvalDesk, onDesk).when(reviewAll(17)).thenRecords();
    given(approvalDesk, onDesk, off).when(reviewAll()).thenRecords();
  });

  it('names so many of them in one event', () => {
    const many = Array.from({ length: 1_001 }, (_, index) => `approval ${index}`);
    const events = reviewAll()(approvalDesk.initial.concat(many.map((id) => [id, 1])));
    expect(events.map(({ data }) => ('approvalIds' in data ? data.approvalIds.length : 0))).toEqual([500, 500, 1]);
  });

  it('is kept by a process, and reviewed by another one', () => {
    const reactions = (of: typeof approvalDeskKept, type: string, data: object) =>
      of.react(recorded([{ type, data }])[0]!).map(({ command }) => command);
    expect(reactions(approvalDeskKept, 'ApprovalSubmitted', { approvalId, chartRevision: 4 })).toEqual([
      new PutApprovalOnDesk(approvalId, { chartRevision: 4 }),
    ]);
    expect(reactions(approvalDeskKept, 'ApprovalReturned', { approvalId })).toEqual([
      new TakeApprovalOffDesk(approvalId),
    ]);
    expect(reactions(reviewOfApprovals, 'EmployeeLeft', { employeeId: bob })).toEqual([
      new ReviewPendingApprovals(approvalDeskId, { chartRevision: 0 }),
    ]);
    expect(reactions(reviewOfApprovals, 'ApprovalReviewDue', { approvalIds: [approvalId] })).toEqual([
      new ReviewApproval(approvalId),
    ]);
    expect(reactions(reviewOfApprovals, 'ApprovalPutOnDesk', { approvalId })).toEqual([new ReviewApproval(approvalId)]);
  });
});

describe('a request that waits', () => {
  const remindAt = '2026-03-03T09:00:00.000Z';
  const escalateAt = '2026-03-04T09:00:00.000Z';
  const expiresAt = '2026-03-12T09:00:00.000Z';
  const remind =
    (dueAt = remindAt, now = '2026-03-03T09:00:05.000Z') =>
    (state: Approval) =>
      remindApprovers(state, new RemindApprovers(approvalId, { dueAt }), now);
  const escalate =
    (chart = chartAfter(), now = escalateAt) =>
    (state: Approval) =>
      escalateApproval(state, new EscalateApproval(approvalId, { dueAt: escalateAt }), now, { chart });
  const expire =
    (now = expiresAt) =>
    (state: Approval) =>
      expireApproval(state, new ExpireApproval(approvalId, { dueAt: expiresAt }), now);

  it('reminds its approvers once, as of when it was due', () => {
    const reminded = {
      type: 'ApprovalReminded',
      data: { approvalId, subject, step: 'supervisor', approverIds: [bob] },
    } as const;
    given(approval, ...onTime(pending))
      .when(remind())
      .thenRecords({ ...reminded, occurredAt: remindAt })
      .thenReads(approvalList, approvalId, { remindedAt: remindAt });
    given(approval, ...onTime(pending), reminded)
      .when(remind())
      .thenRecords();
    given(approval, ...onTime(pending))
      .when(remind(remindAt, later))
      .thenRefuses('approval-not-due');
    given(approval, ...onTime(pending), ...approve(stateAfter(pending), bob, chartAfter()))
      .when(remind())
      .thenRecords();
  });

  it('lets superiors decide as well, and says in whose stead they did', () => {
    const events = escalate()(stateAfter(pending));
    expect(events).toEqual([
      {
        type: 'ApprovalEscalated',
        data: { approvalId, subject, step: 'supervisor', added: [{ employeeId: ada, superiorOf: bob }] },
      },
    ]);
    const state = stateAfter([...pending, ...events]);
    expect(approve(state, ada, chartAfter())[0]?.data).toMatchObject({ by: ada, onBehalfOf: bob });
    expect(approve(state, bob, chartAfter())[0]?.data).toMatchObject({ by: bob, onBehalfOf: null });
    given(approval, ...onTime([...pending, ...events]))
      .when(review(chartAfter()))
      .thenRecords();
    given(approval, ...onTime(pending))
      .when(escalate())
      .thenReads(approvalList, approvalId, { waitingFor: [bob, ada] });
  });

  it('is escalated past superiors who are away, suspended or the submitter; and recorded where nobody is left', () => {
    const adaAway = chartAfter(away(ada, '2026-03-01', null));
    expect(escalate(adaAway)(stateAfter(pending))).toMatchObject([{ data: { added: [] } }]);
    const byAda = submitted(flowOf([step('supervisor', [superior()])]), chartAfter(), { submitterId: ada });
    expect(escalate()(stateAfter(byAda))).toMatchObject([{ data: { added: [] } }]);
  });

  it('expires', () => {
    const expired = { type: 'ApprovalExpired', data: { approvalId, subject, expiresAt } } as const;
    given(approval, ...onTime(pending))
      .when(expire())
      .thenRecords(expired)
      .thenReads(approvalList, approvalId, { status: 'expired', waitingFor: [] });
    given(approval, ...onTime(pending), expired)
      .when(expire())
      .thenRecords();
    given(approval, ...onTime(pending))
      .when(expire(later))
      .thenRefuses('approval-not-due');
    given(approval).when(expire()).thenRefuses('approval-unknown');
  });
});
