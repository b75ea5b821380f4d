import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { idsIn, thingOf } from '../../apps/cli/names.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { performance } from '../../reports/performance.js';
import { portfolio } from '../../reports/portfolio.js';
import { TestApp } from '../support/app.js';

let app: TestApp;
let readModels: ReadModels;
const ids: Record<string, string> = {};

beforeAll(async () => {
  app = await TestApp.start();
  readModels = app.http.get(ReadModels);
  const make = async (name: string, url: string, body: object) => {
    const { id, position } = await app.done(url, body);
    ids[name] = id;
    return position;
  };
  await make('unit', '/org-units', { name: 'North', kind: 'company', level: 'senior' });
  await make('seat', '/positions', { title: 'Seller', orgUnitId: ids['unit'], headcount: 2 });
  await make('ada', '/employees', { name: 'Ada Lin', positionId: ids['seat'] });
  await make('bob', '/employees', { name: 'Bob Adams', positionId: ids['seat'] });
  const last = await make('mill', '/customers', { kind: 'org', name: 'North Mill' });
  for (const list of ['/employees', '/customers', '/organisation/chart']) await app.get(`${list}?after=${last}`);
});
afterAll(() => app.stop());

it('what has a history is found with its whole name, however it was asked for', async () => {
  const { mill } = ids;
  for (const given of ['north', 'NORTH MILL'])
    expect(await thingOf(readModels, 'customer', given)).toMatchObject({ id: mill, name: 'North Mill' });
  expect(await thingOf(readModels, 'customer', mill!.toUpperCase())).toEqual({ id: mill, name: mill });
});

describe('what a report is filtered by', () => {
  it('is found by id, by name, or by how the name begins', async () => {
    const { ada, bob } = ids;
    for (const dimension of ['employee', 'manager'])
      expect(await idsIn(readModels, performance, { [dimension]: ['Ada Lin', 'bob', ada!.toUpperCase()] })).toEqual({
        [dimension]: [ada, bob, ada],
      });
    expect(await idsIn(readModels, performance, { orgUnit: ['north'] })).toEqual({ orgUnit: [ids['unit']] });
    expect(await idsIn(readModels, portfolio, { owner: ['Ada', null] })).toEqual({ owner: [ada, null] });
  });

  it('stays as it is where it is no id, and where the report has no such dimension', async () => {
    const where = { product: ['GTX', null], planet: ['Mars'] };
    expect(await idsIn(readModels, performance, where)).toEqual(where);
  });

  it('is refused where nothing is called so', async () => {
    await expect(idsIn(readModels, performance, { employee: ['Zed'] })).rejects.toMatchObject({
      code: 'name-unknown',
    });
  });
});
