import { api, dayIn, done, euro, inDays, reason } from './asking.js';
import type { components } from './api.js';

const stages: components['schemas']['StageBody'][] = [
  { id: 'first', name: 'First talk', kind: 'open', probability: 10, forecastCategory: 'pipeline', allowWin: true },
  { id: 'offer', name: 'Offer', kind: 'open', probability: 50, forecastCategory: 'commit', entryGate: ['grade'] },
  { id: 'won', name: 'Won', kind: 'won', probability: 100, forecastCategory: 'closed' },
  { id: 'lost', name: 'Lost', kind: 'lost', probability: 0, forecastCategory: 'omitted' },
  { id: 'void', name: 'Void', kind: 'void', probability: 0, forecastCategory: 'omitted' },
];

export async function pipelines() {
  const { id: pipelineId } = await done(api.POST('/pipelines', { body: { name: 'Direct', stages } }));
  const { id: draft } = await done(api.POST('/pipelines', { body: { name: 'Partners' } }));
  const path = { pipelineId: draft };
  const [first, offer, ...closing] = stages;
  const add = '/pipelines/{pipelineId}/stages';
  for (const body of [offer!, first!, ...closing]) await done(api.POST(add, { params: { path }, body }));
  await done(api.POST(add, { params: { path }, body: { id: 'extra', name: 'Extra', before: 'won' } }));
  const extra = { path: { pipelineId: draft, stageId: 'extra' } };
  await done(
    api.POST('/pipelines/{pipelineId}/stages/{stageId}/details', {
      params: extra,
      body: { maxDays: 14, exitGate: [] },
    }),
  );
  await done(api.POST('/pipelines/{pipelineId}/stages/{stageId}/remove', { params: extra }));
  await done(
    api.POST('/pipelines/{pipelineId}/order', { params: { path }, body: { stageIds: stages.map(({ id }) => id) } }),
  );
  await done(api.POST('/pipelines/{pipelineId}/publish', { params: { path } }));
  await done(api.POST('/pipelines/{pipelineId}/definition', { params: { path }, body: { name: 'Partners', stages } }));
  await done(api.POST('/pipelines/{pipelineId}/retire', { params: { path } }));
  return pipelineId;
}

interface Deal {
  readonly pipelineId: string;
  readonly ownerId: string;
  readonly colleague: string;
  readonly customerId: string;
  readonly contactId: string;
}

export async function opportunities({ pipelineId, ownerId, colleague, customerId, contactId }: Deal) {
  const { id: opportunityId } = await done(
    api.POST('/opportunities', { body: { name: 'Mill stones', pipelineId, ownerId } }),
  );
  const path = { opportunityId };
  await done(api.POST('/opportunities/{opportunityId}/customer', { params: { path }, body: { customerId } }));
  await done(
    api.POST('/opportunities/{opportunityId}/details', {
      params: { path },
      body: { product: 'Stones', nextStep: null },
    }),
  );
  await done(api.POST('/opportunities/{opportunityId}/qualify', { params: { path } }));
  await done(api.POST('/opportunities/{opportunityId}/amount', { params: { path }, body: { amount: euro(500_000) } }));
  const expectedCloseOn = dayIn(30);
  await done(
    api.POST('/opportunities/{opportunityId}/expected-close', { params: { path }, body: { expectedCloseOn } }),
  );
  await done(
    api.POST('/opportunities/{opportunityId}/probability', { params: { path }, body: { probability: 40, reason } }),
  );
  await done(
    api.POST('/opportunities/{opportunityId}/forecast-category', {
      params: { path },
      body: { forecastCategory: 'best_case' },
    }),
  );
  const override = { stageId: 'offer', requirements: ['grade' as const], reason };
  await done(api.POST('/opportunities/{opportunityId}/gate-override', { params: { path }, body: override }));
  await done(api.POST('/opportunities/{opportunityId}/grade', { params: { path }, body: { grade: 'A' } }));
  await done(api.POST('/opportunities/{opportunityId}/owner', { params: { path }, body: { ownerId: colleague } }));
  const contact = { path: { opportunityId, contactId } };
  const body = { contactId, role: 'decision_maker' } as const;
  await done(api.POST('/opportunities/{opportunityId}/contacts', { params: { path }, body }));
  await done(api.POST('/opportunities/{opportunityId}/contacts/{contactId}/remove', { params: contact }));
  const member = { employeeId: ownerId, role: 'engineer' };
  await done(api.POST('/opportunities/{opportunityId}/team', { params: { path }, body: member }));
  await done(
    api.POST('/opportunities/{opportunityId}/team/{employeeId}/remove', {
      params: { path: { opportunityId, employeeId: ownerId } },
    }),
  );
  return opportunityId;
}

export async function closing(opportunityId: string, contactId: string) {
  const path = { opportunityId };
  const { visitId } = await done(
    api.POST('/opportunities/{opportunityId}/visits', {
      params: { path },
      body: { plannedFor: inDays(1), purpose: 'Show them', contactIds: [contactId] },
    }),
  );
  const visit = { path: { opportunityId, visitId } };
  const place = { lat: 52.5, lng: 13.4, accuracy: 12.5 };
  await done(api.POST('/opportunities/{opportunityId}/visits/{visitId}/check-in', { params: visit, body: place }));
  await done(
    api.POST('/opportunities/{opportunityId}/visits/{visitId}/report', {
      params: visit,
      body: { outcome: 'interested', summary: 'They want them' },
    }),
  );
  await done(api.POST('/opportunities/{opportunityId}/stage', { params: { path }, body: { stageId: 'offer' } }));
  await done(api.POST('/opportunities/{opportunityId}/stage', { params: { path }, body: { stageId: 'first' } }));
  await done(api.POST('/opportunities/{opportunityId}/win', { params: { path }, body: { amount: euro(450_000) } }));
  const reopen = () => done(api.POST('/opportunities/{opportunityId}/reopen', { params: { path }, body: { reason } }));
  await reopen();
  await done(api.POST('/opportunities/{opportunityId}/lose', { params: { path }, body: { reason: 'price' } }));
  await reopen();
  await done(api.POST('/opportunities/{opportunityId}/void', { params: { path }, body: { reason } }));
}
