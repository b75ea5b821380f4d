import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { TestApp } from '../support/app.js';
import { TestClock } from '../support/clock.js';
import { Made } from '../support/made.js';

const clock = new TestClock('2026-03-02T09:00:00.000Z');
let app: TestApp;
interface Listed {
  readonly items: readonly object[];
  readonly included?: Record<string, object>;
}

const made = new Made(() => app);
const { ids, make, read } = made;

beforeAll(async () => {
  app = await TestApp.start({ clock });
  await make('company', '/org-units', { name: 'Company', kind: 'company', level: 'senior' });
  await make('rep', '/positions', { title: 'representative', orgUnitId: ids['company'], headcount: 2 });
  await make('ada', '/employees', { name: 'Ada First', positionId: ids['rep'] });
  await make('group', '/customers', { name: 'A group', kind: 'org' });
  const stages = [
    { id: 'open', name: 'Open', probability: 10 },
    { id: 'won', name: 'Won', kind: 'won' },
    { id: 'lost', name: 'Lost', kind: 'lost' },
  ];
  await make('pipeline', '/pipelines', { name: 'Sales', stages });
  for (const name of ['North', 'South', 'West']) {
    const parentCustomerId = name === 'West' ? null : ids['group'];
    await make(name, '/customers', { name, kind: 'org', parentCustomerId, ownerId: ids['ada'] });
  }
  await make('contact', `/customers/${ids['North']}/contacts`, {
    name: 'Bea Second',
    channels: [{ kind: 'email', value: 'bea@example.com' }],
  });
  const deal = { pipelineId: ids['pipeline'], ownerId: ids['ada'] };
  await make('tills', '/opportunities', { ...deal, name: 'Tills', customerId: ids['North'] });
  await make('lead', '/opportunities', { ...deal, name: 'A lead' });
  await make('call', '/tasks', {
    kind: 'care',
    title: 'Call',
    dueAt: '2026-03-05T09:00:00.000Z',
    subject: { customerId: ids['North'], opportunityId: ids['tills'] },
  });
});

afterAll(() => app.stop());

const keys = (included: Record<string, object> | undefined) =>
  Object.fromEntries(Object.entries(included ?? {}).map(([word, byId]) => [word, Object.keys(byId).sort()]));

describe('a list is sent with what its items name', () => {
  it.each([
    ['/customers?include=owner,parent', () => ({ owner: [ids['ada']], parent: [ids['group']] })],
    ['/contacts?include=customer', () => ({ customer: [ids['North']] })],
    [
      '/opportunities?include=customer,owner,pipeline',
      () => ({ customer: [ids['North']], owner: [ids['ada']], pipeline: [ids['pipeline']] }),
    ],
    [
      '/tasks?include=assignee,customer,opportunity',
      () => ({ assignee: [], customer: [ids['North']], opportunity: [ids['tills']] }),
    ],
  ])('%s', async (url, expected) => {
    const { included } = await read<Listed>(url);
    expect(keys(included)).toEqual(expected());
  });

  it('as their own lists show it', async () => {
    const { included } = await read<Listed>('/tasks?include=customer,opportunity');
    const { items: customers } = await read<Listed>(`/customers?text=north`);
    expect(included!['customer']).toEqual({ [ids['North']!]: customers[0] });
    const { items: opportunities } = await read<Listed>(`/opportunities?customer=${ids['North']}`);
    expect(included!['opportunity']).toEqual({ [ids['tills']!]: opportunities[0] });
  });

  it('only when that is asked for', async () => {
    expect(await read<Listed>('/customers?limit=2')).not.toHaveProperty('included');
    expect(await app.get('/customers?limit=2&include=')).toMatchObject({ status: 400 });
  });

  it('as it was at the moment of the list', async () => {
    const asOf = clock.now();
    clock.time = '2026-03-03T09:00:00.000Z';
    await make('renamed', `/customers/${ids['group']}/details`, { name: 'Another group' });
    const named = async (url: string) => (await read<Listed>(url)).included!['parent'];
    expect(await named(`/customers?include=parent&asOf=${asOf}`)).toMatchObject({
      [ids['group']!]: { name: 'A group' },
    });
    expect(await named('/customers?include=parent')).toMatchObject({ [ids['group']!]: { name: 'Another group' } });
  });

  it('in one look-up for each word, however many items there are', async () => {
    const readModels = app.http.get(ReadModels);
    const documents = readModels.documents.bind(readModels);
    const asked: string[] = [];
    readModels.documents = (generation, ...wanted) => {
      asked.push(generation.name);
      return documents(generation, ...wanted);
    };
    await read<Listed>('/customers?include=owner,parent');
    readModels.documents = documents;
    expect(asked.filter((name) => name !== 'customer-list')).toEqual(['employee-list']);
    expect(asked).toHaveLength(2);
  });
});
