import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { documentsOf } from '../../libs/read-models/asking/documents.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { readModel } from '../../libs/read-models/rollup.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { namesIn } from '../../libs/reports/names.js';
import { customerList } from '../../projections/customer-list.js';
import { customerValue } from '../../projections/customer-value.js';
import { event } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';
import { idOf, registered, START } from './shop.js';

/** More than are asked for at a time. */
const MANY = 1_100;

const clock = new SystemClock();
const store = sqliteStore({ clock, durability: 'normal' });
const readModels = new SqliteReadModels({ path: join(folder(), 'read-models.db'), clock });
const ids = Array.from({ length: MANY }, (_, index) => idOf(index));
let questions: number[] = [];

beforeAll(async () => {
  for (const id of ids) {
    const { stream, type, data, at } = registered(id, START);
    await store.append(stream, 'any', [event(type, data, { occurredAt: at })]);
  }
  const definitions = [readModel(customerValue)];
  const report = (what: string) => expect(what).toBe('nothing');
  await new Projector({ store, readModels, definitions, zone: 'UTC', partitions: 3, report }).catchUp();
  const { documents } = readModels;
  readModels.documents = (generation, wanted) => {
    questions.push(wanted.length);
    return documents.call(readModels, generation, wanted);
  };
});
afterAll(async () => {
  await readModels.close();
  await store.close();
});

it('documents are read in batches, each from the partition that it is in', async () => {
  questions = [];
  const found = await documentsOf(readModels, customerValue, [...ids, ...ids, 'nothing']);
  expect(new Set(found.keys())).toEqual(new Set(ids));
  for (const [id, { customerId }] of found) expect(customerId).toBe(id);
  expect(questions.length).toBeLessThanOrEqual(6);
  expect(questions.reduce((sum, count) => sum + count, 0)).toBe(MANY + 1);
  expect(await documentsOf(readModels, customerValue, [])).toEqual(new Map());
});

it('names of many ids take few questions, and what has a name is not asked for again', async () => {
  questions = [];
  const rows = ids.map((customer) => ({ customer, tier: 'ordinary' }));
  const names = await namesIn(readModels, rows, ['customer', 'tier']);
  expect(names.size).toBe(MANY);
  expect(questions.length).toBeLessThanOrEqual(6);
  questions = [];
  await namesIn(readModels, rows, ['customer'], names);
  expect(questions).toEqual([]);
});

it('a read model that does not serve yet is no answer', async () => {
  await expect(documentsOf(readModels, customerList, ['some'])).rejects.toMatchObject({ code: 'read-model-building' });
});
