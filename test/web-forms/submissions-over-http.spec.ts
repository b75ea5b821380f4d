import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import type { AllStreamSubscription } from '@eventstore/db-client';
import { Subscriptions } from '../../apps/program/subscriptions.js';
import { TestApp } from '../support/app.js';
import { until } from '../support/until.js';

const page = 'https://www.mill.example';
const site = { origin: page };
const visitor = { personName: 'Visitor', email: 'visitor@elsewhere.example', message: 'How much is a sieve?' };
const nowhere = '01970000-0000-7000-8000-00000000dead';

let app: TestApp;
let ada: string;
let client: EventStoreDBClient;
let following: AllStreamSubscription;
/** What a subscriber was sent: the type of the event, and its data. */
const arrived: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }[] = [];

beforeAll(async () => {
  app = await TestApp.start({ SUBSCRIPTIONS_PORT: 0 });
  const url = await app.http.get(Subscriptions).listen();
  client = EventStoreDBClient.connectionString(url!);
  following = client.subscribeToAll().on('data', ({ event }) => {
    if (event) arrived.push({ type: event.type, data: event.data as Readonly<Record<string, unknown>> });
  });
  const { id: orgUnitId } = await app.done('/org-units', { name: 'Sales', kind: 'company', level: 'senior' });
  const { id: positionId } = await app.done('/positions', { title: 'Seller', orgUnitId });
  ada = (await app.done('/employees', { name: 'Ada', positionId })).id;
});
afterAll(async () => {
  await following.unsubscribe();
  await client.dispose();
  await app.stop();
});

interface Issued {
  readonly id: string;
  readonly token: string;
}
const published = async (more: object = {}): Promise<Issued> => {
  const form = { name: 'Contact page', source: { campaign: 'spring' }, origins: [page], honeypot: 'website' };
  const { status, body } = await app.post('/web-forms', { ...form, perMinute: 100, ...more });
  expect(status).toBe(201);
  return body as unknown as Issued;
};
const submit = ({ id, token }: Issued, body: object, headers: Record<string, string> = {}) =>
  app.post(`/web-forms/${id}/submissions`, body, { 'x-form-token': token, ...headers });
const has = (type: string, data: object) =>
  until(() => arrived.some((event) => event.type === type && matches(event.data, data)));
const matches = (data: object, wanted: object) => {
  try {
    expect(data).toMatchObject(wanted);
    return true;
  } catch {
    return false;
  }
};
const senders = async ({ id }: Issued) =>
  ((await app.get(`/web-forms/${id}/submissions`)).body as unknown as { items: { sender: object | null }[] }).items;

describe('what a visitor sends', () => {
  it('makes a lead of a stranger, which subscribers are sent', async () => {
    const form = await published();
    const { status, body } = await submit(form, visitor, site);
    expect([status, Object.keys(body)]).toEqual([202, ['submissionId']]);
    await has('LeadCaptured', {
      source: { channel: 'web', campaign: 'spring' },
      details: { personName: 'Visitor', email: 'visitor@elsewhere.example', message: 'How much is a sieve?' },
    });
    await until(async () => Boolean((await senders(form))[0]?.sender));
    expect(await senders(form)).toMatchObject([{ sender: { kind: 'lead' } }]);
  });

  it.each([
    ['e-mail address of a contact', { email: 'CLEO@mill.example' }, 1],
    ['telephone number', { email: 'private@elsewhere.example', phone: '0049 30 765432' }, 0],
    ['domain', { email: 'somebody.new@known.example' }, 0],
  ])('is an interaction with the customer who has the same %s, and has a task follow', async (what, keys, contacts) => {
    const form = await published();
    const { id: customerId } = await app.done('/customers', {
      kind: 'org',
      name: `Known by ${what}`,
      ownerId: ada,
      ...(what === 'domain' && { domain: 'known.example' }),
      ...(what === 'telephone number' && { phone: '+49 30 765432' }),
    });
    const channels = [{ kind: 'email', value: 'cleo@mill.example' }];
    if (contacts > 0) await app.done(`/customers/${customerId}/contacts`, { name: 'Cleo', channels });
    await submit(form, { ...visitor, ...keys, message: `known by ${what}` }, site);
    await has('InteractionLogged', { customerId, channel: 'web', direction: 'inbound', ownerId: ada });
    await has('TaskCreated', { customerId, assigneeId: ada, kind: 'follow_up' });
    const logged = arrived.findLast(({ type }) => type === 'InteractionLogged')!;
    expect(logged.data['contactIds']).toHaveLength(contacts);
    expect(logged.data['summary']).toContain(`known by ${what}`);
  });

  it('is an interaction with the one that has the address, where another has the number and the domain', async () => {
    const form = await published();
    const customer = { kind: 'org', phone: '+49 30 555555', domain: 'both.example' };
    await app.done('/customers', { ...customer, name: 'Number and domain' });
    const { id: customerId } = await app.done('/customers', { kind: 'org', name: 'Address' });
    const channels = [{ kind: 'email', value: 'emil@both.example' }];
    await app.done(`/customers/${customerId}/contacts`, { name: 'Emil', channels });
    await submit(form, { ...visitor, email: 'emil@both.example', phone: '+4930555555' });
    await until(async () => Boolean((await senders(form))[0]?.sender));
    expect(await senders(form)).toMatchObject([{ sender: { kind: 'customer', customerId } }]);
  });

  it('is a lead where only the name of the company is that of a customer', async () => {
    await app.done('/customers', { kind: 'org', name: 'Same name' });
    const form = await published();
    await submit(form, { ...visitor, companyName: 'Same name', email: 'other@same-name.example' });
    await has('LeadCaptured', { details: { companyName: 'Same name' } });
  });

  it('is recorded once under the id that the page gave it, and never as something else', async () => {
    const form = await published();
    const body = { ...visitor, submissionId: nowhere };
    expect(await submit(form, body)).toMatchObject({ status: 202, body: { submissionId: nowhere } });
    expect(await submit(form, body)).toMatchObject({ status: 202, body: { submissionId: nowhere } });
    expect(await submit(form, { ...body, message: 'Another one' })).toMatchObject({
      status: 409,
      body: { code: 'submission-exists' },
    });
    const key = { 'idempotency-key': 'the-same' };
    const answers = [await submit(form, visitor, key), await submit(form, visitor, key)];
    expect(answers[0]!.body).toEqual(answers[1]!.body);
    await until(async () => (await senders(form)).length === 2);
    // The id of another form's submission is its own.
    expect((await submit(await published(), { ...body, message: 'Another one' })).status).toBe(202);
  });

  it('is recorded nowhere where the hidden field is filled, and answered like the others', async () => {
    const form = await published();
    const trapped = await submit(form, { ...visitor, website: 'https://spam.example' }, site);
    expect([trapped.status, Object.keys(trapped.body)]).toEqual([202, ['submissionId']]);
    const { status } = await submit(form, { ...visitor, website: '' }, site);
    expect(status).toBe(202);
    await until(async () => (await senders(form)).length > 0);
    expect(await senders(form)).toHaveLength(1);
    expect((await app.get('/metrics')).body['text']).toContain('annals_web_form_trapped_total 1');
  });
});

