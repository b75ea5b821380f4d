import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpportunityCard } from '../../projections/opportunity-board.js';
import type { OpportunityDetail } from '../../projections/opportunity-detail.js';
import type { PipelineDefinition } from '../../projections/pipeline-list.js';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { Made } from '../support/made.js';

const clock = new TestClock('2026-03-02T09:00:00.000Z');
let app: TestApp;
const made = new Made(() => app);
const { ids, make, read } = made;

const stages = [
  { id: 'identify', name: 'Identify', probability: 10 },
  { id: 'negotiate', name: 'Negotiate', probability: 60, entryGate: ['grade'] },
  { id: 'won', name: 'Won', kind: 'won', entryGate: ['customer'] },
  { id: 'lost', name: 'Lost', kind: 'lost' },
];
const eur = (amount: number) => ({ amount, currency: 'EUR' });

beforeAll(async () => {
  app = await TestApp.start({ clock });
  await make('company', '/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  await make('rep', '/positions', { title: 'representative', orgUnitId: ids.company, headcount: 2 });
  await make('ada', '/employees', { name: 'Ada First', positionId: ids.rep });
  await make('bob', '/employees', { name: 'Bob Second', positionId: ids.rep });
  await make('customer', '/customers', { name: 'A shop', kind: 'org', sector: 'retail', tier: 'important' });
  await make('pipeline', '/pipelines', { name: 'Sales', stages });
  const registration = { pipelineId: ids.pipeline, ownerId: ids.ada, customerId: ids.customer };
  await make('tills', '/opportunities', { ...registration, name: 'Tills', amount: eur(10_000) });
  await make('scales', '/opportunities', { ...registration, name: 'Scales', customerId: null, ownerId: ids.bob });
});

afterAll(() => app.stop());

describe('pipelines over HTTP', () => {
  it('shows what was published, and lists it', async () => {
    const { items } = await read<{ items: PipelineDefinition[] }>('/pipelines');
    const pipeline = await read<PipelineDefinition>(`/pipelines/${ids.pipeline}`);
    expect(items).toEqual([pipeline]);
    expect(pipeline).toMatchObject({ status: 'published', version: 1, stages });
    expect((await app.get(`/pipelines/${ids.customer}`)).body).toMatchObject({ status: 404, code: 'pipeline-unknown' });
  });

  it('is worked on as a draft, and published when it is done', async () => {
    await make('draft', '/pipelines', { name: 'Renewals' });
    const draft = `/pipelines/${ids.draft}`;
    for (const [url, body] of [
      [`${draft}/stages`, { id: 'talk', name: 'Talk', probability: 20 }],
      [`${draft}/stages`, { id: 'won', name: 'Won', kind: 'won' }],
      [`${draft}/stages`, { id: 'lost', name: 'Lost', kind: 'lost' }],
      [`${draft}/stages`, { id: 'ask', name: 'Ask', probability: 20, before: 'talk' }],
      [`${draft}/stages/talk/details`, { probability: 50, exitGate: ['amount'], maxDays: null }],
      [`${draft}/stages/ask/remove`, undefined],
      [`${draft}/order`, { stageIds: ['talk', 'lost', 'won'] }],
      [`${draft}/publish`, undefined],
      [`${draft}/definition`, { name: 'Renewals', stages }],
      [`${draft}/retire`, undefined],
    ] as const) {
      const { status, body: answer } = await app.request('POST', url, body);
      expect([url, status, answer.code]).toEqual([url, 200, undefined]);
      made.position = Number(answer.position);
    }
    const { status, version, versions } = await read<PipelineDefinition>(draft);
    expect([status, version, versions.map((each) => each.stages.length)]).toEqual(['retired', 2, [3, 4]]);
  });

  it('says everything that is wrong with a definition', async () => {
    const { status, body } = await app.post('/pipelines', { name: 'Wrong', stages: stages.slice(0, 1) });
    expect([status, body.code]).toEqual([422, 'pipeline-unsound']);
    expect(body.findings).toHaveLength(2);
  });
});

describe('opportunities over HTTP', () => {
  it('lists by stage, owner, customer and status, in order and in pages', async () => {
    const names = async (query: string) =>
      (await read<{ items: OpportunityCard[] }>(`/opportunities?${query}`)).items.map(({ name }) => name);
    expect(await names('sort=name')).toEqual(['Scales', 'Tills']);
    expect(await names('sort=-amount')).toEqual(['Tills', 'Scales']);
    expect(await names(`owner=${ids.bob}`)).toEqual(['Scales']);
    expect(await names(`customer=${ids.customer}`)).toEqual(['Tills']);
    expect(await names('customer=none')).toEqual(['Scales']);
    expect(await names(`pipeline=${ids.pipeline}&stage=identify&status=open&sort=name`)).toEqual(['Scales', 'Tills']);
    expect(await names('stage=won')).toEqual([]);
    expect(await names('closeFrom=2026-01-01&closeTo=2027-01-01')).toEqual([]);
    const first = await read<{ items: OpportunityCard[]; next: string }>('/opportunities?sort=name&limit=1');
    expect(await names(`sort=name&limit=1&cursor=${first.next}`)).toEqual(['Tills']);
  });

  it('runs every other command', async () => {
    const { body: contact } = await app.post(`/customers/${ids.customer}/contacts`, {
      name: 'Eve Buyer',
      role: 'decision_maker',
      channels: [
        {
          kind: 'email',
          value: 'eve@example.org',
        },
      ],
    });
    made.position = Number(contact.position);
    const customer = await read<{ contacts: { contactId: string }[] }>(`/customers/${ids.customer}`);
    const { contactId } = customer.contacts[0]!;
    const tills = `/opportunities/${ids.tills}`;
    const plan = { plannedFor: '2026-03-02T10:00:00+01:00', purpose: 'show them', contactIds: [contactId] };
    const { status: planned, body: visit } = await app.post(`${tills}/visits`, plan);
    expect([planned, visit.id]).toEqual([201, ids.tills]);
    for (const [url, body] of [
      [`${tills}/details`, { product: 'till', nextStep: null }],
      [`${tills}/qualify`, undefined],
      [`${tills}/amount`, { amount: eur(20_000) }],
      [`${tills}/expected-close`, { expectedCloseOn: '2026-04-30' }],
      [`${tills}/probability`, { probability: 15, reason: 'they said so' }],
      [`${tills}/forecast-category`, { forecastCategory: 'best_case' }],
      [`${tills}/contacts`, { contactId, role: 'finance', isPrimary: true }],
      [`${tills}/contacts/${contactId}/remove`, undefined],
      [`${tills}/team`, { employeeId: ids.bob, role: 'expert' }],
      [`${tills}/team/${ids.bob}/remove`, undefined],
      [`${tills}/owner`, { ownerId: ids.bob, reason: 'on leave' }],
      [`${tills}/visits/${visit.visitId}/check-in`, { lat: 48.1, lng: 11.5, accuracy: 10 }],
      [
        `${tills}/visits/${visit.visitId}/report`,
        { outcome: 'interested', summary: 'they like them', nextStep: 'offer' },
      ],
      [`${tills}/gate-override`, { stageId: 'negotiate', requirements: ['grade'], reason: 'in a hurry' }],
      [`${tills}/stage`, { stageId: 'negotiate' }],
      [`${tills}/grade`, { grade: 'B' }],
      [`${tills}/lose`, { reason: 'other', note: 'no reason given' }],
      [`${tills}/reopen`, { reason: 'they called back', stageId: 'identify' }],
      [`${tills}/void`, { reason: 'registered twice' }],
      [`${tills}/reopen`, { reason: 'it was not' }],
      [`${tills}/win`, undefined],
      [`/opportunities/${ids.scales}/customer`, { customerId: ids.customer }],
    ] as const) {
      const { status, body: answer } = await app.request('POST', url, body);
      expect([url, status, answer.code]).toEqual([url, 200, undefined]);
      made.position = Number(answer.position);
    }
    const detail = await read<OpportunityDetail>(tills);
    expect(detail).toMatchObject({
      status: 'won',
      stageId: 'won',
      amount: eur(2e4),
      pushCount: 0,
      nextStep: 'offer',
      product: 'till',
      owner: {
        employeeId: ids.bob,
        name: 'Bob Second',
      },
      customer: {
        tier: 'important',
        sector: 'retail',
      },
      closings: [
        { as: 'lost' },
        { as: 'void' },
        {
          as: 'won',
          credit: { employeeId: ids.bob },
        },
      ],
    });
    expect(detail.steps.map(({ how }) => how)).toEqual([
      'registered',
      'forward',
      'lost',
      'reopened',
      'void',
      'reopened',
      'won',
    ]);
    const { stageId } = await read<OpportunityDetail>(`${tills}?atRevision=0`);
    expect(stageId).toBe('identify');
  });

  it('names everything that is missing at a gate', async () => {
    const lead = { name: 'Lead', pipelineId: ids.pipeline, ownerId: ids.ada };
    await make('lead', '/opportunities', lead);
    const { status, body } = await app.post(`/opportunities/${ids.lead}/win`);
    expect([status, body.code]).toEqual([422, 'gate-unmet']);
    expect(body.unmet).toEqual([
      { gate: 'entry', stageId: 'won', requirement: 'amount' },
      { gate: 'entry', stageId: 'won', requirement: 'customer' },
    ]);
  });

  it('refuses to read what is not there', async () => {
    expect(await app.get('/opportunities/0190f5a0-0000-7000-8000-000000000001')).toMatchObject({
      status: 404,
      body: { code: 'opportunity-unknown' },
    });
  });

  it('makes one opportunity of a request that is sent twice', async () => {
    const body = { name: 'Once', pipelineId: ids.pipeline, ownerId: ids.ada };
    const [first, second] = [
      await app.post('/opportunities', body, { 'idempotency-key': 'once' }),
      await app.post('/opportunities', body, { 'idempotency-key': 'once' }),
    ];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
  });
});
