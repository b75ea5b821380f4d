import { describe, it } from '@jest/globals';
import { ChangeOpportunityStage, OverrideOpportunityGate } from '../../libs/opportunities/commands.js';
import type { GateResult, Requirement, Stage } from '../../libs/opportunities/events.js';
import type { StageFacts } from '../../libs/opportunities/opportunity-gates.rules.js';
import { changeOpportunityStage, overrideOpportunityGate } from '../../libs/opportunities/opportunity-stages.rules.js';
import { opportunity } from '../../libs/opportunities/opportunity.decider.js';
import { opportunityDetail } from '../../projections/opportunity-detail.js';
import { given } from '../support/given.js';
import * as samples from './samples.js';
import {
  colleagueId,
  contactId,
  customer,
  customerId,
  facts,
  followUp,
  identify,
  moved,
  negotiate,
  now,
  opportunityId,
  registered,
  visitId,
  wasLost,
  withStage,
} from './samples.js';
import type { OpportunityEvent } from './samples.js';

const moving = (to: string, of: Partial<StageFacts> = {}, ...before: OpportunityEvent[]) =>
  given(opportunity, ...before).when((state) =>
    changeOpportunityStage(state, new ChangeOpportunityStage(opportunityId, { stageId: to }), now, facts(of)),
  );

const met = (gate: 'entry' | 'exit', stageId: string, requirement: Requirement): GateResult => ({
  gate,
  stageId,
  requirement,
  result: 'met',
});
const about = { opportunityId, customerId };

describe('the gates', () => {
  const gated = (of: Stage, ...before: OpportunityEvent[]) => moving('follow-up', { stages: withStage(of) }, ...before);

  it('asks what is asked at the exit and at the entry, and keeps the answers', () => {
    const stages = withStage({ ...identify, exitGate: ['product'] }).map((each) =>
      each.id === 'follow-up' ? { ...each, entryGate: ['amount', 'customer'] as const } : each,
    );
    moving('follow-up', { stages }, registered()).thenRecords(
      moved('identify', 'follow-up', {
        gateResults: [
          met('exit', 'identify', 'product'),
          met('entry', 'follow-up', 'amount'),
          met('entry', 'follow-up', 'customer'),
        ],
      }),
    );
  });

  it('names all that is missing at once', () => {
    const stages = withStage({ ...identify, exitGate: ['qualified', 'product'] }).map((each) =>
      each.id === 'follow-up' ? { ...each, entryGate: ['grade', 'nextStep'] as const } : each,
    );
    moving('follow-up', { stages }, registered()).thenRefuses('gate-unmet', {
      unmet: [
        { gate: 'exit', stageId: 'identify', requirement: 'qualified' },
        { gate: 'entry', stageId: 'follow-up', requirement: 'grade' },
        { gate: 'entry', stageId: 'follow-up', requirement: 'nextStep' },
      ],
    });
  });

  const bare = registered({
    customerId: null,
    customer: null,
    amount: null,
    expectedCloseOn: null,
    product: null,
    nextStep: null,
  });
  const visited: OpportunityEvent[] = [
    {
      type: 'VisitPlanned',
      data: { ...about, visitId, visitorId: colleagueId, plannedFor: now, purpose: 'demo', contactIds: [] },
    },
    {
      type: 'VisitCheckedIn',
      data: { ...about, visitId, visitorId: colleagueId, lat: 1, lng: 1, accuracy: 5, late: false },
    },
    {
      type: 'VisitReported',
      data: { ...about, visitId, visitorId: colleagueId, outcome: 'visited', summary: 'met', nextStep: null },
    },
  ];
  const meets: readonly [Requirement, ...OpportunityEvent[]][] = [
    ['customer', registered()],
    ['activeCustomer', registered()],
    ['primaryContact', registered()],
    ['decisionMaker', registered()],
    ['amount', registered()],
    ['expectedCloseOn', registered()],
    ['product', registered()],
    ['grade', registered({ grade: 'A' })],
    ['qualified', registered(), { type: 'OpportunityQualified', data: { ...about, note: null } }],
    ['nextStep', registered({ nextStep: 'call back' })],
    [
      'team',
      registered(),
      {
        type: 'OpportunityTeamMemberAdded',
        data: { ...about, employeeId: colleagueId, name: 'Grace', role: 'expert' },
      },
    ],
    ['visit', registered(), ...visited],
  ];

  it.each(meets)('asks for %s', (requirement, ...before) => {
    const stage = { ...followUp, entryGate: [requirement] };
    gated(stage, ...before).thenRecords(
      moved('identify', 'follow-up', { gateResults: [met('entry', 'follow-up', requirement)] }),
    );
    moving('follow-up', { stages: withStage(stage), customer: undefined }, bare).thenRefuses('gate-unmet');
  });

  it('does not take an amount of nothing for an amount', () => {
    gated({ ...followUp, entryGate: ['amount'] }, registered({ amount: samples.eur(0) })).thenRefuses('gate-unmet');
  });

  it.each<[string, Parameters<typeof customer>[0]]>([
    ['a customer who went dormant', { status: 'dormant' }],
    [
      'a contact who was disabled',
      { contacts: [{ contactId, role: 'decision_maker', isPrimary: true, status: 'disabled' }] },
    ],
    ['a contact who is neither', { contacts: [{ contactId, role: 'user', isPrimary: false, status: 'active' }] }],
  ])('is not content with %s', (_, change) => {
    const stage = { ...followUp, entryGate: ['activeCustomer', 'primaryContact', 'decisionMaker'] as const };
    moving('follow-up', { stages: withStage(stage), customer: customer(change) }, registered()).thenRefuses(
      'gate-unmet',
    );
  });

  it('takes the role a contact has in the deal for the one they have at the customer', () => {
    const stage = { ...followUp, entryGate: ['decisionMaker', 'primaryContact'] as const };
    const user = customer({ contacts: [{ contactId, role: 'user', isPrimary: false, status: 'active' }] });
    const linked: OpportunityEvent = {
      type: 'OpportunityContactLinked',
      data: { ...about, contactId, role: 'decision_maker', isPrimary: true },
    };
    moving('follow-up', { stages: withStage(stage), customer: user }, registered(), linked).thenRecords(
      moved('identify', 'follow-up', {
        gateResults: [met('entry', 'follow-up', 'decisionMaker'), met('entry', 'follow-up', 'primaryContact')],
      }),
    );
  });
});

