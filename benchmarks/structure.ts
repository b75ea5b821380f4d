import { deskIdOf } from '../libs/assignment/desk-id.js';
import type { Owner } from '../libs/customers/events.js';
import type { Stage } from '../libs/opportunities/events.js';
import { organisationId } from '../libs/organisation/events.js';
import { keyFieldPolicyId } from '../libs/data-quality/events.js';
import { poolsId } from '../libs/pools/events.js';
import type { TierRules } from '../libs/tiering.js';
import { segmentsId } from '../libs/segments/events.js';
import { tierPolicyId } from '../libs/tiers/events.js';
import { leadPolicyId } from '../libs/leads/lead-policy-id.js';
import type { NewTarget } from '../libs/targets/commands.js';
import { targetIdOf } from '../libs/targets/target-id.js';
import type { Append, Happening, Recorder } from './append-streams.js';
import { firstNames, regions, things } from './words.js';

const TEAMS = 5;
const TEAM = 8;
const FOUNDER = { employeeId: 'founder', name: 'Founder' };

export const stages: readonly Stage[] = [
  stage('prospecting', 10, 'pipeline'),
  stage('engaging', 40, 'best_case'),
  stage('offer', 70, 'commit'),
  { ...stage('won', 100, 'closed'), kind: 'won' },
  { ...stage('lost', 0, 'omitted'), kind: 'lost' },
];

function stage(id: string, probability: number, forecastCategory: Stage['forecastCategory']): Stage {
  const flags = { entryGate: [], exitGate: [], maxDays: null, allowSkip: true, allowBack: true, allowWin: true };
  return { id, name: id, kind: 'open', probability, forecastCategory, ...flags };
}

export function pipeline(pipelineId: string, recorder: Recorder): Append {
  return recorder.record(recorder.begin('pipeline', pipelineId), FOUNDER, [
    { type: 'PipelineDrafted', data: { pipelineId, name: 'Direct' } },
    ...stages.map((each) => ({ type: 'PipelineStageAdded' as const, data: { pipelineId, stage: each, before: null } })),
    { type: 'PipelinePublished', data: { pipelineId, name: 'Direct', version: 1, stages } },
  ]);
}

/** Teams of account managers, each with its lead. @returns who may own customers */
export function organisation(recorder: Recorder): { append: Append; owners: Owner[] } {
  const events: Happening[] = [];
  const owners: Owner[] = [];
  const seat = (title: string, orgUnitId: string, reportsToPositionId: string | null, headcount: number) => {
    const positionId = recorder.id();
    const data = { positionId, orgUnitId, title, reportsToPositionId, duties: [], processSteps: [], headcount };
    events.push({ type: 'PositionDefined', data });
    return positionId;
  };
  const hire = (positionTitle: string, positionId: string, orgUnitId: string) => {
    const employeeId = recorder.id();
    const name = `${recorder.chance.of(firstNames)} ${recorder.chance.of(things)}`;
    const data = { employeeId, positionId, positionTitle, orgUnitId, primary: true, until: null };
    events.push({ type: 'EmployeeHired', data: { employeeId, name } }, { type: 'EmployeeAssignedToPosition', data });
    return { employeeId, name };
  };
  const unit = (name: string, kind: 'company' | 'team', parentId: string | null) => {
    const orgUnitId = recorder.id();
    const level = kind === 'company' ? 'senior' : 'front_line';
    events.push({ type: 'OrgUnitCreated', data: { orgUnitId, name, kind, level, parentId } });
    return orgUnitId;
  };
  const root = unit('Company', 'company', null);
  for (let team = 1; team <= TEAMS; team += 1) {
    const orgUnitId = unit(`Team ${team}`, 'team', root);
    const lead = seat('Team lead', orgUnitId, null, 1);
    const { employeeId: managerId } = hire('Team lead', lead, orgUnitId);
    events.push({ type: 'OrgUnitHeadAppointed', data: { orgUnitId, from: null, to: lead } });
    const desk = seat('Account manager', orgUnitId, lead, TEAM);
    for (let seller = 0; seller < TEAM; seller += 1) {
      owners.push({ ...hire('Account manager', desk, orgUnitId), orgUnitId, managerId });
    }
  }
  return { append: recorder.record(recorder.begin('organisation', organisationId), FOUNDER, events), owners };
}

