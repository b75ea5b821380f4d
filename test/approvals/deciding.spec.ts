import { describe, expect, it } from '@jest/globals';
import { approval } from '../../libs/approvals/approval.decider.js';
import type { Approval } from '../../libs/approvals/approval.decider.js';
import { resubmitApproval, submitForApproval, withdrawApproval } from '../../libs/approvals/approval.rules.js';
import {
  AddApprovalStep,
  ApproveStep,
  DelegateApproval,
  RejectApproval,
  ResubmitApproval,
  ReturnForChange,
  WithdrawApproval,
} from '../../libs/approvals/commands.js';
import * as decisions from '../../libs/approvals/decision.rules.js';
import type { ApprovalEvent, ApprovalFacts } from '../../libs/approvals/progress.rules.js';
import { approvalList } from '../../projections/approval-list.js';
import { away, company, newcomer, nobody, people, positionIds } from '../organisation/company.js';
import { given } from '../support/given.js';
import {
  answers,
  approvalId,
  asked,
  askedIn,
  chartAfter,
  euros,
  facts,
  flowId,
  flowOf,
  holder,
  later,
  onTime,
  person,
  stateAfter,
  step,
  subject,
  submission,
  submitted,
  submittedAt,
  superior,
  typesOf,
} from './samples.js';

const { ada, bob, cara, dan } = people;

const flow = flowOf([step('supervisor', [superior()]), step('director', [holder(positionIds.director)])]);
const pending = submitted(flow);

const approve =
  (by: string | null, of: ApprovalFacts = facts(flow), comment: string | null = null, now = later) =>
  (state: Approval) =>
    decisions.approveStep(state, new ApproveStep(approvalId, { by, comment }), now, of);
const reject =
  (by: string, of: ApprovalFacts = facts(flow)) =>
  (state: Approval) =>
    decisions.rejectApproval(state, new RejectApproval(approvalId, { by, reason: 'too much' }), later, of);
const giveBack = (by: string) => (state: Approval) =>
  decisions.returnForChange(state, new ReturnForChange(approvalId, { by, reason: 'less' }), later, facts(flow));
const withdraw =
  (by: string | null, actorId: string | null = null) =>
  (state: Approval) =>
    withdrawApproval(state, new WithdrawApproval(approvalId, { by, reason: null }), later, { actorId });
const delegate =
  (by: string, to: string, of: ApprovalFacts = facts(flow)) =>
  (state: Approval) =>
    decisions.delegateApproval(state, new DelegateApproval(approvalId, { by, to }), later, of);
const add =
  (by: string, place: 'before' | 'after', approverIds: readonly string[], name = 'adviser') =>
  (state: Approval) =>
    decisions.addApprovalStep(
      state,
      new AddApprovalStep(approvalId, { by, name, place, approverIds, mode: 'all' }),
      later,
      facts(flow),
    );

const approved = (of: string, by: string, onBehalfOf: string | null = null): ApprovalEvent => ({
  type: 'ApprovalStepApproved',
  data: { approvalId, subject, step: of, by, onBehalfOf, comment: null },
});
const started = (of: string): ApprovalEvent => ({
  type: 'ApprovalStepStarted',
  data: {
    approvalId,
    subject,
    step: of,
    remindAt: '2026-03-03T15:00:00.000Z',
    escalateAt: '2026-03-04T15:00:00.000Z',
  },
});
const granted: ApprovalEvent = {
  type: 'ApprovalGranted',
  data: { approvalId, subject, because: 'every-step-approved' },
};
const rejected: ApprovalEvent = {
  type: 'ApprovalRejected',
  data: { approvalId, subject, step: 'supervisor', by: bob, onBehalfOf: null, reason: 'too much' },
};
const returned: ApprovalEvent = {
  type: 'ApprovalReturned',
  data: { approvalId, subject, step: 'supervisor', by: bob, onBehalfOf: null, reason: 'less' },
};

