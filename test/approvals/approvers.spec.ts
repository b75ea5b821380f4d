import { describe, expect, it } from '@jest/globals';
import { approval } from '../../libs/approvals/approval.decider.js';
import { submitForApproval } from '../../libs/approvals/approval.rules.js';
import type { ApprovalEvents, FlowAnswers, FlowStep } from '../../libs/approvals/events.js';
import { away, headAppointed, hired, newcomer, people, positionIds, unitIds } from '../organisation/company.js';
import type { Event } from '../organisation/company.js';
import { given } from '../support/given.js';
import {
  always,
  answers,
  asked,
  askedIn,
  chartAfter,
  euros,
  flowOf,
  headOf,
  holder,
  person,
  step,
  submission,
  submitted,
  submittedAt,
  superior,
  typesOf,
} from './samples.js';

const { ada, bob, cara, dan } = people;
const { director, salesHead, representative, agent } = positionIds;
const { company, sales, east, service } = unitIds;

const of = (steps: readonly FlowStep[], more: Partial<FlowAnswers> = {}) =>
  flowOf(steps, { answers: { ...answers, ...more } });
/** Who is asked under steps of these approvers, once this has happened. */
const asks = (steps: readonly FlowStep[], more: Partial<FlowAnswers> = {}, ...happened: Event[]) =>
  askedIn(submitted(of(steps, more), chartAfter(...happened)));
const refusal = (
  steps: readonly FlowStep[],
  more: Partial<FlowAnswers>,
  change: Parameters<typeof asked>[0] = {},
  ...happened: Event[]
) =>
  given(approval).when((state) =>
    submitForApproval(state, asked(change), submittedAt, submission(of(steps, more), chartAfter(...happened))),
  );
const left = (employeeId: string, positionId: string, orgUnitId: string): Event[] => [
  { type: 'EmployeeAssignmentEnded', data: { employeeId, positionId, orgUnitId, primary: true } },
  { type: 'EmployeeLeft', data: { employeeId } },
];

describe('an approver is found', () => {
  it('as a superior of the owner, by levels', () => {
    expect(asks([step('one', [superior()]), step('two', [superior(2)])])).toEqual({ one: [bob], two: [ada] });
  });

  it('as every holder of a position, as the head of a unit, and as a person', () => {
    const steps = [
      step('position', [holder(representative)]),
      step('head', [headOf(company)]),
      step('person', [person(bob)]),
    ];
    expect(asks(steps, { submitter: 'ask' })).toEqual({ position: [cara, dan], head: [ada], person: [bob] });
  });

  it('once in a step, and with the reason why', () => {
    const [event] = submitted(of([step('one', [superior(), holder(salesHead)])]));
    expect(event?.data).toMatchObject({
      steps: [
        {
          approvers: [{ employeeId: bob, because: { by: 'superior', id: cara, levels: 1, name: null }, replaced: [] }],
        },
      ],
    });
    const [named] = submitted(of([step('one', [headOf(sales)])]));
    expect(named?.data).toMatchObject({
      steps: [{ approvers: [{ because: { by: 'head', id: sales, name: 'Sales' } }] }],
    });
  });
});

describe('a step is needed', () => {
  const when = (condition: Partial<FlowStep['when']>, change: Parameters<typeof asked>[0] = {}) => {
    const flow = flowOf([step('conditional', [superior()], { when: { ...always, ...condition } })]);
    const [event] = submitted(flow, chartAfter(), change);
    return (event!.data as ApprovalEvents['ApprovalSubmitted']).steps[0]!.skipped;
  };

  it('from an amount on, and also where the currencies differ', () => {
    expect(when({ amountAtLeast: euros(500) })).toBeNull();
    expect(when({ amountAtLeast: euros(501) })).toBe('amount');
    expect(when({ amountAtLeast: { amount: 9_000_000, currency: 'USD' } })).toBeNull();
    expect(when({ amountAtLeast: euros(1) }, { amount: null })).toBe('amount');
  });

  it('for some tiers', () => {
    expect(when({ tiers: ['important'] }, { tier: 'important' })).toBeNull();
    expect(when({ tiers: ['important'] }, { tier: 'ordinary' })).toBe('tier');
    expect(when({ tiers: ['important'] })).toBe('tier');
  });

  it('across departments, to which teams belong', () => {
    expect(when({ crossesDepartments: true }, { orgUnitIds: [east, service] })).toBeNull();
    expect(when({ crossesDepartments: true }, { orgUnitIds: [east, sales] })).toBe('departments');
    expect(when({ crossesDepartments: false }, { orgUnitIds: [east, sales] })).toBeNull();
    expect(when({ crossesDepartments: false }, { orgUnitIds: [east, service] })).toBe('departments');
  });

  it('else the approval is granted at once, and says why', () => {
    const flow = flowOf([step('large', [superior()], { when: { ...always, amountAtLeast: euros(9_000) } })]);
    const events = submitted(flow);
    expect(typesOf(events)).toEqual(['ApprovalSubmitted', 'ApprovalGranted']);
    expect(events[1]?.data).toMatchObject({ because: 'no-step-applies' });
  });
});

