import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { until } from '../support/until.js';
import { policy } from './samples.js';

const { version: _, ...body } = policy;
const clock = new TestClock('2026-01-05T09:00:00.000Z');
let app: TestApp;
let orgUnitId: string;
let early: string;

beforeAll(async () => {
  app = await TestApp.start({ clock });
  orgUnitId = (await app.done('/org-units', { name: 'Sales', kind: 'company', level: 'senior' })).id;
});
afterAll(() => app.stop());

type Page = Record<string, unknown>;
const euros = (amount: number) => ({ amount: { amount: amount * 100, currency: 'EUR' } });
const register = async (name: string) => (await app.done('/customers', { kind: 'org', name })).id;
const read = async (id: string, query = '') => (await app.get(`/customers/${id}${query}`)).body as Page;
const once = async (id: string, shows: (customer: Page) => boolean): Promise<Page> => {
  await until(async () => shows(await read(id)));
  return read(id);
};
const historyOf = async (id: string) =>
  (
    (await app.get(`/customers/${id}/history?limit=500`)).body as unknown as { entries: { type: string }[] }
  ).entries.filter(({ type }) => type.startsWith('CustomerTier'));

describe('before a policy is published', () => {
  it('there is none to be read, and none to evaluate by', async () => {
    expect((await app.get('/tier-policies')).body).toEqual({ items: [] });
    const id = await register('Too early');
    early = id;
    await app.done(`/customers/${id}/purchases`, euros(1_000));
    expect(await app.post(`/customers/${id}/tier/evaluate`)).toMatchObject({
      status: 422,
      body: { code: 'tier-policy-missing' },
    });
  });
});

describe('a policy', () => {
  it('is refused with all that is wrong, published, and read with its versions', async () => {
    const wrong = { ...body, routing: [{ tier: 'important', orgUnitId: '01970000-0000-7000-8000-00000000dead' }] };
    expect(await app.post('/tier-policies', wrong)).toMatchObject({
      status: 422,
      body: { code: 'tier-policy-invalid', unmet: [{ code: 'unit-unusable', field: 'routing.0.orgUnitId' }] },
    });
    const routing = [{ tier: 'important', orgUnitId, oneToOne: true }];
    const { id, revision, position } = await app.done('/tier-policies', { ...body, routing });
    expect(await app.done('/tier-policies', { ...body, routing })).toMatchObject({ id, revision });
    expect((await app.get(`/tier-policies/${id}?after=${position}`)).body).toMatchObject({
      version: 1,
      versions: [{ version: 1, routing: [{ tier: 'important', orgUnitId, positionId: null, oneToOne: true }] }],
    });
    expect((await app.get(`/tier-policies/${id}?asOf=2026-01-01T00:00:00Z`)).body).toMatchObject({
      code: 'tier-policy-unknown',
    });
  });
});

describe('a customer', () => {
  it('that was there before the policy is evaluated when it is published', async () => {
    expect(await once(early, ({ tier }) => tier !== 'ordinary')).toMatchObject({
      tier: 'potential',
      servicePlan: 'a call each quarter',
    });
  });

  it('comes higher by what it buys, lower with time, and is watched by the clock meanwhile', async () => {
    const id = await register('North Mill');
    await app.done(`/customers/${id}/purchases`, euros(5_000));
    const high = await once(id, ({ tier }) => tier === 'important');
    expect(high).toMatchObject({
      tierSince: clock.time,
      tierBecause: { policyVersion: 1, overriddenUntil: null, downgradeDueAt: null },
      servicePlan: 'a person of its own',
    });
    clock.time = '2026-02-10T09:00:00.000Z';
    await app.done(`/customers/${id}/purchases`, euros(1));
    // Looked at because of the first purchase, which the second one has made a matter of the past.
    clock.time = '2026-05-05T00:00:00.000Z';
    await until(async () => (await historyOf(id)).some(({ type }) => type === 'CustomerTierEvaluated'));
    expect(await read(id)).toMatchObject({ tier: 'important' });
    clock.time = '2026-06-14T00:00:00.000Z';
    const due = await once(id, ({ tierBecause }) => (tierBecause as Page)['downgradeDueAt'] !== null);
    expect(due).toMatchObject({ tier: 'important', tierBecause: { downgradeDueAt: '2026-06-28T00:00:00.000Z' } });
    clock.time = '2026-06-28T00:00:00.000Z';
    expect(await once(id, ({ tier }) => tier === 'potential')).toMatchObject({ servicePlan: 'a call each quarter' });
    expect((await historyOf(id)).map(({ type }) => type)).toEqual([
      'CustomerTierUpgraded',
      'CustomerTierEvaluated',
      'CustomerTierDowngradeDue',
      'CustomerTierDowngraded',
    ]);
    expect((await app.get('/customers?tier=potential')).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ customerId: id })]),
    });
    const before = await read(id, '?asOf=2026-05-06T00:00:00Z');
    expect(before).toMatchObject({ tier: 'important', servicePlan: 'a person of its own' });
    const { items } = (await app.get(`/customers/${id}/timeline`)).body as unknown as { items: Page[] };
    expect(items.filter(({ kind }) => kind === 'tier').map(({ title }) => title)).toEqual([
      'important → potential',
      'important, soon potential',
      'ordinary → important',
    ]);
  });

  it('has what was set by hand until its end, and then what the policy gives', async () => {
    const id = await register('By hand');
    const set = { tier: 'important', reason: 'asked for by the board' };
    expect(await app.post(`/customers/${id}/tier`, { ...set, until: clock.time })).toMatchObject({
      body: { code: 'tier-until-past' },
    });
    await app.done(`/customers/${id}/tier`, { ...set, until: '2026-07-15T00:00:00Z' });
    await app.done(`/customers/${id}/purchases`, euros(1_500));
    expect(await once(id, ({ purchases }) => purchases === 1)).toMatchObject({
      tier: 'important',
      tierBecause: { overriddenUntil: '2026-07-15T00:00:00.000Z' },
    });
    clock.time = '2026-07-15T00:00:00.000Z';
    expect(await once(id, ({ tier }) => tier === 'potential')).toMatchObject({ tierBecause: { policyVersion: 1 } });
    expect((await historyOf(id)).map(({ type }) => type)).toEqual([
      'CustomerTierOverridden',
      'CustomerTierOverrideExpired',
      'CustomerTierUpgraded',
    ]);
  });

  it('is told since when a purchase would have led to its tier, where that was reported late', async () => {
    const id = await register('Reported late');
    const occurredAt = clock.time;
    clock.time = '2026-07-25T09:00:00.000Z';
    await app.done(`/customers/${id}/purchases`, { ...euros(5_000), occurredAt });
    expect(await once(id, ({ tier }) => tier !== 'ordinary')).toMatchObject({
      tier: 'important',
      tierSince: clock.time,
    });
    expect(await historyOf(id)).toMatchObject([{ data: { retroactive: { since: occurredAt } } }]);
  });

  it('is evaluated by hand, which records nothing where nothing changes', async () => {
    const id = await register('Asked for');
    const { revision } = await app.done(`/customers/${id}/tier/evaluate`);
    expect(revision).toBe(0);
    expect(await app.post('/customers/01970000-0000-7000-8000-00000000dead/tier/evaluate')).toMatchObject({
      status: 404,
    });
  });
});
