import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';

/** One company, from its first unit to a deal that was won, lost and won again, told over HTTP. */
export function flow(start: (clock: TestClock) => Promise<TestApp>): void {
  const clock = new TestClock('2026-01-05T09:00:00.000Z');
  let app: TestApp;
  const ids: Record<string, string> = {};
  let position = 0;

  const create = async (name: string, url: string, body: object) => {
    const done = await app.done(url, body);
    position = done.position;
    ids[name] = done.id;
  };
  const change = async (url: string, body: object = {}) => {
    ({ position } = await app.done(url, body));
  };
  const read = async (url: string) => {
    const { status, body } = await app.get(`${url}${url.includes('?') ? '&' : '?'}after=${position}`);
    expect({ url, status, body }).toMatchObject({ status: 200 });
    return body as unknown as Record<string, never>;
  };
  const later = (days: number) => clock.advance(days * 86_400_000);

  beforeAll(async () => {
    app = await start(clock);
    await create('company', '/org-units', { name: 'Company', kind: 'company', level: 'senior' });
    await create('sales', '/org-units', { name: 'Sales', kind: 'department', level: 'middle', parentId: ids.company });
    await create('lead', '/positions', {
      title: 'Sales supervisor',
      orgUnitId: ids.sales,
      duties: ['approves transfers'],
    });
    await create('seat', '/positions', {
      title: 'Account manager',
      orgUnitId: ids.sales,
      reportsToPositionId: ids.lead,
      headcount: 2,
    });
    await create('manager', '/employees', { name: 'Robin Lead', positionId: ids.lead });
    await create('seller', '/employees', { name: 'Alex Seller', positionId: ids.seat });
    await create('colleague', '/employees', { name: 'Chris Seller', positionId: ids.seat });
    await change(`/org-units/${ids.sales}/head`, { positionId: ids.lead });
    await create('pipeline', '/pipelines', {
      name: 'Direct',
      stages: [
        { id: 'first', name: 'First talk', kind: 'open', probability: 10, forecastCategory: 'pipeline' },
        {
          id: 'offer',
          name: 'Offer',
          kind: 'open',
          probability: 50,
          forecastCategory: 'best_case',
          entryGate: ['amount'],
          allowWin: true,
        },
        {
          id: 'won',
          name: 'Won',
          kind: 'won',
          probability: 100,
          forecastCategory: 'closed',
          entryGate: ['primaryContact'],
        },
        { id: 'lost', name: 'Lost', kind: 'lost', probability: 0, forecastCategory: 'omitted' },
      ],
    });
    await change(`/pipelines/${ids.pipeline}/publish`).catch(() => undefined);
  });
  afterAll(() => app.stop());

  describe('a customer, its deals and its history', () => {
    it('is registered with an owner and shows up in the list', async () => {
      await create('customer', '/customers', {
        kind: 'org',
        name: 'North Mill',
        region: 'north',
        sector: 'retail',
        ownerId: ids.seller,
      });
      const profile = await read(`/customers/${ids.customer}`);
      expect(profile).toMatchObject({
        status: 'prospect',
        owner: { name: 'Alex Seller', orgUnitId: ids.sales, managerId: ids.manager },
      });
      const list = await read('/customers?text=mil&region=north');
      expect(list.items).toMatchObject([{ customerId: ids.customer, ownerName: 'Alex Seller' }]);
      expect((await read(`/customers?owner=${ids.colleague}`)).items).toEqual([]);
    });

    it('warns of a namesake until it is accepted', async () => {
      const body = { kind: 'org', name: 'north mill ', region: 'north' };
      const refused = await app.post('/customers', body);
      expect(refused).toMatchObject({ status: 409, body: { code: 'possible-duplicate', candidates: [ids.customer] } });
      await create('namesake', '/customers', { ...body, acceptDuplicates: [ids.customer] });
    });

    it('gives a tax number to one customer only', async () => {
      await create('taxed', '/customers', { kind: 'org', name: 'Taxed One', taxId: 'DE 123' });
      const refused = await app.post('/customers', { kind: 'org', name: 'Taxed Two', taxId: 'de123' });
      expect(refused).toMatchObject({ status: 409, body: { code: 'tax-id-taken' } });
      await change(`/customers/${ids.taxed}/details`, { taxId: 'DE 456' });
      await create('taxed two', '/customers', { kind: 'org', name: 'Taxed Two', taxId: 'de123' });
    });

    it('answers a web inquiry with a task for the owner, due a day later, which becomes overdue', async () => {
      await create('web', `/customers/${ids.customer}/interactions`, {
        channel: 'web',
        direction: 'inbound',
        summary: 'Please call',
      });
      const task = await until(
        async () =>
          (
            (await app.get(`/tasks?assignee=${ids.seller}`)).body.items as unknown as {
              taskId: string;
              dueAt: string;
            }[]
          )[0],
      );
      expect(task).toMatchObject({ kind: 'follow_up', status: 'open', dueAt: '2026-01-06T09:00:00.000Z' });
      later(2);
      await until(async () => ((await app.get(`/tasks/${task.taskId}`)).body.status as unknown) === 'overdue');
      await change(`/tasks/${task.taskId}/complete`, {
        outcome: 'reached',
        interaction: { channel: 'call', direction: 'outbound', summary: 'Called back' },
      });
      const entries = await until(async () => {
        const { items } = (await app.get(`/customers/${ids.customer}/timeline`)).body as unknown as {
          items: { title: string }[];
        };
        return items.some(({ title }) => title === 'call, outbound') && items;
      });
      expect(entries.map(({ title }) => title)).toContain('web, inbound');
    });

    it('moves a deal through gates that hold for everybody', async () => {
      await create('deal', '/opportunities', {
        name: 'Mill stones',
        pipelineId: ids.pipeline,
        ownerId: ids.seller,
        customerId: ids.customer,
        product: 'Stones',
      });
      const stage = `/opportunities/${ids.deal}/stage`;
      expect(await app.post(stage, { stageId: 'offer' })).toMatchObject({
        status: 422,
        body: { unmet: expect.anything() },
      });
      expect(await app.post(stage, { stageId: 'first' })).toMatchObject({
        status: 422,
        body: { code: 'stage-unchanged' },
      });
      expect(await app.post(stage, { stageId: 'nowhere' })).toMatchObject({
        status: 422,
        body: { code: 'stage-unknown' },
      });
      await change(`/opportunities/${ids.deal}/amount`, { amount: { amount: 500_000, currency: 'EUR' } });
      later(3);
      await change(stage, { stageId: 'offer' });
      expect(await app.post(`/opportunities/${ids.deal}/win`, {})).toMatchObject({ status: 422 });
      await create('contact', `/customers/${ids.customer}/contacts`, {
        name: 'Kim Buyer',
        role: 'decision_maker',
        channels: [{ kind: 'email', value: 'kim@example.org' }],
      });
      later(4);
      await change(`/opportunities/${ids.deal}/win`, { amount: { amount: 450_000, currency: 'EUR' } });
      expect(await app.post(stage, { stageId: 'offer' })).toMatchObject({
        status: 422,
        body: { code: 'opportunity-closed' },
      });
      expect(await read(`/opportunities/${ids.deal}`)).toMatchObject({ status: 'won', amount: { amount: 450_000 } });
    });

    it('counts it in the reports, by seller and by manager alike', async () => {
      await change(`/customers/${ids.customer}/purchases`, {
        amount: { amount: 450_000, currency: 'EUR' },
        product: 'Stones',
      });
      const funnel = await read('/reports/funnel');
      expect(funnel.rows).toMatchObject([
        { stage: 'first', entered: 1 },
        { stage: 'offer', entered: 1, won: 1 },
        { stage: 'won', entered: 1 },
        { stage: 'lost', entered: 0 },
      ]);
      const bySeller = await read('/reports/performance?by=employee');
      const byManager = await read('/reports/performance?by=manager');
      expect(bySeller.rows).toMatchObject([{ won: 1, lost: 0 }]);
      expect(byManager.rows).toMatchObject([{ won: 1, lost: 0 }]);
      expect(await read('/reports/retention')).toMatchObject({ report: 'retention' });
      expect(await read('/reports/rfm')).toMatchObject({ report: 'rfm' });
    });

    it('changes the tier with a reason, and tells what was known before', async () => {
      const before = clock.now();
      later(1);
      await change(`/customers/${ids.customer}/tier`, { tier: 'important', reason: 'large deal' });
      expect(await read(`/customers/${ids.customer}`)).toMatchObject({ tier: 'important', tierReason: 'large deal' });
      const past = await app.get(`/customers/${ids.customer}?asOf=${before}`);
      expect(past.body).toMatchObject({ tier: 'ordinary' });
      const list = await app.get(`/customers?asOf=${before}&tier=important`);
      expect(list.body.items).toEqual([]);
      expect((await app.get(`/customers/${ids.customer}?atRevision=0`)).body).toMatchObject({
        owner: null,
        revision: 0,
      });
    });

    it('goes to another owner, whose history has all of it', async () => {
      await change(`/customers/${ids.customer}/owner`, { ownerId: ids.colleague });
      const history = await read(`/customers/${ids.customer}/history?limit=1000`);
      const types = (history.entries as unknown as { type: string; position: number }[]).map(({ type }) => type);
      expect(types).toEqual(
        expect.arrayContaining([
          'CustomerRegistered',
          'InteractionLogged',
          'TaskCreated',
          'TaskBecameOverdue',
          'OpportunityWon',
          'CustomerTierOverridden',
          'CustomerOwnerAssigned',
        ]),
      );
      const positions = (history.entries as unknown as { position: number }[]).map((entry) => entry.position);
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
      const first = await read(`/customers/${ids.customer}/history?limit=2`);
      const second = await read(`/customers/${ids.customer}/history?limit=2&from=${String(first.next)}`);
      expect([...(first.entries as unknown as object[]), ...(second.entries as unknown as object[])]).toEqual(
        (history.entries as unknown as object[]).slice(0, 4),
      );
    });

    it('shows the structure as a tree', async () => {
      const chart = JSON.stringify(await read('/organisation/chart'));
      expect(chart).toContain('Account manager');
      expect(chart).toContain('Robin Lead');
    });

    it('refuses more customers than the position may hold, on every way in', async () => {
      await change(`/positions/${ids.seat}/customer-cap`, { cap: { max: 1 } });
      const refused = await app.post('/customers', { kind: 'org', name: 'One Too Many', ownerId: ids.colleague });
      expect(refused).toMatchObject({ status: 422, body: { code: 'holding-limit-exceeded', cap: 1, held: 1 } });
      expect(await app.post(`/customers/${ids.namesake}/owner`, { ownerId: ids.colleague })).toMatchObject({
        body: { code: 'holding-limit-exceeded' },
      });
      // The place with the former owner is freed by a process.
      await until(
        async () => (await app.post(`/customers/${ids.namesake}/owner`, { ownerId: ids.seller })).status === 200,
      );
    });

    it('is rebuilt beside what serves, to the same content', async () => {
      const { status } = await app.post('/projections/customer-profile/rebuild');
      expect(status).toBe(202);
      const active = await until(async () => {
        const all = (await app.get('/projections')).body as unknown as {
          name: string;
          active: { id: number; hash: string };
          others: { state: string }[];
        }[];
        const profile = all.find(({ name }) => name === 'customer-profile')!;
        return profile.others.some(({ state }) => state === 'retained') && profile;
      });
      expect(active.active.hash).toMatch(/^[0-9a-f]{64}$/);
      expect((await app.post('/projections/customer-profile/rollback')).status).toBe(200);
      expect((await app.post('/projections/nothing/rebuild')).body).toMatchObject({ code: 'projection-unknown' });
    });
  });
}

/** Asks again until the answer is there; processes and rebuilds run beside the requests. */
async function until<Result>(ask: () => Promise<Result>): Promise<Exclude<Result, false | undefined>> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer as Exclude<Result, false | undefined>;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it did not come to pass');
}
