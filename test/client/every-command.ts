// Uses every command of the API through a client generated from its description. `test/client.spec.ts` generates `api.ts`,
// compiles this beside it and runs it against a server: `node every-command.js URL`.
import { api, done, euro, inDays, reason, refused } from './asking.js';
import { contacts, customers, interactions } from './customers.js';
import { closing, opportunities, pipelines } from './deals.js';
import { pools } from './pools.js';
import { segments } from './segments.js';
import { transfers } from './transfers.js';
import { employees, organisation, positions } from './structure.js';

async function tasks(customerId: string, assigneeId: string) {
  const body = {
    kind: 'care',
    title: 'Call',
    dueAt: inDays(3),
    subject: { customerId },
    reminders: [inDays(2)],
  } as const;
  const create = () => done(api.POST('/tasks', { body: { ...body, reminders: [...body.reminders] } }));
  const [{ id: taskId }, { id: other }] = [await create(), await create()];
  const path = { taskId };
  await done(api.POST('/tasks/{taskId}/assignee', { params: { path }, body: { assigneeId } }));
  await done(api.POST('/tasks/{taskId}/start', { params: { path } }));
  await done(api.POST('/tasks/{taskId}/schedule', { params: { path }, body: { dueAt: inDays(4), reason } }));
  const interaction = { channel: 'call', direction: 'outbound', summary: 'Called' } as const;
  await done(api.POST('/tasks/{taskId}/complete', { params: { path }, body: { outcome: 'given', interaction } }));
  await done(api.POST('/tasks/{taskId}/cancel', { params: { path: { taskId: other } }, body: { reason } }));
}

async function targets(employeeId: string) {
  const { id: targetId } = await done(
    api.POST('/targets', {
      body: {
        kpi: 'won-amount',
        subject: { kind: 'employee', id: employeeId },
        period: '2030-Q1',
        value: euro(900_000),
      },
    }),
  );
  const path = { targetId };
  await done(api.POST('/targets/{targetId}/revise', { params: { path }, body: { value: euro(1_000_000), reason } }));
  await done(api.POST('/targets/{targetId}/withdraw', { params: { path }, body: { reason } }));
}

async function leads(ownerId: string, calendarId: string, pipelineId: string) {
  const response = { grades: ['A' as const], channels: [], calendarId, minutes: 60 };
  const factor = { name: 'asked', field: 'email' as const, values: [], points: 90 };
  const policy = { factors: [factor], grades: { A: 80, B: 50, C: 20 }, responses: [response] };
  await done(api.POST('/lead-policies', { body: policy }));
  const captured = async (personName: string) => {
    const details = { personName, email: 'asked@lead.example' };
    return (await done(api.POST('/leads', { body: { source: { channel: 'web' }, details } }))).id;
  };
  const params = { path: { leadId: await captured('Wendelin') } };
  await done(api.POST('/leads/{leadId}/details', { params, body: { companyName: 'Wendelin & Co' } }));
  await done(api.POST('/leads/{leadId}/notes', { params, body: { text: 'Call in the morning' } }));
  await done(api.POST('/leads/{leadId}/score', { params }));
  await done(api.POST('/leads/{leadId}/grade', { params, body: { grade: 'B', reason } }));
  await done(api.POST('/leads/{leadId}/owner', { params, body: { ownerId } }));
  await done(api.POST('/leads/{leadId}/contact', { params, body: { channel: 'call', summary: 'Interested' } }));
  await done(api.POST('/leads/{leadId}/recycle', { params, body: { reason } }));
  await done(api.POST('/leads/{leadId}/reopen', { params, body: { reason } }));
  await done(api.POST('/leads/{leadId}/owner', { params, body: { ownerId } }));
  await done(api.POST('/leads/{leadId}/qualify', { params, body: {} }));
  const opportunity = { pipelineId, name: 'First order', amount: euro(1_000) };
  await done(api.POST('/leads/{leadId}/convert', { params, body: { opportunity } }));
  const pooled = { path: { leadId: await captured('Kunigunde') } };
  const claimed = await api.POST('/leads/{leadId}/claim', { params: pooled, body: { employeeId: ownerId } });
  // A rule may have assigned it by now.
  if (claimed.error && claimed.error.code !== 'lead-owned') throw new Error(claimed.error.code);
  await done(api.POST('/leads/{leadId}/return', { params: pooled, body: { reason } }));
  const other = { path: { leadId: await captured('Hedwig') } };
  await done(api.POST('/leads/{leadId}/disqualify', { params: other, body: { reason: 'no-need' } }));
  await done(api.POST('/leads/{leadId}/reopen', { params: other, body: { reason } }));
  const of = { kind: 'lead' as const, id: params.path.leadId };
  await done(api.POST('/leads/{leadId}/duplicate', { params: other, body: { of } }));
}

