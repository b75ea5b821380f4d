import { api, done, euro, inDays, reason } from './asking.js';
import type { components } from './api.js';

export async function customers(ownerId: string, colleague: string) {
  const { id: customerId } = await done(
    api.POST('/customers', {
      body: { kind: 'org', name: 'North Mill', tags: ['mill', 'north'], ownerId, annualRevenue: euro(9_000_000) },
      params: { header: { 'Idempotency-Key': 'north-mill' } },
    }),
  );
  const namesake = { kind: 'org' as const, name: 'North Mill', acceptDuplicates: [customerId] };
  const { id: parentCustomerId } = await done(api.POST('/customers', { body: namesake }));
  const path = { customerId };
  await done(
    api.POST('/customers/{customerId}/details', { params: { path }, body: { sector: 'food', employees: 12 } }),
  );
  await done(api.POST('/customers/{customerId}/corrections', { params: { path }, body: { establishedIn: 1987 } }));
  await done(api.POST('/customers/{customerId}/tags', { params: { path }, body: { tag: 'vip' } }));
  await done(api.POST('/customers/{customerId}/tags/remove', { params: { path }, body: { tag: 'vip' } }));
  await done(api.POST('/customers/{customerId}/parent', { params: { path }, body: { parentCustomerId } }));
  await done(api.POST('/customers/{customerId}/parent', { params: { path }, body: { parentCustomerId: null } }));
  await done(api.POST('/customers/{customerId}/owner', { params: { path }, body: { ownerId: colleague } }));
  await done(api.POST('/customers/{customerId}/tier/evaluate', { params: { path } }));
  const { revision } = await done(
    api.POST('/customers/{customerId}/tier', {
      params: { path },
      body: { tier: 'important', reason, until: inDays(30) },
    }),
  );
  const header = { 'If-Match': `"${revision}"` };
  await done(api.POST('/customers/{customerId}/dormant', { params: { path, header }, body: { reason } }));
  await done(api.POST('/customers/{customerId}/reactivate', { params: { path }, body: { reason } }));
  const gone = { path: { customerId: parentCustomerId } };
  const choices = { sector: 'survivor', annualRevenue: 'survivor' } as const;
  const into = { survivorId: customerId, choices, tags: 'both', reason } as const;
  const { position } = await done(api.POST('/customers/{customerId}/merge-into', { params: gone, body: into }));
  const query = { after: position };
  await done(api.GET('/customers/{customerId}/duplicates', { params: { path, query } }));
  await done(api.POST('/customers/{customerId}/unmerge', { params: gone, body: { reason } }));
  await done(api.POST('/customers/{customerId}/lost', { params: gone, body: { reason: 'price' } }));
  await done(api.POST('/customers/{customerId}/archive', { params: gone, body: { reason } }));
  return customerId;
}

export async function contacts(customerId: string) {
  const path = { customerId };
  const add = (name: string, value: string) => {
    const body: components['schemas']['AddContactBody'] = { name, channels: [{ kind: 'email', value }] };
    return done(api.POST('/customers/{customerId}/contacts', { params: { path }, body }));
  };
  await add('Robin Buyer', 'robin@example.org');
  const { position } = await add('Sam Clerk', 'sam@example.org');
  const profile = await done(api.GET('/customers/{customerId}', { params: { path, query: { after: position } } }));
  const [contactId, other] = profile.contacts.map((contact) => contact.contactId) as [string, string];
  const params = { path: { customerId, contactId: other } };
  const details = '/customers/{customerId}/contacts/{contactId}/details';
  await done(api.POST(details, { params, body: { title: 'Clerk', birthday: '1990-02-28' } }));
  await done(api.POST('/customers/{customerId}/contacts/{contactId}/primary', { params }));
  const consent = { channel: 'email', purpose: 'marketing' } as const;
  await done(
    api.POST('/customers/{customerId}/contacts/{contactId}/consents', {
      params,
      body: { ...consent, proof: 'a form', givenAt: inDays(-1) },
    }),
  );
  await done(api.POST('/customers/{customerId}/contacts/{contactId}/consents/withdraw', { params, body: consent }));
  await done(
    api.POST('/customers/{customerId}/contacts/{contactId}/bounces', {
      params,
      body: { kind: 'email', value: 'sam@example.org' },
    }),
  );
  const body = { reason, nextPrimaryId: contactId };
  await done(api.POST('/customers/{customerId}/contacts/{contactId}/disable', { params, body }));
  return contactId;
}

export async function interactions(customerId: string, contactId: string) {
  const path = { customerId };
  const { position } = await done(
    api.POST('/customers/{customerId}/interactions', {
      params: { path },
      body: { channel: 'call', direction: 'outbound', summary: 'Called', contactIds: [contactId] },
    }),
  );
  const timeline = await done(
    api.GET('/customers/{customerId}/timeline', { params: { path, query: { after: position, limit: 500 } } }),
  );
  const interactionId = timeline.items.find(({ title }) => title.startsWith('call'))!.entryId;
  await done(
    api.POST('/customers/{customerId}/interactions/{interactionId}/corrections', {
      params: { path: { customerId, interactionId } },
      body: { durationMinutes: 12 },
    }),
  );
  await done(api.POST('/customers/{customerId}/purchases', { params: { path }, body: { amount: euro(12_500) } }));
}