/** What each of them is to win in each of the two years. */
export function targets(recorder: Recorder, owners: readonly Owner[]): readonly Append[] {
  const value = { amount: 50_000_000, currency: 'EUR' };
  return owners.flatMap(({ employeeId }) =>
    ['2024', '2025'].map((period) => {
      const target: NewTarget = { kpi: 'won-amount', subject: { kind: 'employee', id: employeeId }, period, value };
      const of = recorder.begin('target', targetIdOf(target));
      return recorder.record(of, FOUNDER, [{ type: 'TargetSet', data: { targetId: of.id, ...target } }]);
    }),
  );
}

/** A pool for customers that nobody owns, as it is first made. */
export function pool(recorder: Recorder): Append {
  const poolId = recorder.id();
  const members = { orgUnitIds: [], positionIds: [], employeeIds: [] };
  return recorder.record(recorder.begin('pools', poolsId), FOUNDER, [
    { type: 'PoolCreated', data: { poolId, name: 'To be won back', kind: 'customer' } },
    { type: 'PoolMembersChanged', data: { poolId, members: null, admins: members } },
  ]);
}

/** When work is done, how leads are answered, the form that they come by, and one of them. */
export function leadsAnswered(recorder: Recorder): readonly Append[] {
  const hours = [{ from: '09:00', to: '17:00' }];
  const week = { monday: hours, tuesday: hours, wednesday: hours, thursday: hours, friday: hours };
  const calendar = recorder.begin('calendar');
  const policy = recorder.begin('leadpolicy', leadPolicyId());
  const desk = recorder.begin('assignmentdesk', deskIdOf('leads'));
  const lead = recorder.begin('lead');
  const form = recorder.begin('webform');
  const submission = recorder.begin('submission');
  const source = { channel: 'web', campaign: null, partner: null } as const;
  const rule = { grades: [], channels: [], calendarId: calendar.id, minutes: 240 };
  const details = {
    personName: 'Person of a lead',
    personTitle: null,
    email: null,
    phone: null,
    companyName: null,
    domain: null,
    sector: null,
    region: null,
    message: null,
  };
  return [
    recorder.record(calendar, FOUNDER, [
      { type: 'CalendarDefined', data: { calendarId: calendar.id, name: 'Office', zone: 'Europe/Berlin', week } },
    ]),
    recorder.record(policy, FOUNDER, [
      {
        type: 'LeadPolicyPublished',
        data: { policyId: policy.id, version: 1, factors: [], grades: { A: 80, B: 50, C: 20 }, responses: [rule] },
      },
    ]),
    recorder.record(desk, FOUNDER, [
      {
        type: 'AssignmentRulePublished',
        data: {
          deskId: desk.id,
          deskKind: 'leads',
          version: 1,
          ruleId: recorder.id(),
          name: 'All leads',
          priority: 1,
          criteria: { regions: [], sectors: [], tiers: [], grades: [], channels: [] },
          scope: { orgUnitIds: [], positionIds: [], employeeIds: [FOUNDER.employeeId] },
          method: 'round-robin',
          weights: [],
          cap: null,
          needs: { skills: [], languages: [] },
          workingHoursCalendarId: null,
          fallback: null,
        },
      },
    ]),
    recorder.record(form, FOUNDER, [
      {
        type: 'WebFormPublished',
        data: {
          formId: form.id,
          name: 'Contact page',
          source,
          tokenHash: '0'.repeat(64),
          origins: [],
          honeypot: 'website',
          perMinute: 10,
        },
      },
    ]),
    recorder.record(submission, FOUNDER, [
      {
        type: 'WebFormSubmitted',
        data: {
          submissionId: submission.id,
          formId: form.id,
          source,
          submitted: { personName: 'Person of a lead', companyName: null, email: null, phone: null, message: null },
        },
      },
    ]),
    recorder.record(lead, FOUNDER, [
      {
        type: 'LeadCaptured',
        data: { leadId: lead.id, source, details },
      },
    ]),
  ];
}