async function assignment(employeeId: string) {
  const scope = { employeeIds: [employeeId] };
  const rule = { name: 'All', priority: 1, method: 'round-robin', scope } as const;
  const { id: deskId, ruleId } = await done(
    api.POST('/assignment-rules', { body: { ...rule, deskKind: 'customers' } }),
  );
  await done(api.POST('/assignment-rules', { body: { ...rule, deskKind: 'leads' } }));
  const lead = { source: { channel: 'web' as const }, details: { personName: 'Irmgard' } };
  const { id: leadId } = await done(api.POST('/leads', { body: lead }));
  // The process may have assigned it by now.
  const asked = await api.POST('/leads/{leadId}/assign-by-rule', { params: { path: { leadId } } });
  if (asked.error && asked.error.code !== 'subject-owned') throw new Error(asked.error.code);
  const { id: customerId } = await done(api.POST('/customers', { body: { kind: 'org', name: 'Unowned' } }));
  await done(api.POST('/customers/{customerId}/assign-by-rule', { params: { path: { customerId } } }));
  const params = { path: { deskId, ruleId } };
  await done(api.POST('/assignment-desks/{deskId}/rules/{ruleId}/retire', { params, body: { reason } }));
}

async function approvals(ownerId: string, colleague: string, unitId: string) {
  const always = { amountAtLeast: null, tiers: [], crossesDepartments: null };
  const named = (name: string, id: string) => ({
    name,
    approvers: [{ by: 'person' as const, id }],
    mode: 'all' as const,
    when: always,
  });
  const answers = {
    vacant: 'superior',
    absent: 'deputy',
    submitter: 'superior',
    beneficiary: 'superior',
    repeated: 'skip',
  } as const;
  const flow = { name: 'Discounts', steps: [named('Colleague', colleague)], answers };
  const { id: flowId } = await done(api.POST('/approval-flows', { body: flow }));
  const path = { flowId };
  const remindAfterHours = 24;
  await done(api.POST('/approval-flows/{flowId}/versions', { params: { path }, body: { ...flow, remindAfterHours } }));
  const submit = async () => {
    const subject = { kind: 'discount' as const, id: flowId };
    const body = { flowId, subject, ownerId, submitterId: ownerId, amount: euro(500), orgUnitIds: [unitId] };
    return { path: { approvalId: (await done(api.POST('/approvals', { body }))).id } };
  };
  const by = colleague;
  const params = await submit();
  await done(api.POST('/approvals/{approvalId}/return', { params, body: { by, reason } }));
  await done(api.POST('/approvals/{approvalId}/resubmit', { params, body: { by: ownerId, amount: euro(400) } }));
  await done(api.POST('/approvals/{approvalId}/review', { params }));
  const step = { name: 'Once more', place: 'after' as const, approverIds: [colleague], mode: 'any' as const };
  await done(api.POST('/approvals/{approvalId}/steps', { params, body: { by, ...step } }));
  await refused('self-approval', api.POST('/approvals/{approvalId}/delegate', { params, body: { by, to: ownerId } }));
  await done(api.POST('/approvals/{approvalId}/approve', { params, body: { by, comment: 'Worth it' } }));
  await done(api.POST('/approvals/{approvalId}/approve', { params, body: { by } }));
  await done(api.POST('/approvals/{approvalId}/reject', { params: await submit(), body: { by, reason } }));
  await done(api.POST('/approvals/{approvalId}/withdraw', { params: await submit(), body: { by: ownerId, reason } }));
  await done(api.POST('/approval-flows/{flowId}/retire', { params: { path } }));
}

