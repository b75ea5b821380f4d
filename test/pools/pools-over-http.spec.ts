import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commonPools } from '../../libs/pools/events.js';
import { addDays } from '../../libs/time.js';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { until } from '../support/until.js';

const clock = new TestClock('2026-01-05T09:00:00.000Z');
let app: TestApp;
let unit: string;
const sellers: string[] = [];

beforeAll(async () => {
  app = await TestApp.start({ clock });
  unit = (await app.done('/org-units', { name: 'Sales', kind: 'company', level: 'senior' })).id;
  const { id: teamId } = await app.done('/org-units', {
    name: 'South',
    kind: 'team',
    level: 'front_line',
    parentId: unit,
  });
  for (const name of ['Ada', 'Lin', 'Kim', 'Noa']) {
    const { id: positionId } = await app.done('/positions', { title: `Seller ${name}`, orgUnitId: teamId });
    if (name === 'Noa') await app.done(`/positions/${positionId}/customer-cap`, { cap: { max: 2 } });
    sellers.push((await app.done('/employees', { name, positionId })).id);
  }
});
afterAll(() => app.stop());

const names = Array.from({ length: 1_000 }, (_, index) => `Customer ${index}`);
const customer = async (ownerId: string | null = null): Promise<string> =>
  (await app.done('/customers', { name: names.pop(), kind: 'org', ...(ownerId && { ownerId }) })).id;
const profile = async (id: string, query = '') =>
  (await app.get(`/customers/${id}${query}`)).body as unknown as Record<string, never>;
const recycling = async (id: string) =>
  (await profile(id))['recycling'] as { readonly warnedAt: readonly string[] } | null | undefined;
const listed = async (query: string) =>
  ((await app.get(`/customers?${query}`)).body as unknown as { items: { customerId: string }[] }).items.map(
    ({ customerId }) => customerId,
  );
async function pool(name: string, rules: object, members: object = { orgUnitIds: [unit] }): Promise<string> {
  const { id } = await app.done('/pools', { name, kind: 'customer' });
  await app.done(`/pools/${id}/members`, { members });
  await app.done(`/pools/${id}/rules`, rules);
  return id;
}