describe('a request for approval', () => {
  it('waits for its first step, with the revision of the structure it was resolved in', () => {
    expect(typesOf(pending)).toEqual(['ApprovalSubmitted', 'ApprovalStepStarted']);
    expect(pending[0]?.data).toMatchObject({
      flowVersion: 1,
      chartRevision: company.length - 1,
      expiresAt: '2026-03-12T09:00:00.000Z',
      submitterId: cara,
    });
    given(approval)
      .when((state) => submitForApproval(state, asked(), submittedAt, submission(flow)))
      .thenReads(approvalList, approvalId, { status: 'pending', currentStep: 'supervisor', waitingFor: [bob] });
  });

  it('is of the person who sends it, where that is an employee', () => {
    const by = (actorId: string | null, submitterId: string | null) => (state: Approval) =>
      submitForApproval(state, asked({ submitterId }), submittedAt, { ...submission(flow), actorId });
    expect(by(cara, null)(approval.initial)[0]?.data).toMatchObject({ submitterId: cara });
    given(approval).when(by(dan, cara)).thenRefuses('acting-person-other', { field: 'submitterId' });
    given(approval).when(by(null, null)).thenRefuses('acting-person-missing', { field: 'submitterId' });
  });

  it('is submitted once, under a flow that takes requests, about people and units that are there', () => {
    const submit =
      (more: Parameters<typeof asked>[0], of = submission(flow)) =>
      (state: Approval) =>
        submitForApproval(state, asked(more), submittedAt, of);
    given(approval, ...pending)
      .when(submit({}))
      .thenRecords();
    given(approval, ...pending)
      .when(submit({ note: 'more' }))
      .thenRefuses('approval-exists');
    const none = {
      ...submission(flow),
      flow: { ...submission(flow).flow, versions: submission(flow).flow.versions.clear() },
    };
    given(approval).when(submit({}, none)).thenRefuses('approval-flow-unknown', { id: flowId });
    const retired = { ...submission(flow), flow: { ...submission(flow).flow, retired: true } };
    given(approval).when(submit({}, retired)).thenRefuses('approval-flow-retired');
    given(approval)
      .when(submit({ ownerId: nobody }))
      .thenRefuses('employee-unknown');
    given(approval)
      .when(submit({ beneficiaryId: nobody }))
      .thenRefuses('employee-unknown');
    given(approval)
      .when(submit({ orgUnitIds: [nobody] }))
      .thenRefuses('org-unit-unknown');
  });

  it('is granted by its last step', () => {
    given(approval, ...onTime(pending))
      .when(approve(bob))
      .thenRecords(approved('supervisor', bob), started('director'))
      .thenReads(approvalList, approvalId, { currentStep: 'director', waitingFor: [ada] });
    given(approval, ...onTime(pending), approved('supervisor', bob), started('director'))
      .when(approve(ada))
      .thenRecords(approved('director', ada), granted)
      .thenReads(approvalList, approvalId, { status: 'granted', waitingFor: [], because: 'every-step-approved' });
  });

  it('takes the same agreement twice, and changes nothing', () => {
    given(approval, ...onTime(pending), approved('supervisor', bob), started('director'))
      .when(approve(bob))
      .thenRecords();
    given(approval, ...onTime(pending), approved('supervisor', bob), started('director'))
      .when(approve(bob, facts(flow), 'with other words'))
      .thenRefuses('approval-not-yours');
  });

  it('is decided on by its approvers only', () => {
    given(approval, ...onTime(pending))
      .when(approve(ada))
      .thenRefuses('approval-not-yours', { waitingFor: [bob] });
    given(approval, ...onTime(pending))
      .when(reject(dan))
      .thenRefuses('approval-not-yours');
    given(approval, ...onTime(pending))
      .when(approve(nobody))
      .thenRefuses('employee-unknown');
    given(approval, ...onTime(pending))
      .when(approve(null))
      .thenRefuses('acting-person-missing', { field: 'by' });
    given(approval, ...onTime(pending))
      .when(approve(bob, facts(flow, chartAfter(), dan)))
      .thenRefuses('acting-person-other');
    given(approval, ...onTime(pending))
      .when(approve(cara))
      .thenRefuses('self-approval');
    given(approval).when(approve(bob)).thenRefuses('approval-unknown');
  });

  it('is decided on by the deputy of an approver who is absent, and by nobody in the stead of one who is there', () => {
    const waits = flowOf(flow.steps, { answers: { ...answers, absent: 'wait' } });
    const bobAway = chartAfter(away(bob, '2026-03-01', '2026-03-31', dan));
    const before = onTime(submitted(waits, bobAway));
    given(approval, ...before)
      .when((state) => approve(dan, facts(waits, bobAway))(state).slice(0, 1))
      .thenRecords(approved('supervisor', dan, bob));
    given(approval, ...before)
      .when(approve(dan, facts(waits)))
      .thenRefuses('approval-not-yours');
    const caraStandsIn = chartAfter(away(bob, '2026-03-01', '2026-03-31', cara));
    given(approval, ...before)
      .when(approve(cara, facts(waits, caraStandsIn)))
      .thenRefuses('self-approval');
  });

  it('is final once it is rejected', () => {
    given(approval, ...onTime(pending))
      .when(reject(bob))
      .thenRecords(rejected)
      .thenReads(approvalList, approvalId, { status: 'rejected', currentStep: null });
    for (const rule of [approve(bob), reject(bob), giveBack(bob), withdraw(cara), delegate(bob, dan)]) {
      given(approval, ...onTime(pending), rejected)
        .when(rule)
        .thenRefuses('approval-already-decided', { outcome: 'rejected' });
    }
  });

  it('is not decided on after its time, also before the clock has recorded that', () => {
    const of = facts(flow);
    given(approval, ...onTime(pending))
      .when(approve(bob, of, null, '2026-03-12T09:00:00.000Z'))
      .thenRefuses('approval-expired');
    const expired: ApprovalEvent = {
      type: 'ApprovalExpired',
      data: { approvalId, subject, expiresAt: '2026-03-12T09:00:00.000Z' },
    };
    given(approval, ...onTime(pending), expired)
      .when(approve(bob))
      .thenRefuses('approval-expired');
    given(approval, ...onTime(pending), expired)
      .when(withdraw(cara))
      .thenRefuses('approval-expired');
  });

  it('is taken back by its submitter only', () => {
    const withdrawn: ApprovalEvent = {
      type: 'ApprovalWithdrawn',
      data: { approvalId, subject, by: cara, reason: null },
    };
    given(approval, ...onTime(pending))
      .when(withdraw(null, cara))
      .thenRecords(withdrawn);
    given(approval, ...onTime(pending), returned)
      .when(withdraw(cara))
      .thenRecords(withdrawn);
    given(approval, ...onTime(pending))
      .when(withdraw(bob))
      .thenRefuses('approval-not-yours');
    given(approval).when(withdraw(cara)).thenRefuses('approval-unknown');
  });
});