describe('overriding a gate', () => {
  const reason = 'the board decided';
  const overridden = (...requirements: Requirement[]): OpportunityEvent => ({
    type: 'OpportunityGateOverridden',
    data: { ...about, toStage: 'follow-up', requirements, reason },
  });
  const overriding = (requirements: Requirement[], stageId = 'follow-up', ...before: OpportunityEvent[]) =>
    given(opportunity, ...before).when((state) =>
      overrideOpportunityGate(
        state,
        new OverrideOpportunityGate(opportunityId, { stageId, requirements, reason }),
        now,
        facts(),
      ),
    );
  const stages = withStage({ ...followUp, entryGate: ['grade', 'qualified'] });

  it('records what may be missing, where, and why', () => {
    overriding(['qualified', 'grade'], 'follow-up', registered())
      .thenRecords(overridden('grade', 'qualified'))
      .thenReads(opportunityDetail, opportunityId, {
        overrides: [
          {
            toStage: 'follow-up',
            requirements: ['grade', 'qualified'] as const,
            reason,
            at: '2026-01-01T00:00:00.000Z',
            by: 'Tester',
          },
        ],
      });
  });

  it('records nothing when that is allowed already', () => {
    overriding(['grade'], 'follow-up', registered(), overridden('grade')).thenRecords();
  });

  it('refuses a stage that is not there', () =>
    overriding(['grade'], 'demo', registered()).thenRefuses('stage-unknown'));

  it('refuses an override of nothing', () => overriding([], 'follow-up', registered()).thenRefuses('override-empty'));

  it('refuses what has ended', () => {
    overriding(['grade'], 'follow-up', registered(), wasLost()).thenRefuses('opportunity-closed');
  });

  it('lets the next move to that stage pass, visibly', () => {
    moving('follow-up', { stages }, registered(), overridden('grade', 'qualified')).thenRecords(
      moved('identify', 'follow-up', {
        gateResults: [
          { gate: 'entry', stageId: 'follow-up', requirement: 'grade', result: 'overridden' },
          { gate: 'entry', stageId: 'follow-up', requirement: 'qualified', result: 'overridden' },
        ],
      }),
    );
  });

  it('lets nothing else pass', () => {
    moving('follow-up', { stages }, registered(), overridden('grade')).thenRefuses('gate-unmet', {
      unmet: [{ gate: 'entry', stageId: 'follow-up', requirement: 'qualified' }],
    });
  });

  it('is used up by the move', () => {
    const back = moved('follow-up', 'identify', { direction: 'back' });
    moving(
      'follow-up',
      { stages },
      registered(),
      overridden('grade', 'qualified'),
      moved('identify', 'follow-up'),
      back,
    ).thenRefuses('gate-unmet');
  });

  it('is of no use on the way to another stage', () => {
    const gated = withStage({ ...negotiate, entryGate: ['grade'] });
    moving('negotiate', { stages: gated }, registered(), overridden('grade')).thenRefuses('gate-unmet');
  });
});