describe('a pool over HTTP', () => {
  it('is there from the start for what nobody owns, and by its name', async () => {
    const { items } = (await app.get('/pools')).body as unknown as { items: { poolId: string }[] };
    expect(items.map(({ poolId }) => poolId)).toEqual([commonPools.customer, commonPools.lead]);
    const id = await customer();
    const { position } = await app.done(`/customers/${id}/tags`, { tag: 'fair' });
    expect(await listed(`pool=${commonPools.customer}&tag=fair&after=${position}`)).toEqual([id]);
    expect(await profile(id)).toMatchObject({ poolId: commonPools.customer, owner: null });
  });

  it('says all that is wrong with its rules, its people, and its end', async () => {
    const { id } = await app.done('/pools', { name: 'North', kind: 'customer' });
    const rules = (body: object) => app.post(`/pools/${id}/rules`, body);
    expect((await rules({})).body).toMatchObject({ code: 'members-required' });
    expect((await rules({ zone: 'Mars/Base', assignMode: 'admin' })).body).toMatchObject({ code: 'zone-unknown' });
    const recycling = [{ name: 'quiet', conditions: [{ when: 'no-follow-up', days: 7 }] }];
    expect((await rules({ assignMode: 'admin', recycling, remindBeforeDays: [7] })).body).toMatchObject({
      code: 'remind-too-early',
      rules: ['quiet'],
    });
    expect((await rules({ assignMode: 'admin', from: '2026-01-04' })).body).toMatchObject({ code: 'day-in-the-past' });
    const unknown = '01970000-0000-7000-8000-000000000999';
    expect(
      (await app.post(`/pools/${id}/members`, { members: { orgUnitIds: [unknown], employeeIds: [unknown] } })).body,
    ).toMatchObject({ code: 'reference-unknown', unknown: [{ id: unknown }, { id: unknown }] });
    expect((await app.post('/pools', { name: 'north', kind: 'lead' })).body).toMatchObject({ code: 'pool-name-taken' });
    expect((await app.post(`/pools/${unknown}/enable`)).status).toBe(404);
    expect((await app.post(`/pools/${commonPools.customer}/close`, {})).body).toMatchObject({ code: 'pool-common' });
  });

  it('trap 1: gives a customer to one of many that claim it at the same moment', async () => {
    const id = await customer();
    const claims = Array.from({ length: 30 }, (_, index) =>
      app.post(`/customers/${id}/claim`, { employeeId: sellers[index % 3] }),
    );
    const answers = await Promise.all(claims);
    const won = answers.filter(({ status }) => status === 200);
    // The one who was first may have asked several times.
    const codes = new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body['code']));
    expect([won.length, codes]).toEqual([10, new Set(['pool-entry-taken'])]);
    const { entries } = (await app.get(`/customers/${id}/history`)).body as unknown as { entries: { type: string }[] };
    expect(entries.map(({ type }) => type)).toEqual(['CustomerRegistered', 'CustomerClaimed', 'CustomerOwnerAssigned']);
  });

  it('trap 2: counts the claims of a day, whatever is given back, until the next one in its zone', async () => {
    const poolId = await pool('Limited', { zone: 'Asia/Tokyo', claim: { dailyLimit: 2 } });
    const ids: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      const id = await customer(sellers[1]);
      await app.done(`/customers/${id}/release`, { poolId, reason: 'too many' });
      ids.push(id);
    }
    const claim = (index: number) => app.post(`/customers/${ids[index]}/claim`, { employeeId: sellers[0] });
    expect((await claim(0)).status).toBe(200);
    await app.done(`/customers/${ids[0]}/release`, { poolId, reason: 'not mine' });
    expect((await Promise.all([claim(1), claim(2), claim(3)])).map(({ status }) => status).sort()).toEqual([
      200, 422, 422,
    ]);
    expect((await claim(3)).body).toMatchObject({ code: 'daily-claim-limit', limit: 2, claimed: 2, remaining: 0 });
    clock.time = '2026-01-05T15:00:00.000Z';
    // What a supervisor hands out counts for nobody.
    await app.done(`/customers/${ids[0]}/owner`, { ownerId: sellers[0] });
    expect((await claim(3)).status).toBe(200);
  });

  it('trap 6: nobody claims more than they may hold, one by one or at once', async () => {
    const [noa] = sellers.slice(3);
    const ids = [await customer(), await customer(), await customer()];
    const batch = (mode: string) => app.post('/claims', { employeeId: noa, customerIds: ids, mode });
    expect((await batch('all')).body).toMatchObject({ code: 'holding-limit-exceeded', cap: 2, held: 0, remaining: 2 });
    expect((await batch('partial')).body).toMatchObject({
      claimed: 2,
      items: [{ outcome: 'claimed' }, { outcome: 'claimed' }, { outcome: 'holding-limit-exceeded' }],
    });
    expect((await app.post(`/customers/${ids[2]}/owner`, { ownerId: noa })).body).toMatchObject({
      code: 'holding-limit-exceeded',
    });
    expect((await app.post('/claims', { employeeId: noa, customerIds: [ids[0], ids[0]] })).status).toBe(400);
  });

  it('hides what is hidden until somebody claims', async () => {
    const poolId = await pool('Hiding', { hiddenFields: ['phone', 'contacts'] });
    const { id } = await app.done('/customers', {
      name: 'Shy',
      kind: 'org',
      phone: '+49 30 123456',
      ownerId: sellers[1],
    });
    await app.done(`/customers/${id}/contacts`, {
      name: 'Person',
      role: 'user',
      channels: [{ kind: 'email', value: 'a@b.example' }],
    });
    const { position } = await app.done(`/customers/${id}/release`, { poolId, reason: 'quiet' });
    const contacts = async (after: number) =>
      ((await app.get(`/contacts?customer=${id}&after=${after}`)).body as unknown as { items: object[] }).items;
    await listed(`pool=${poolId}&after=${position}`);
    expect(await profile(id, `?after=${position}`)).toMatchObject({
      details: { phone: null, name: 'Shy' },
      contacts: [],
      hidden: ['phone', 'contacts'],
    });
    expect(await contacts(position)).toEqual([]);
    const claimed = await app.done(`/customers/${id}/claim`, { employeeId: sellers[0] });
    await listed(`after=${claimed.position}`);
    expect(await profile(id, `?after=${claimed.position}`)).toMatchObject({
      details: { phone: '+4930123456' },
      contacts: [{ name: 'Person' }],
      hidden: [],
    });
    expect(await contacts(claimed.position)).toHaveLength(1);
  });
});

