import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { until } from '../support/until.js';

const clock = new TestClock('2026-01-05T09:00:00.000Z');
let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ clock });
});
afterAll(() => app.stop());

const fields = [
  { field: 'taxId', level: 'required', weight: 3 },
  { field: 'region', level: 'required', weight: 1 },
  { field: 'contact-email', level: 'required', weight: 2 },
  { field: 'source', weight: 2 },
];
const policy = { rules: [{ kind: 'org', fields }] };
const read = async (id: string, query = '') => (await app.get(`/customers/${id}${query}`)).body['completeness'];
const rows = async (query: string) => (await app.get(`/reports/data-quality?${query}`)).body['rows'];

describe('before a policy is published', () => {
  it('there is none, and customers are measured by seven fields', async () => {
    expect((await app.get('/key-field-policies')).body).toEqual({ items: [] });
    const { id, position } = await app.done('/customers', { kind: 'org', name: 'Before', region: 'north' });
    expect(await read(id, `?after=${position}`)).toEqual({
      percent: 14,
      missing: ['taxId', 'domain', 'phone', 'sector', 'source', 'employees'],
      required: [],
      policyVersion: null,
    });
  });
});

describe('a policy', () => {
  it('is refused with all that is wrong, published once, and read with its versions', async () => {
    expect(await app.post('/key-field-policies', { rules: [...policy.rules, ...policy.rules] })).toMatchObject({
      status: 422,
      body: { code: 'key-field-policy-invalid', unmet: [{ code: 'rule-unreachable', field: 'rules.1' }] },
    });
    const { id, revision, position } = await app.done('/key-field-policies', policy);
    expect(await app.done('/key-field-policies', policy)).toMatchObject({ id, revision });
    expect((await app.get(`/key-field-policies/${id}?after=${position}`)).body).toMatchObject({
      version: 1,
      versions: [{ version: 1, refuseWithoutRequired: false, publishedAt: clock.time }],
    });
  });

  it('measures customers from its moment on, and not before', async () => {
    const { id } = await app.done('/customers', { kind: 'org', name: 'Measured', region: 'north' });
    clock.time = '2026-01-06T09:00:00.000Z';
    await app.done(`/customers/${id}/contacts`, {
      name: 'Ottilie',
      channels: [{ kind: 'email', value: 'ottilie@form.example' }],
    });
    clock.time = '2026-01-07T09:00:00.000Z';
    const { position } = await app.done('/key-field-policies', {
      rules: [{ kind: 'org', fields: [{ field: 'region' }] }],
    });
    expect(await read(id, `?after=${position}`)).toMatchObject({ percent: 100, policyVersion: 2 });
    expect(await read(id, '?asOf=2026-01-06T23:00:00Z')).toEqual({
      percent: 37,
      missing: ['taxId', 'source'],
      required: ['taxId'],
      policyVersion: 1,
    });
    expect(await read(id, '?asOf=2026-01-05T23:00:00Z')).toMatchObject({
      percent: 12,
      required: ['taxId', 'contact-email'],
    });
  });

  it('is what the report counts by, at the moment that is asked about', async () => {
    await app.done('/customers', { kind: 'person', name: 'Somebody' });
    const { position } = await app.done('/customers', { kind: 'org', name: 'Anywhere' });
    const today = await rows(`after=${position}`);
    expect(today).toMatchObject([
      { owner: null, customers: 4, completeness: 0.75, complete: 3, lacking: 0, missingRegion: 1 },
    ]);
    expect(await rows('asOf=2026-01-06T23:00:00Z&by=kind')).toEqual([
      expect.objectContaining({
        kind: 'org',
        customers: 2,
        completeness: (1 / 8 + 3 / 8) / 2,
        complete: 0,
        lacking: 2,
        lackingShare: 1,
        missingTaxId: 2,
        missingRegion: 0,
        missingContactEmail: 1,
        missingDomain: 0,
      }),
    ]);
  });
});

describe('a policy that refuses', () => {
  it('names all required fields that a registration lacks, contacts left out', async () => {
    await app.done('/key-field-policies', { ...policy, refuseWithoutRequired: true });
    const register = (body: object) => app.post('/customers', { kind: 'org', name: 'New', ...body });
    expect(await register({})).toMatchObject({
      status: 422,
      body: { code: 'key-fields-missing', fields: ['taxId', 'region'], policyVersion: 3 },
    });
    expect(await register({ taxId: 'T 1' })).toMatchObject({ status: 422, body: { fields: ['region'] } });
    expect(await register({ taxId: 'T 1', region: 'north' })).toMatchObject({ status: 201 });
    expect(await app.post('/customers', { kind: 'person', name: 'No rule fits' })).toMatchObject({ status: 201 });
  });

  it('does not stop what the program registers itself: a lead that is converted', async () => {
    const { id: orgUnitId } = await app.done('/org-units', { name: 'Sales', kind: 'company', level: 'senior' });
    const { id: positionId } = await app.done('/positions', { title: 'Seller', orgUnitId });
    const { id: ownerId } = await app.done('/employees', { name: 'Ada', positionId });
    const source = { channel: 'web' };
    const { id } = await app.done('/leads', { source, details: { companyName: 'Of a lead', personName: 'Asks' } });
    await app.done(`/leads/${id}/owner`, { ownerId });
    await app.done(`/leads/${id}/contact`, { channel: 'call', summary: 'Interested' });
    await app.done(`/leads/${id}/qualify`, {});
    const { position } = await app.done(`/leads/${id}/convert`, {});
    const lead = (await app.get(`/leads/${id}?after=${position}`)).body as { conversion?: { customerId: string } };
    const { customerId } = lead.conversion!;
    await until(async () => (await app.get(`/customers/${customerId}`)).status === 200);
    expect(await read(customerId)).toMatchObject({ percent: 25, required: ['taxId', 'region', 'contact-email'] });
  });
});
