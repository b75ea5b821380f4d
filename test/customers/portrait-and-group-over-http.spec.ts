import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';

const nowhere = '01970000-0000-7000-8000-00000000dead';
const clock = new TestClock('2026-01-05T09:00:00.000Z');
let app: TestApp;
let position = 0;

beforeAll(async () => {
  app = await TestApp.start({ clock });
});
afterAll(() => app.stop());

type Page = Record<string, unknown>;
const done = async (url: string, body: object) => {
  const answer = await app.done(url, body);
  position = answer.position;
  return answer.id;
};
const register = (name: string, parentCustomerId: string | null = null) =>
  done('/customers', { kind: 'org', name, parentCustomerId });
const euros = (amount: number, currency = 'EUR') => ({ amount: { amount: amount * 100, currency } });

describe('the portrait of a customer over HTTP', () => {
  it('is that of a moment: what had happened by then, or what was known by then', async () => {
    const id = await register('North Mill');
    await done(`/customers/${id}/purchases`, euros(10));
    clock.time = '2026-01-25T09:00:00.000Z';
    await done(`/customers/${id}/purchases`, { ...euros(20), occurredAt: '2026-01-15T09:00:00Z' });
    const read = async (query: string) => (await app.get(`/customers/${id}/portrait?${query}`)).body as Page;
    expect(await read(`after=${position}`)).toMatchObject({
      purchases: { count: 2, byCurrency: [{ currency: 'EUR', amount: 3_000, average: 1_500 }] },
      frequency: { days: 2, medianDays: 10, expectedOn: '2026-01-25', overdueDays: 0 },
    });
    expect(await read('asOf=2026-01-20T00:00:00Z')).toMatchObject({ purchases: { count: 2 } });
    expect(await read('asOf=2026-01-20T00:00:00Z&axis=recorded')).toMatchObject({ purchases: { count: 1 } });
    clock.time = '2026-01-28T09:00:00.000Z';
    expect(await read('')).toMatchObject({ frequency: { overdueDays: 3 } });
    expect(await read('asOf=2026-01-20T00:00:00Z')).toMatchObject({ frequency: { overdueDays: 0 } });
    expect(await read('axis=recorded')).toMatchObject({ code: 'axis-without-moment' });
  });

  it.each(['portrait', 'group'])('is missing where the customer is: %s', async (what) => {
    expect(await app.get(`/customers/${nowhere}/${what}`)).toMatchObject({
      status: 404,
      body: { code: 'customer-unknown' },
    });
  });
});

describe('the group of a customer over HTTP', () => {
  let [top, middle, leaf, side, gone] = ['', '', '', '', ''];
  const group = async (id: string, query = `after=${position}`) =>
    (await app.get(`/customers/${id}/group?${query}`)).body as unknown as Page & { members: Page[] };
  const names = ({ members }: { members: Page[] }) => members.map(({ name, depth }) => `${depth} ${name}`);

  beforeAll(async () => {
    clock.time = '2026-02-01T09:00:00.000Z';
    top = await register('Holding');
    middle = await register('Alpha', top);
    leaf = await register('Alpha South', middle);
    side = await register('Beta', top);
    gone = await register('Put away', top);
    await done(`/customers/${gone}/archive`, { reason: 'registered twice' });
    await register('Stands alone');
    const { id: orgUnitId } = await app.done('/org-units', { name: 'Sales', kind: 'company', level: 'senior' });
    const { id: positionId } = await app.done('/positions', { title: 'Seller', orgUnitId });
    const { id: ownerId } = await app.done('/employees', { name: 'Ada', positionId });
    const stages = [
      { id: 'talk', name: 'Talk', probability: 10 },
      { id: 'won', name: 'Won', kind: 'won' },
      { id: 'lost', name: 'Lost', kind: 'lost' },
    ];
    const { id: pipelineId } = await app.done('/pipelines', { name: 'Deals', stages });
    const deal = (customerId: string, amount: number, currency = 'EUR') =>
      app.done('/opportunities', { name: 'Deal', pipelineId, customerId, ownerId, ...euros(amount, currency) });
    await deal(leaf, 10);
    await deal(leaf, 5, 'USD');
    const { id: wonId } = await deal(side, 20);
    await app.done(`/opportunities/${wonId}/win`);
    clock.time = '2026-03-01T09:00:00.000Z';
    await deal(top, 3);
    await done(`/customers/${leaf}/purchases`, euros(7));
    await done(`/customers/${top}/purchases`, euros(1));
    await done(`/customers/${side}/tier`, { tier: 'important', reason: 'of the board' });
  });

  it('is the whole tree, from whichever customer of it, with sums over it and over what is below the customer', async () => {
    const found = await group(middle);
    expect(names(found)).toEqual(['0 Holding', '1 Alpha', '2 Alpha South', '1 Beta']);
    expect(found).toMatchObject({
      customerId: middle,
      topCustomerId: top,
      complete: true,
      totals: {
        customers: 4,
        tiers: { ordinary: 3, potential: 0, important: 1 },
        openOpportunities: 3,
        openAmounts: [
          { currency: 'EUR', amount: 1_300 },
          { currency: 'USD', amount: 500 },
        ],
        wonOpportunities: 1,
        wonAmounts: [{ currency: 'EUR', amount: 2_000 }],
        purchases: 2,
        purchased: [{ currency: 'EUR', amount: 800 }],
      },
      below: { customers: 2, openOpportunities: 2, wonOpportunities: 0, wonAmounts: [], purchases: 1 },
    });
    expect((await group(top)).below).toEqual(found['totals']);
    expect(names(await group(leaf))).toEqual(names(found));
  });

  it('is what it was at a past moment', async () => {
    await done(`/customers/${middle}/parent`, { parentCustomerId: null });
    expect(names(await group(leaf))).toEqual(['0 Alpha', '1 Alpha South']);
    clock.time = '2026-03-02T09:00:00.000Z';
    const before = await group(leaf, 'asOf=2026-02-15T00:00:00Z');
    expect(names(before)).toEqual(['0 Holding', '1 Alpha', '2 Alpha South', '1 Beta']);
    expect(before).toMatchObject({
      totals: { openOpportunities: 2, purchases: 0, purchased: [], tiers: { important: 0 } },
    });
  });
});
