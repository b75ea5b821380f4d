import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';

/** What is asked for and does not exist is never answered with nothing. */
let app: TestApp;
const ids: Record<string, string> = { nothing: '01970000-0000-7000-8000-00000000dead' };
let position = 0;

async function make(name: string, url: string, body: object): Promise<void> {
  const done = await app.done(url, body);
  ids[name] = done.id;
  position = done.position;
}

const placed = (url: string): string => url.replace(/:([a-z]\w*)/gi, (_, name: string) => ids[name]!);
const upToDate = (url: string): string => `${placed(url)}${url.includes('?') ? '&' : '?'}after=${position}`;

beforeAll(async () => {
  app = await TestApp.start();
  await make('unit', '/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  await make('seat', '/positions', { title: 'Seller', orgUnitId: ids.unit, headcount: 9 });
  await make('ada', '/employees', { name: 'Ada First', positionId: ids.seat });
  await make('bob', '/employees', { name: 'Bob Second', positionId: ids.seat });
  const stages = [
    { id: 'talk', name: 'Talk', probability: 10 },
    { id: 'won', name: 'Won', kind: 'won' },
    { id: 'lost', name: 'Lost', kind: 'lost' },
  ];
  await make('pipeline', '/pipelines', { name: 'Direct', stages });
  await make('other', '/pipelines', { name: 'Partners', stages: [{ ...stages[0]!, id: 'meet' }, ...stages.slice(1)] });
  for (const name of ['North Mill', 'South Mill', 'West Mill']) {
    await make(name.split(' ')[0]!, '/customers', { name, kind: 'org', tags: ['mill'], region: 'north' });
  }
}, 30_000);

afterAll(() => app.stop());

describe('what is not there', () => {
  it.each([
    ['/customers?owner=:nothing', 'employee-unknown'],
    ['/customers?owner=:unit', 'employee-unknown'],
    ['/customers?tag=vip', 'value-unknown'],
    ['/customers?region=nowhere', 'value-unknown'],
    ['/customers/:nothing/timeline', 'customer-unknown'],
    ['/contacts?customer=:nothing', 'customer-unknown'],
    ['/employees?orgUnit=:nothing', 'org-unit-unknown'],
    ['/employees?orgUnit=:seat', 'org-unit-unknown'],
    ['/opportunities?pipeline=:nothing', 'pipeline-unknown'],
    ['/opportunities?stage=signed', 'value-unknown'],
    ['/opportunities?stage=meet&pipeline=:pipeline', 'value-unknown'],
    ['/opportunities?owner=:nothing', 'employee-unknown'],
    ['/opportunities?customer=:nothing', 'customer-unknown'],
    ['/tasks?assignee=:nothing', 'employee-unknown'],
    ['/tasks?customer=:nothing', 'customer-unknown'],
    ['/targets?subject=:nothing', 'subject-unknown'],
    ['/targets?subject=:seat', 'subject-unknown'],
    ['/customers/:North/history?actor=Nobody', 'actor-unknown'],
  ])('is no list that is empty: %s', async (url, code) => {
    expect(await app.get(upToDate(url))).toMatchObject({ status: 404, body: { code } });
  });

  it.each([
    ['/customers/:North?atRevision=1', 'revision-unknown'],
    ['/pipelines/:pipeline?atRevision=99', 'revision-unknown'],
    ['/customers/:North?axis=recorded', 'axis-without-moment'],
    ['/customers?axis=occurred', 'axis-without-moment'],
    ['/organisation/chart?axis=recorded', 'axis-without-moment'],
    ['/customers/:North/history?axis=recorded', 'axis-without-moment'],
    ['/customers/:North/history?types=CustomerRegisterd', 'event-type-unknown'],
    ['/customers/:North/history?from=99999', 'log-position-unknown'],
    ['/customers/:North/history?since=2026-02-01T00:00:00Z&before=2026-01-01T00:00:00Z', 'window-invalid'],
    ['/tasks?dueFrom=2026-02-01T00:00:00Z&dueTo=2026-02-01T00:00:00Z', 'window-invalid'],
    ['/opportunities?closeFrom=2026-02-01&closeTo=2026-01-01', 'window-invalid'],
    ['/customers?text=%20-!', 'text-unsearchable'],
    ['/contacts?text=...', 'text-unsearchable'],
    ['/employees?text=%26', 'text-unsearchable'],
  ])('is refused where it cannot be: %s', async (url, code) => {
    expect(await app.get(placed(url))).toMatchObject({ status: 400, body: { code } });
  });

  it.each([
    '/customers?owner=:ada',
    '/opportunities?stage=talk&pipeline=:pipeline&owner=:bob&customer=:North',
    '/opportunities?stage=meet',
    '/opportunities?customer=none',
    '/tasks?assignee=:ada&customer=:South',
    '/targets?subject=:unit',
    '/employees?orgUnit=:unit&text=nobody',
    '/customers/:North/history?types=CustomerArchived',
    '/customers/:North?atRevision=0',
  ])('is not what is there and has nothing: %s', async (url) => {
    expect(await app.get(upToDate(url))).toMatchObject({ status: 200 });
  });

  it('names who did something, where the one asked for did not', async () => {
    const { body } = await app.get(placed('/customers/:North/history?actor=Nobody'));
    expect(body).toMatchObject({ candidates: [{ id: expect.any(String) as never }] });
    const [{ name }] = body['candidates'] as unknown as [{ name: string }];
    const history = await app.get(placed(`/customers/:North/history?actor=${encodeURIComponent(name.toUpperCase())}`));
    expect(history.body['entries']).toHaveLength(1);
  });
});

describe('a cursor', () => {
  const next = async (url: string) => (await app.get(upToDate(url))).body['next'] as unknown as string;

  it('holds for its list, order and filter', async () => {
    const cursor = await next('/customers?limit=1');
    expect(await app.get(`/customers?limit=2&cursor=${cursor}`)).toMatchObject({
      status: 200,
      body: { items: [{ name: 'South Mill' }, { name: 'West Mill' }] },
    });
    for (const url of [
      '/customers?sort=-name',
      '/customers?sort=registered',
      '/customers?tier=ordinary',
      '/customers?text=mill',
      '/customers?archived=true',
      '/customers?status=prospect',
      '/employees?limit=1',
      '/contacts?limit=1',
      '/pipelines?limit=1',
      '/customers/:North/timeline?limit=1',
    ]) {
      const with_ = `${placed(url)}&cursor=${cursor}`.replace(/^([^?]*)&/, '$1?');
      expect({ url, ...(await app.get(with_)) }).toMatchObject({ url, status: 400, body: { code: 'cursor-invalid' } });
    }
  });

  it('holds where what is asked takes the whole chart to know', async () => {
    const cursor = await next('/employees?managerless=true&limit=1');
    await make('cy', '/employees', { name: 'Cy Third', positionId: ids.seat });
    expect(await app.get(upToDate(`/employees?managerless=true&limit=9&cursor=${cursor}`))).toMatchObject({
      status: 200,
      body: { items: [{ name: 'Bob Second' }, { name: 'Cy Third' }] },
    });
  });
});
