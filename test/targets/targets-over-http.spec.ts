import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';

const clock = new TestClock('2026-01-02T09:00:00.000Z');
const nobody = '01970000-0000-7000-8000-00000000dead';
let app: TestApp;
let ada: string;
let sales: string;

beforeAll(async () => {
  app = await TestApp.start({ clock });
  sales = (await app.done('/org-units', { name: 'Sales', kind: 'company', level: 'senior' })).id;
  const { id: positionId } = await app.done('/positions', { title: 'Seller', orgUnitId: sales });
  ada = (await app.done('/employees', { name: 'Ada', positionId })).id;
});
afterAll(() => app.stop());

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const target = (change: object = {}) => ({
  kpi: 'won-amount',
  subject: { kind: 'employee', id: ada },
  period: '2026-Q1',
  value: euros(100_00),
  ...change,
});
const listed = async (query: string) => {
  const { status, body } = await app.get(`/targets?${query}`);
  expect(status).toBe(200);
  return (body as unknown as { items: { targetId: string }[] }).items.map(({ targetId }) => targetId);
};

describe('a target over HTTP', () => {
  it('is set, revised, withdrawn and set anew, and its history says so', async () => {
    const made = await app.post('/targets', target());
    const { id } = made.body as unknown as { id: string };
    expect([made.status, made.headers['etag']]).toEqual([201, '"0"']);
    clock.time = '2026-02-02T09:00:00.000Z';
    await app.done(`/targets/${id}/revise`, { value: euros(150_00), reason: 'a better market' });
    const { position } = await app.done(`/targets/${id}/withdraw`, { reason: 'on leave' });
    expect((await app.get(`/targets/${id}?after=${position}`)).body).toEqual({
      targetId: id,
      kpi: 'won-amount',
      subject: { kind: 'employee', id: ada },
      period: '2026-Q1',
      value: euros(150_00),
      status: 'withdrawn',
      setAt: '2026-01-02T09:00:00.000Z',
      revisedCount: 1,
      reason: 'on leave',
      revision: 2,
    });
    expect((await app.get(`/targets/${id}?asOf=2026-01-31T00:00:00Z`)).body).toMatchObject({ value: euros(100_00) });
    expect((await app.get(`/targets/${id}?atRevision=1`)).body).toMatchObject({ status: 'set', value: euros(150_00) });
    expect(await app.done('/targets', target({ value: euros(7) }))).toMatchObject({ id, revision: 3 });
    const { body } = await app.get(`/targets/${id}/history`);
    expect((body as unknown as { entries: { type: string }[] }).entries.map(({ type }) => type)).toEqual([
      'TargetSet',
      'TargetRevised',
      'TargetWithdrawn',
      'TargetSet',
    ]);
  });

  it('says 200 and records nothing for what it is already', async () => {
    const { id, revision } = await app.done('/targets', target({ period: '2026-Q2' }));
    expect(await app.done('/targets', target({ period: '2026-Q2' }))).toMatchObject({ id, revision });
    const same = await app.post(`/targets/${id}/revise`, { value: euros(100_00), reason: 'none' });
    expect(same).toMatchObject({ status: 200, body: { revision } });
  });

  it('is set once, however many want to at the same moment', async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4].map((amount) => app.post('/targets', target({ period: '2026-Q3', value: euros(amount) }))),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409)!;
    expect(refused.body).toMatchObject({ code: 'target-exists' });
    const { position } = answers.find(({ status }) => status === 201)!.body as { position?: number };
    expect(await listed(`period=2026-Q3&subject=${ada}&after=${position}`)).toEqual([
      (refused.body as { targetId?: string }).targetId,
    ]);
  });

  it('is found by subject, period, figure and status, in the order of periods', async () => {
    const subject = { kind: 'org-unit', id: sales };
    const { id: month } = await app.done('/targets', target({ subject, period: '2026-02' }));
    const { id: year } = await app.done('/targets', target({ subject, period: '2026' }));
    const dollars = { amount: 5, currency: 'USD' };
    const { id: other, position } = await app.done('/targets', target({ subject, period: '2027', value: dollars }));
    expect(await listed(`subject=${sales}&after=${position}`)).toEqual([year, month, other]);
    expect(await listed(`subject=${sales}&period=2026`)).toEqual([year]);
    expect(await listed('kpi=won-amount&period=2026-02')).toEqual([month]);
    const gone = await app.done(`/targets/${other}/withdraw`, { reason: 'no market' });
    expect(await listed(`subject=${sales}&status=set&after=${gone.position}`)).toEqual([year, month]);
    expect(await listed(`subject=${sales}&status=withdrawn`)).toEqual([other]);
    const { next } = (await app.get(`/targets?subject=${sales}&limit=2`)).body as unknown as { next: string };
    expect(await listed(`subject=${sales}&limit=2&cursor=${next}`)).toEqual([other]);
  });

  it('stands in the report on sales performance, also for who has won nothing yet', async () => {
    const { position } = await app.done('/targets', target({ period: '2025-12', value: euros(9_000) }));
    const asked = `/reports/performance?from=2025-12-01&to=2026-01-01&after=${position}`;
    const { body } = await app.get(asked);
    expect(body['definition']).toContain('target-policy@1');
    expect(body['rows']).toMatchObject([
      {
        employee: ada,
        employeeName: 'Ada',
        won: 0,
        target: [euros(9_000)],
        attainment: [{ currency: 'EUR', share: 0 }],
      },
    ]);
    const csv = await app.get(`${asked}&format=csv`);
    const [header, line] = String(csv.body['text']).split('\r\n');
    expect(header).toContain(',target,attainment,');
    expect(line).toContain(`${ada},Ada,0,0,,,EUR 90.00,EUR 0,`);
  });

  it('is not set for somebody unknown, nor to nothing', async () => {
    const refused = async (change: object) => {
      const { status, body } = await app.post('/targets', target(change));
      return [status, body['code']];
    };
    expect(await refused({ subject: { kind: 'employee', id: nobody } })).toEqual([404, 'employee-unknown']);
    expect(await refused({ subject: { kind: 'org-unit', id: nobody } })).toEqual([404, 'org-unit-unknown']);
    expect(await refused({ subject: { kind: 'org-unit', id: ada } })).toEqual([404, 'org-unit-unknown']);
    expect(await refused({ value: euros(0) })).toEqual([422, 'target-not-positive']);
  });

  it('is not revised or withdrawn in another currency, once it is withdrawn, or where there is none', async () => {
    const { id } = await app.done('/targets', target({ period: '2026-11' }));
    const refused = async (url: string, body: object) => {
      const answer = await app.post(url, body);
      return [answer.status, answer.body['code']];
    };
    const reason = 'why';
    expect(await refused(`/targets/${id}/revise`, { value: euros(0), reason })).toEqual([422, 'target-not-positive']);
    expect(await refused(`/targets/${id}/revise`, { value: { amount: 1, currency: 'USD' }, reason })).toEqual([
      422,
      'target-currency-fixed',
    ]);
    await app.done(`/targets/${id}/withdraw`, { reason });
    expect(await refused(`/targets/${id}/withdraw`, { reason })).toEqual([422, 'target-withdrawn']);
    expect(await refused(`/targets/${id}/revise`, { value: euros(1), reason })).toEqual([422, 'target-withdrawn']);
    expect(await refused(`/targets/${nobody}/withdraw`, { reason })).toEqual([404, 'target-unknown']);
    expect(await app.get(`/targets/${nobody}`)).toMatchObject({ status: 404, body: { code: 'target-unknown' } });
    expect(await app.get(`/targets/${nobody}/history`)).toMatchObject({
      status: 404,
      body: { code: 'target-unknown' },
    });
  });
});
