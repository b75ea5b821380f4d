import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commonPools } from '../../libs/pools/events.js';
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
  const { id: positionId } = await app.done('/positions', { title: 'Seller', orgUnitId: unit, headcount: 5 });
  for (const name of ['Ada', 'Lin', 'Kim']) sellers.push((await app.done('/employees', { name, positionId })).id);
});
afterAll(() => app.stop());

const lead = async (more: object = {}): Promise<string> =>
  (await app.done('/leads', { source: { channel: 'web' }, details: { personName: 'Somebody' }, ...more })).id;
async function pool(name: string, rules: object): Promise<string> {
  const { id } = await app.done('/pools', { name, kind: 'lead' });
  await app.done(`/pools/${id}/members`, { members: { orgUnitIds: [unit] } });
  await app.done(`/pools/${id}/rules`, rules);
  return id;
}
const claim = (leadId: string, seller: number) => app.post(`/leads/${leadId}/claim`, { employeeId: sellers[seller] });
const put = (leadId: string, poolId?: string) => app.done(`/leads/${leadId}/return`, { poolId, reason: 'no time' });
const read = async (leadId: string, position = 0) =>
  (await app.get(`/leads/${leadId}?after=${position}`)).body as unknown as Record<string, unknown>;
const listed = async (poolId: string) =>
  ((await app.get(`/leads?pool=${poolId}&sort=captured`)).body as unknown as { items: { leadId: string }[] }).items.map(
    ({ leadId }) => leadId,
  );

describe('a pool of leads', () => {
  it('has what nobody answers for, from the start, and one owner or one pool for each', async () => {
    const [owned, free] = [await lead({ ownerId: sellers[0] }), await lead()];
    await until(async () => (await listed(commonPools.lead)).includes(free));
    expect(await read(free)).toMatchObject({ ownerId: null, poolId: commonPools.lead });
    expect(await read(owned)).toMatchObject({ ownerId: sellers[0], poolId: null });
    expect((await claim(free, 1)).status).toBe(200);
    await until(async () => !(await listed(commonPools.lead)).includes(free));
    expect(await read(free)).toMatchObject({ ownerId: sellers[1], poolId: null, status: 'assigned' });
    expect(await claim(free, 1)).toMatchObject({ status: 200 });
    expect(await claim(free, 2)).toMatchObject({ status: 409, body: { code: 'pool-entry-taken' } });
    expect(await claim(owned, 2)).toMatchObject({ status: 409, body: { code: 'lead-owned' } });
  });

  it('counts claims of a day, keeps back former owners and what came in, and says all of it at once', async () => {
    const poolId = await pool('Fair', { claim: { dailyLimit: 2, cooldownDays: 10, cooldownFor: 'last', holdDays: 1 } });
    const [one, two, three] = [
      await lead({ ownerId: sellers[0] }),
      await lead({ ownerId: sellers[0] }),
      await lead({ ownerId: sellers[0] }),
    ];
    for (const id of [one, two, three]) await put(id, poolId);
    expect(await claim(one, 0)).toMatchObject({
      status: 422,
      body: { unmet: [{ code: 'not-yet-claimable' }, { code: 'previous-owner-cooldown' }] },
    });
    clock.time = '2026-01-06T10:00:00.000Z';
    expect((await claim(one, 1)).status).toBe(200);
    // What is given back gives back no claim.
    await put(one, poolId);
    expect((await claim(two, 1)).status).toBe(200);
    expect(await claim(three, 1)).toMatchObject({ body: { code: 'daily-claim-limit', limit: 2, claimed: 2 } });
    expect((await claim(three, 2)).status).toBe(200);
  });

  it('hides what its rules say until somebody claims', async () => {
    const poolId = await pool('Hidden', { hiddenFields: ['contacts'] });
    const details = {
      personName: 'Somebody',
      email: 'somebody@lead.example',
      phone: '+431234567',
      domain: 'lead.example',
    };
    const id = await lead({ details, ownerId: sellers[0] });
    const { position } = await put(id, poolId);
    const hidden = { details: { email: null, phone: null, domain: 'lead.example' }, hidden: ['contacts'] };
    expect(await read(id, position)).toMatchObject(hidden);
    const { items } = (await app.get(`/leads?pool=${poolId}`)).body as unknown as { items: object[] };
    expect(items).toMatchObject([hidden]);
    await app.done(`/leads/${id}/claim`, { employeeId: sellers[1] });
    await until(async () => (await read(id))['ownerId'] === sellers[1]);
    expect(await read(id)).toMatchObject({ details: { email: 'somebody@lead.example' }, hidden: [] });
  });

  it('is claimed from by one of many that come at once', async () => {
    const leads = await Promise.all(Array.from({ length: 10 }, () => lead()));
    for (const id of leads) {
      const answers = await Promise.all([claim(id, 0), claim(id, 1), claim(id, 2)]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    }
  });

  it('takes leads only, by rules that are for leads, and is emptied into another one when it is closed', async () => {
    const [poolId, other] = [await pool('Old', {}), await pool('New', {})];
    const { id: ofCustomers } = await app.done('/pools', { name: 'Customers', kind: 'customer' });
    const id = await lead({ ownerId: sellers[0] });
    expect(await app.post(`/leads/${id}/return`, { poolId: ofCustomers, reason: 'no time' })).toMatchObject({
      status: 422,
      body: { code: 'pool-of-customers' },
    });
    const wrong = { claim: { mostHeld: 3 }, holding: { locks: 1 }, hiddenFields: ['taxId'] };
    expect(await app.post(`/pools/${poolId}/rules`, wrong)).toMatchObject({
      body: { code: 'rule-of-customers', fields: ['claim.mostHeld', 'holding.locks', 'hiddenFields'] },
    });
    await put(id, poolId);
    expect(await app.post(`/leads/${id}/return`, { reason: 'again' })).toMatchObject({
      body: { code: 'lead-in-pool' },
    });
    expect(await app.post(`/pools/${poolId}/close`, {})).toMatchObject({
      body: { code: 'pool-not-empty', entries: 1 },
    });
    await app.done(`/pools/${poolId}/close`, { targetPoolId: other });
    await until(async () => (await listed(other)).includes(id));
    expect(await listed(poolId)).toEqual([]);
    const { entries } = (await app.get(`/leads/${id}/history`)).body as unknown as { entries: { type: string }[] };
    expect(entries.at(-1)).toMatchObject({ type: 'LeadPoolChanged' });
  });
});