describe('a request that goes back', () => {
  const again =
    (by: string | null, change: ConstructorParameters<typeof ResubmitApproval>[1] | object = {}) =>
    (state: Approval) =>
      resubmitApproval(state, new ResubmitApproval(approvalId, { by, ...change }), later, submission(flow));

  it('begins anew with the first step, and nothing that was agreed to counts', () => {
    const before = [...onTime(pending), approved('supervisor', bob), started('director')];
    const back: ApprovalEvent = {
      type: 'ApprovalReturned',
      data: { ...returned.data, step: 'director', by: ada } as never,
    };
    given(approval, ...before)
      .when(giveBack(ada))
      .thenRecords(back);
    const events = again(cara, { amount: euros(300) })(stateAfter([...before, back]));
    expect(typesOf(events)).toEqual(['ApprovalResubmitted', 'ApprovalStepStarted']);
    expect(events[0]?.data).toMatchObject({ amount: euros(300), expiresAt: '2026-03-12T15:00:00.000Z' });
    expect(askedIn(events)).toEqual({ supervisor: [bob], director: [ada] });
    given(approval, ...before, back)
      .when(again(cara))
      .thenReads(approvalList, approvalId, {
        status: 'pending',
        round: 2,
        currentStep: 'supervisor',
        waitingFor: [bob],
      });
  });

  it('is submitted again by its submitter, and not while it is pending', () => {
    given(approval, ...onTime(pending))
      .when(again(cara))
      .thenRefuses('approval-pending');
    given(approval, ...onTime(pending), returned)
      .when(again(dan))
      .thenRefuses('approval-not-yours');
    given(approval, ...onTime(pending), returned)
      .when(approve(bob))
      .thenRefuses('approval-returned');
  });
});

describe('a step of several approvers', () => {
  const both = (mode: 'all' | 'any' | 'in-order') => flowOf([step('both', [person(bob), person(ada)], { mode })]);
  const after = (mode: 'all' | 'any' | 'in-order', ...by: string[]): Approval =>
    by.reduce(
      (state, each) =>
        approve(each, facts(both(mode)))(state).reduce((before, event) => stateAfterOne(before, event), state),
      stateAfter(submitted(both(mode))),
    );
  const stateAfterOne = (state: Approval, event: ApprovalEvent): Approval =>
    approval.evolve[event.type](state, event.data as never, later);

  it('takes all of them, in any order', () => {
    expect(after('all', ada)).toMatchObject({ status: 'pending', current: 'both' });
    expect(after('all', ada, bob)).toMatchObject({ status: 'granted' });
    expect(after('all', bob, bob)).toMatchObject({ status: 'pending' });
  });

  it('takes one of them', () => {
    expect(after('any', ada)).toMatchObject({ status: 'granted' });
  });

  it('takes one after the other', () => {
    expect(() => after('in-order', ada)).toThrow('The step waits for other people.');
    expect(after('in-order', bob)).toMatchObject({ status: 'pending' });
    expect(after('in-order', bob, ada)).toMatchObject({ status: 'granted' });
  });

  it('counts one person who could decide in two steps where that person did decide', () => {
    const twice = flowOf([step('either', [person(bob), person(ada)], { mode: 'any' }), step('bob', [person(bob)])]);
    const before = submitted(twice);
    expect(askedIn(before)).toEqual({ either: [bob, ada], bob: [bob] });
    expect(typesOf(approve(bob, facts(twice))(stateAfter(before)))).toEqual([
      'ApprovalStepApproved',
      'ApprovalApproversResolved',
      'ApprovalGranted',
    ]);
    expect(typesOf(approve(ada, facts(twice))(stateAfter(before)))).toEqual([
      'ApprovalStepApproved',
      'ApprovalStepStarted',
    ]);
  });
});