describe('trap 24: an approver who cannot simply be asked', () => {
  const byBob = [step('head of sales', [holder(salesHead)])];
  const bobSubmits = { submitterId: bob };

  it('is the submitter: a superior, the same person, nobody, or no approval', () => {
    const submittedByBob = (more: Partial<FlowAnswers>) => submitted(of(byBob, more), chartAfter(), bobSubmits);
    expect(askedIn(submittedByBob({ submitter: 'superior' }))).toEqual({ 'head of sales': [ada] });
    expect(askedIn(submittedByBob({ submitter: 'ask' }))).toEqual({ 'head of sales': [bob] });
    const [skipped, granted] = submittedByBob({ submitter: 'skip' });
    expect(skipped?.data).toMatchObject({
      steps: [{ approvers: [], skipped: 'submitter', omitted: [{ employeeId: bob, why: 'submitter' }] }],
    });
    expect(granted?.type).toBe('ApprovalGranted');
    refusal(byBob, { submitter: 'refuse' }, bobSubmits).thenRefuses('self-approval', {
      unmet: [{ step: 'head of sales', by: 'position', id: salesHead, why: 'submitter' }],
    });
  });

  it('has the use of it: likewise', () => {
    const forBob = (more: Partial<FlowAnswers>) => submitted(of(byBob, more), chartAfter(), { beneficiaryId: bob });
    expect(askedIn(forBob({}))).toEqual({ 'head of sales': [ada] });
    expect(askedIn(forBob({ beneficiary: 'ask' }))).toEqual({ 'head of sales': [bob] });
    refusal(byBob, { beneficiary: 'refuse' }, { beneficiaryId: bob }).thenRefuses('self-approval');
  });

  it('is absent: the deputy, a superior, the person later, nobody, or no approval', () => {
    const bobAway = away(bob, '2026-03-01', '2026-03-31', dan);
    expect(asks(byBob, {}, bobAway)).toEqual({ 'head of sales': [dan] });
    expect(asks(byBob, { absent: 'superior' }, bobAway)).toEqual({ 'head of sales': [ada] });
    expect(asks(byBob, { absent: 'wait' }, bobAway)).toEqual({ 'head of sales': [bob] });
    expect(asks(byBob, { absent: 'skip' }, bobAway)).toEqual({ 'head of sales': [] });
    expect(asks(byBob, {}, away(bob, '2026-04-01', null, dan))).toEqual({ 'head of sales': [bob] });
    refusal(byBob, { absent: 'refuse' }, {}, bobAway).thenRefuses('approver-missing', {
      unmet: [{ step: 'head of sales', by: 'position', id: salesHead, why: 'absent' }],
    });
  });

  it('is absent without a deputy who can: a superior, and it is said in whose stead', () => {
    expect(asks(byBob, {}, away(bob, '2026-03-01', null))).toEqual({ 'head of sales': [ada] });
    // The deputy has submitted it.
    const [event] = submitted(of(byBob), chartAfter(away(bob, '2026-03-01', null, cara)));
    expect(event?.data).toMatchObject({
      steps: [{ approvers: [{ employeeId: ada, replaced: [{ employeeId: bob, why: 'absent' }] }] }],
    });
  });

  it('is a vacant position: a superior, nobody, or no approval', () => {
    const byAgent = [step('agent', [holder(agent)])];
    expect(asks(byAgent)).toEqual({ agent: [ada] });
    expect(asks(byAgent, { vacant: 'skip' })).toEqual({ agent: [] });
    refusal(byAgent, { vacant: 'refuse' }).thenRefuses('approver-missing', {
      unmet: [{ step: 'agent', by: 'position', id: agent, why: 'vacant' }],
    });
    expect(asks([step('head', [headOf(service)])])).toEqual({ head: [ada] });
  });

  it('is a vacant position with nobody above: no approval', () => {
    refusal([step('top', [holder(director)])], {}, {}, ...left(ada, director, company)).thenRefuses('approver-missing');
  });

  it('is suspended or has left: as if the position were vacant', () => {
    const suspended: Event = { type: 'EmployeeSuspended', data: { employeeId: bob, reason: 'Under review' } };
    expect(asks(byBob, {}, suspended)).toEqual({ 'head of sales': [ada] });
    expect(
      asks(
        [step('one', [holder(representative)])],
        { submitter: 'ask' },
        {
          ...suspended,
          data: { employeeId: dan, reason: 'Under review' },
        },
      ),
    ).toEqual({ one: [cara] });
    refusal([step('bob', [person(bob)])], {}, {}, ...left(bob, salesHead, sales)).thenRefuses('approver-missing');
  });

  it('decides in an earlier step as well: not again, a superior, or again', () => {
    const twice = [step('first', [superior()]), step('second', [holder(salesHead)])];
    expect(asks(twice)).toEqual({ first: [bob], second: [] });
    expect(asks(twice, { repeated: 'superior' })).toEqual({ first: [bob], second: [ada] });
    expect(asks(twice, { repeated: 'ask' })).toEqual({ first: [bob], second: [bob] });
    refusal(twice, { repeated: 'refuse' }).thenRefuses('approver-missing', {
      unmet: [{ step: 'second', by: 'position', id: salesHead, why: 'repeated' }],
    });
  });

  it('names every place that stays empty at once', () => {
    const steps = [step('one', [holder(agent)]), step('two', [person(ada), holder(salesHead)])];
    refusal(steps, { vacant: 'refuse', absent: 'refuse' }, {}, away(bob, '2026-03-01', null)).thenRefuses(
      'approver-missing',
      {
        unmet: [
          { step: 'one', by: 'position', id: agent, why: 'vacant' },
          { step: 'two', by: 'position', id: salesHead, why: 'absent' },
        ],
      },
    );
  });

  it('goes up the line until somebody can: not in circles', () => {
    const first = headAppointed(service, agent);
    const eva = hired(newcomer, 'Eva', agent, service);
    expect(asks([step('agent', [holder(agent)])], {}, ...eva, first, away(newcomer, '2026-03-01', null))).toEqual({
      agent: [ada],
    });
    refusal([step('top', [holder(director)])], {}, { submitterId: ada }).thenRefuses('self-approval');
  });
});