describe('recycling', () => {
  it('warns, then puts the customer back, by the clock; a pool that is given up sends what lies in it on', async () => {
    const poolId = await pool('Recycling', {
      priority: 1,
      recycling: [{ name: 'quiet', conditions: [{ when: 'no-follow-up', days: 30 }] }],
      remindBeforeDays: [7],
    });
    const start = clock.now();
    const id = await customer(sellers[2]);
    await until(async () => Boolean(await recycling(id)));
    expect(await profile(id)).toMatchObject({
      recycling: { poolId, rule: 'quiet', dueAt: addDays(start, 30), nextAt: addDays(start, 23), warnedAt: [] },
    });
    clock.time = addDays(start, 24);
    await until(async () => (await recycling(id))?.warnedAt.length === 1);
    clock.time = addDays(start, 32);
    await until(async () => (await profile(id))['poolId'] === poolId);
    expect(await profile(id)).toMatchObject({
      owner: null,
      recycling: null,
      previousOwners: [{ owner: { employeeId: sellers[2] } }],
    });
    // Who owned it, and which rule put it into the pool, on both axes.
    expect(await profile(id, `?asOf=${addDays(start, 25)}`)).toMatchObject({
      poolId: null,
      owner: { employeeId: sellers[2] },
    });
    const { entries } = (await app.get(`/customers/${id}/history`)).body as unknown as {
      entries: { type: string; data: object }[];
    };
    expect(entries.filter(({ type }) => type === 'CustomerRecycled')).toMatchObject([
      { data: { plan: { poolId, poolVersion: 1, rule: 'quiet' }, evidence: { ownerSince: start } } },
    ]);
    expect((await app.post(`/pools/${poolId}/close`)).body).toMatchObject({ code: 'pool-not-empty' });
    await app.done(`/pools/${poolId}/close`, { targetPoolId: commonPools.customer });
    await until(async () => (await profile(id))['poolId'] === commonPools.customer);
    expect((await app.get(`/pools/${poolId}`)).body).toMatchObject({ status: 'closed' });
  });

  it('can be tried on what happened, and nothing comes of it', async () => {
    const before = clock.now();
    const id = await customer(sellers[2]);
    clock.time = addDays(before, 50);
    const tried = (days: number, more: object = {}) =>
      app.post('/what-if/pool-rule', {
        recycling: [{ name: 'quiet', conditions: [{ when: 'no-follow-up', days }], ...more }],
        remindBeforeDays: [7],
        members: { employeeIds: [sellers[2]] },
        limit: 500,
      });
    const { body } = await tried(30);
    const told = body as unknown as {
      customers: { customerId: string }[];
      totals: { customers: number; kept: number };
    };
    expect(told.customers.find(({ customerId }) => customerId === id)).toMatchObject({
      outcome: 'recycled',
      warnings: [{ at: addDays(before, 23), daysBefore: 7 }],
      recycled: [{ at: addDays(before, 30), ownerId: sellers[2], rule: 'quiet', evidence: { ownerSince: before } }],
    });
    const later = (await tried(365)).body as unknown as typeof told;
    expect([later.customers.some(({ customerId }) => customerId === id), later.totals.customers]).toEqual([
      false,
      told.totals.customers,
    ]);
    expect(await profile(id)).toMatchObject({ owner: { employeeId: sellers[2] }, poolId: null });
    expect((await tried(7)).body).toMatchObject({ code: 'remind-too-early', status: 422 });
    const calendarId = '01970000-0000-7000-8000-000000000999';
    expect((await tried(30, { calendarId })).body).toMatchObject({ code: 'calendar-unknown', status: 404 });
  });
});