describe('an approver', () => {
  const delegated: ApprovalEvent = {
    type: 'ApprovalDelegated',
    data: { approvalId, subject, step: 'supervisor', from: bob, to: dan },
  };

  it('passes a step on, and no longer decides', () => {
    given(approval, ...onTime(pending))
      .when(delegate(bob, dan))
      .thenRecords(delegated)
      .thenReads(approvalList, approvalId, { waitingFor: [dan] });
    given(approval, ...onTime(pending), delegated)
      .when(delegate(bob, dan))
      .thenRecords();
    given(approval, ...onTime(pending), delegated)
      .when(approve(bob))
      .thenRefuses('approval-not-yours');
    given(approval, ...onTime(pending), delegated)
      .when(approve(dan))
      .thenRecords(approved('supervisor', dan), started('director'));
  });

  it('passes it on to people who work here, and to neither submitter nor beneficiary', () => {
    given(approval, ...onTime(pending))
      .when(delegate(bob, nobody))
      .thenRefuses('employee-unknown');
    given(approval, ...onTime(pending))
      .when(delegate(bob, cara))
      .thenRefuses('self-approval');
    given(approval, ...onTime(pending))
      .when(delegate(bob, bob))
      .thenRefuses('approver-twice');
    const suspended = chartAfter({ type: 'EmployeeSuspended', data: { employeeId: dan, reason: 'Under review' } });
    given(approval, ...onTime(pending))
      .when(delegate(bob, dan, facts(flow, suspended)))
      .thenRefuses('approver-inactive');
    given(approval, ...onTime(pending))
      .when(delegate(dan, bob))
      .thenRefuses('approval-not-yours');
  });

  it('decides again where the colleague has left', () => {
    const left = chartAfter({ type: 'EmployeeLeft', data: { employeeId: dan } });
    const events = approve(bob, facts(flow, left))(stateAfter([...pending, delegated]));
    expect(typesOf(events)).toEqual(['ApprovalApproversResolved', 'ApprovalStepApproved', 'ApprovalStepStarted']);
  });

  it('asks further people before the step, which waits again afterwards', () => {
    const events = add(bob, 'before', [dan])(stateAfter(pending));
    expect(typesOf(events)).toEqual(['ApprovalStepAdded', 'ApprovalStepStarted']);
    const before = [...pending, ...events];
    expect(stateAfter(before)).toMatchObject({ current: 'adviser' });
    expect(() => approve(bob)(stateAfter(before))).toThrow('The step waits for other people.');
    const next = approve(dan)(stateAfter(before));
    expect(stateAfter([...before, ...next])).toMatchObject({ current: 'supervisor', status: 'pending' });
  });

  it('asks further people after the step', () => {
    const events = add(bob, 'after', [dan])(stateAfter(pending));
    expect(typesOf(events)).toEqual(['ApprovalStepAdded']);
    expect(events[0]?.data).toMatchObject({
      before: 'director',
      step: { approvers: [{ because: { by: 'added', id: bob } }] },
    });
    const next = approve(bob)(stateAfter([...pending, ...events]));
    expect(stateAfter([...pending, ...events, ...next])).toMatchObject({ current: 'adviser' });
    given(approval, ...onTime([...pending, ...events]))
      .when(add(bob, 'after', [dan]))
      .thenRecords();
  });

  it('asks people who work here, under a name of its own', () => {
    given(approval, ...onTime(pending))
      .when(add(bob, 'before', [cara]))
      .thenRefuses('self-approval');
    given(approval, ...onTime(pending))
      .when(add(bob, 'before', [newcomer]))
      .thenRefuses('employee-unknown');
    given(approval, ...onTime(pending))
      .when(add(bob, 'after', [dan], 'director'))
      .thenRefuses('step-twice');
    given(approval, ...onTime(pending))
      .when(add(ada, 'after', [dan]))
      .thenRefuses('approval-not-yours');
  });
});