describe('the token of a form', () => {
  it('is shown once, and stands in no answer, list or history', async () => {
    const form = { name: 'Once', source: {}, origins: [], honeypot: 'website', perMinute: 5 };
    const key = { 'idempotency-key': 'publish-once' };
    const first = await app.post('/web-forms', form, key);
    const again = await app.post('/web-forms', form, key);
    expect(first.body['token']).toEqual(expect.stringMatching(/^[\w-]{43}$/));
    expect(again).toMatchObject({ status: 201, body: { id: first.body['id'], token: null } });
    const shown = await Promise.all(
      ['', `/${String(first.body['id'])}`, `/${String(first.body['id'])}/history`].map((path) =>
        app.get(`/web-forms${path}`),
      ),
    );
    expect(JSON.stringify(shown)).not.toContain(first.body['token']);
    expect(JSON.stringify(shown.slice(0, 2))).not.toContain('tokenHash');
  });

  it('is asked for, and good for this form only', async () => {
    const [one, other] = [await published(), await published()];
    for (const headers of [{}, { 'x-form-token': '' }, { 'x-form-token': other.token }]) {
      const refused = await app.post(`/web-forms/${one.id}/submissions`, visitor, headers as Record<string, string>);
      expect(refused).toMatchObject({ status: 403, body: { code: 'token-wrong' } });
    }
  });

  it('is good for nothing once the form is revoked', async () => {
    const form = await published();
    await app.done(`/web-forms/${form.id}/revoke`);
    expect(await submit(form, visitor)).toMatchObject({ status: 422, body: { code: 'web-form-revoked' } });
  });
});

describe('what is refused', () => {
  it('is another field than those of the form, and whatever is wrong with them', async () => {
    const form = await published();
    expect(await submit(form, { ...visitor, isAdmin: 'yes' })).toMatchObject({
      status: 400,
      body: { code: 'validation-failed', errors: [{ field: 'isAdmin' }] },
    });
    const wrong = await submit(form, { email: 'none', message: 'Hello' });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'personName' }, { field: 'email' }] } });
  });

  it('is a body beyond 64 KiB', async () => {
    const form = await published();
    expect((await submit(form, { ...visitor, message: 'x'.repeat(70_000) })).status).toBe(413);
  });

  it('is a page of another origin, also where it only asks', async () => {
    const form = await published();
    const url = `/web-forms/${form.id}/submissions`;
    const foreign = { origin: 'https://www.other.example' };
    expect(await submit(form, visitor, foreign)).toMatchObject({ status: 403, body: { code: 'origin-foreign' } });
    expect((await app.request('OPTIONS', url, undefined, foreign)).status).toBe(403);
    const asked = await app.request('OPTIONS', url, undefined, site);
    expect(asked).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': page, 'access-control-allow-methods': 'POST', vary: 'origin' },
    });
    expect(asked.headers['access-control-allow-headers']).toContain('x-form-token');
    for (const body of [visitor, { personName: 1 }]) {
      const { headers } = await submit(form, body, site);
      expect(headers['access-control-allow-origin']).toBe(page);
    }
    expect(await app.post(`/web-forms/${form.id}/revoke`, {}, site)).toMatchObject({ status: 403 });
  });

  it('is a form that is not there', async () => {
    expect(await submit({ id: nowhere, token: 'none' }, visitor, site)).toMatchObject({
      status: 404,
      body: { code: 'web-form-unknown' },
    });
  });

  it('is an address that sends too often; others go on', async () => {
    const form = await published({ perMinute: 2 });
    const from = (address: string) => submit(form, visitor, { 'x-forwarded-for': address });
    expect((await from('203.0.113.1')).status).toBe(202);
    expect((await from('203.0.113.1')).status).toBe(202);
    const refused = await from('203.0.113.1');
    expect(refused).toMatchObject({ status: 429, body: { code: 'submissions-too-many' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await from('203.0.113.2')).status).toBe(202);
  });
});