/** How discounts are approved, and one that is pending. */
export function approvalsAsked(recorder: Recorder, [owner]: readonly Owner[]): readonly Append[] {
  const flow = recorder.begin('approvalflow');
  const approval = recorder.begin('approval');
  const { employeeId: ownerId, managerId } = owner!;
  const [mode, name] = ['all', 'Team lead'] as const;
  const when = { amountAtLeast: null, tiers: [], crossesDepartments: null };
  const steps = [{ name, mode, when, approvers: [{ by: 'superior' as const, id: null, levels: 1 }] }];
  const answers = {
    vacant: 'superior',
    absent: 'deputy',
    submitter: 'superior',
    beneficiary: 'superior',
    repeated: 'skip',
  } as const;
  const hours = { remindAfterHours: null, escalateAfterHours: null, expireAfterHours: null };
  const because = { by: 'superior', id: ownerId, name: null, levels: 1 } as const;
  const approvers = [{ employeeId: managerId!, because, replaced: [], escalatedTo: null }];
  const asked = { name, mode, flowStep: 0, approvers, omitted: [], unfilled: [], skipped: null };
  const about = { approvalId: approval.id, subject: { kind: 'discount', id: recorder.id() } } as const;
  const request = { ownerId, submitterId: ownerId, beneficiaryId: null, amount: null, tier: null, note: null };
  const resolution = { flowVersion: 1, chartRevision: 0, steps: [asked], expiresAt: null };
  return [
    recorder.record(flow, FOUNDER, [
      {
        type: 'ApprovalFlowPublished',
        data: { flowId: flow.id, version: 1, name: 'Discounts', steps, answers, ...hours },
      },
    ]),
    recorder.record(approval, FOUNDER, [
      { type: 'ApprovalSubmitted', data: { ...about, flowId: flow.id, ...request, orgUnitIds: [], ...resolution } },
      { type: 'ApprovalStepStarted', data: { ...about, step: name, remindAt: null, escalateAt: null } },
    ]),
  ];
}

/** What somebody has who is going to leave, in the middle of being handed over. */
export function handingOver(recorder: Recorder, [leaver, successor]: readonly Owner[]): Append {
  const { employeeId } = leaver!;
  const to = { kind: 'employee', id: successor!.employeeId } as const;
  const items = [{ kind: 'customer', id: recorder.id() }];
  return recorder.record(recorder.begin('offboarding', employeeId), FOUNDER, [
    { type: 'OffboardingHandOverStarted', data: { employeeId, to, reason: 'moves abroad', items } },
  ]);
}

/** How customers come to their tiers: by what they buy and how often one speaks with them. */
export const tierRules: TierRules = {
  currency: 'EUR',
  tiers: [
    { tier: 'ordinary', servicePlan: 'answers in two days', up: null, down: null },
    { tier: 'potential', servicePlan: 'a call each quarter', up: 30, down: 20 },
    { tier: 'important', servicePlan: 'a person of its own', up: 60, down: 45 },
  ],
  inputs: [
    {
      name: 'bought in a year',
      measure: 'amount',
      windowDays: 365,
      bands: [
        { from: 0, points: 0 },
        { from: 300_000, points: 25 },
        { from: 1_000_000, points: 45 },
      ],
    },
    {
      name: 'bought lately',
      measure: 'recency-days',
      windowDays: null,
      bands: [
        { from: 0, points: 20 },
        { from: 60, points: 10 },
        { from: 180, points: 0 },
      ],
    },
    {
      name: 'spoken to in a quarter',
      measure: 'interactions',
      windowDays: 90,
      bands: [
        { from: 0, points: 0 },
        { from: 2, points: 10 },
      ],
    },
  ],
  graceDays: 30,
  reviewDays: 7,
};

export function tierPolicy(recorder: Recorder): Append {
  const of = recorder.begin('tierpolicy', tierPolicyId);
  const data = { policyId: tierPolicyId, version: 1, ...tierRules, routing: [] };
  return recorder.record(of, FOUNDER, [{ type: 'TierPolicyPublished', data }]);
}

/** What must be known of customers. */
export function keyFieldPolicy(recorder: Recorder): Append {
  const of = recorder.begin('keyfieldpolicy', keyFieldPolicyId);
  const fields = [
    { field: 'region', level: 'required', weight: 2 },
    { field: 'taxId', level: 'wanted', weight: 1 },
    { field: 'contact', level: 'wanted', weight: 1 },
  ] as const;
  const data = { policyId: keyFieldPolicyId, version: 1, rules: [{ kind: null, tiers: [], fields }] };
  return recorder.record(of, FOUNDER, [
    { type: 'KeyFieldPolicyPublished', data: { ...data, refuseWithoutRequired: false } },
  ]);
}

/** Customers of a region belong together. */
export const regional = { segmentId: '4b0c3f0e-2f5a-5b62-9f59-0d0c5f0a0b01', version: 1, region: regions[0]! };

export function segment(recorder: Recorder): Append {
  const { segmentId, version, region } = regional;
  const of = recorder.begin('segments', segmentsId);
  const nothing = { isKnown: null, atLeast: null, atMost: null, withinDays: null, currency: null };
  const anyOf = [{ allOf: [{ field: 'region' as const, not: false, is: [region], ...nothing }] }];
  const data = { segmentId, version, name: `Customers of ${region}`, anyOf };
  return recorder.record(of, FOUNDER, [{ type: 'SegmentDefined', data }]);
}