async function tiers(orgUnitId: string) {
  const bands = [
    { from: 0, points: 0 },
    { from: 100_000, points: 50 },
  ];
  const body = {
    currency: 'EUR' as const,
    tiers: [
      { tier: 'ordinary' as const, servicePlan: 'answers in two days' },
      { tier: 'potential' as const, servicePlan: 'a call each quarter', up: 30, down: 20 },
      { tier: 'important' as const, servicePlan: 'a person of its own', up: 60, down: 45 },
    ],
    inputs: [{ name: 'bought in a year', measure: 'amount' as const, windowDays: 365, bands }],
    graceDays: 14,
    reviewDays: 7,
    routing: [{ tier: 'important' as const, orgUnitId, oneToOne: true }],
  };
  await done(api.POST('/what-if/tier-policy', { body: { ...body, limit: 1 } }));
  await done(api.POST('/tier-policies', { body }));
}

async function dataQuality() {
  const fields = [{ field: 'taxId' as const, level: 'required' as const, weight: 2 }, { field: 'region' as const }];
  await done(api.POST('/key-field-policies', { body: { rules: [{ kind: 'org' as const, fields }] } }));
}

async function webForms() {
  const body = { name: 'Contact page', source: {}, origins: [], honeypot: 'website', perMinute: 10 };
  const { id: formId, token } = await done(api.POST('/web-forms', { body }));
  const params = { path: { formId }, header: { 'x-form-token': token! } };
  const submission = { personName: 'Ottilie', email: 'ottilie@form.example', website: '' };
  await done(api.POST('/web-forms/{formId}/submissions', { params, body: submission }));
  await done(api.POST('/web-forms/{formId}/revoke', { params: { path: { formId } } }));
}

async function calendars() {
  const office = [{ from: '09:00', to: '17:00' }];
  const week = { monday: office, tuesday: office };
  const body = { name: 'Office', zone: 'Europe/Berlin', week };
  const { id: calendarId } = await done(api.POST('/calendars', { body }));
  const params = { path: { calendarId } };
  const day = '2030-01-02';
  await done(api.POST('/calendars/{calendarId}/week', { params, body: { from: day, week: { monday: office } } }));
  await done(
    api.POST('/calendars/{calendarId}/days', { params, body: { days: [{ day, name: 'Bridge', spans: [] }] } }),
  );
  await done(api.POST('/calendars/{calendarId}/days/clear', { params, body: { days: [day] } }));
  await done(api.POST('/calendars/{calendarId}/holidays', { params, body: { country: 'DE', years: [2030] } }));
  return calendarId;
}

async function operation() {
  const path = { name: 'target-list' };
  await done(api.POST('/projections/{name}/rebuild', { params: { path } }));
  const still = { path: { name: 'customer-list' } };
  await refused('rebuild-not-running', api.POST('/projections/{name}/cancel', { params: still }));
  await refused('nothing-retained', api.POST('/projections/{name}/rollback', { params: still }));
  const parked = { name: 'tasks', stream: 'task-none' };
  await refused(
    'parked-stream-unknown',
    api.POST('/processes/{name}/parked/{stream}/retry', { params: { path: parked } }),
  );
}

const structure = await organisation();
const { ownerId, colleague } = await employees(await positions(structure));
await tiers(structure.orgUnitId);
const customerId = await customers(ownerId, colleague);
const contactId = await contacts(customerId);
await interactions(customerId, contactId);
const pipelineId = await pipelines();
const deal = await opportunities({ pipelineId, ownerId, colleague, customerId, contactId });
await closing(deal, contactId);
await tasks(customerId, ownerId);
await targets(ownerId);
await pools(structure.orgUnitId, ownerId);
await segments();
await transfers(ownerId, colleague);
await leads(ownerId, await calendars(), pipelineId);
await assignment(ownerId);
await approvals(ownerId, colleague, structure.orgUnitId);
await webForms();
await dataQuality();
await operation();
console.log('every command was used');
