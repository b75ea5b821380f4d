import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import type { Document } from 'mongodb';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { readModel } from '../../libs/read-models/rollup.js';
import { mongoServer } from '../support/mongo-server.js';
import type { MongoServer } from '../support/mongo-server.js';
import { orders, turnover } from '../support/orders.js';
import { until } from '../support/until.js';
import { World } from '../support/world.js';

let server: MongoServer;

beforeAll(async () => {
  server = await mongoServer();
}, 300_000);
afterAll(() => server?.stop());

const at = '2026-01-01T00:00:00.000Z';

/** A generation as format 1 had it: how far it was stood beside what was decided about it. */
const generation = (id: number, state: string): Document => ({
  id,
  name: orders.name,
  definition: 'as it was',
  state,
  position: 40,
  startedAt: at,
  updatedAt: at,
  rate: 10,
  error: null,
  hash: null,
  write: 3,
});

/** What the program wrote that knew format 1. */
async function formatOne(url: string): Promise<void> {
  await using client = new MongoClient(url);
  const put = (collection: string, ...documents: Document[]) =>
    client
      .db()
      .collection(collection)
      .insertMany(documents as never[]);
  await put('annals', { _id: 'generation', last: 7 }, { _id: 'format', format: 1 });
  await put('generations', {
    _id: orders.name,
    version: 9,
    generations: [generation(6, 'retained'), generation(7, 'active')],
  });
  const stale = { id: 'stale', customer: 'nobody' };
  for (const id of [6, 7]) {
    await put(`document_${id}`, { _id: 'stale', w: 3, p: 40, d: stale, body: JSON.stringify(stale) });
    await put(`cell_${id}_${turnover.name}`, { _id: 'stale', w: 3 });
  }
  await put('checkpoints', { _id: 'follow-up-on-web', position: 33 });
  const consumer = 'follow-up-on-web';
  const key = 'customer-1';
  const _id = JSON.stringify([consumer, key]);
  const rest = { attempts: 5, error: 'failed', asked: true, incarnation: null };
  await put('parked', { _id, consumer, key, position: 21, parked: true, ...rest });
  await put(
    'waiting',
    ...[30, 21].map((position) => ({ _id: `${position} ${_id} `, consumer, behind: _id, position, incarnation: null })),
  );
}

it('a database of format 1 is computed again, with new numbers; what processes have done stays done', async () => {
  const url = server.database(`format_${process.pid}`);
  await formatOne(url);
  const world = new World();
  await world.readModels.close();
  await world.trade(60);
  const open = () => MongoReadModels.open({ url, clock: world.clock, note: () => undefined });
  world.readModels = await open();

  // Nobody is shown what was there.
  expect(await world.readModels.generations()).toEqual([]);
  await expect(world.readModels.get(orders, 'stale')).rejects.toMatchObject({ code: 'read-model-building' });
  expect(await world.readModels.formerProcess('follow-up-on-web')).toEqual({
    position: 33,
    begun: 0,
    streams: [
      { key: 'customer-1', position: 21, attempts: 5, error: 'failed', parked: true, asked: true, waiting: [21, 30] },
    ],
  });
  expect(await world.readModels.parked()).toEqual([]);
  await world.readModels.forgetFormerProcess('follow-up-on-web');
  expect(await world.readModels.formerProcess('follow-up-on-web')).toBeUndefined();

  // Who opens it once more finds it as the first one left it.
  await world.readModels.close();
  world.readModels = await open();
  const model = readModel(orders, turnover);
  const projector = world.projector([model]);
  const projecting = projector.start();
  await world.shown(orders);
  const serving = await world.active(orders.name);
  expect(serving!.id).toBeGreaterThan(7);
  const { found, expected } = await world.folded(serving, model);
  expect(found).toEqual(expected);
  expect(await world.readModels.get(orders, 'stale')).toBeUndefined();

  await using client = new MongoClient(url);
  const left = async () =>
    (await client.db().listCollections({}, { nameOnly: true }).toArray()).filter(({ name }) =>
      /^(document|cell)_[67]/.test(name),
    );
  await until(async () => (await left()).length === 0);
  expect(
    await client
      .db()
      .collection('annals')
      .findOne({ _id: 'format' as never }),
  ).toMatchObject({ format: 2 });
  await projector.stop();
  await projecting;
  await client.db().dropDatabase();
  await world.close();
});

it('a database of format 1 is not changed by who only reads', async () => {
  const url = server.database(`format_read_${process.pid}`);
  await formatOne(url);
  const world = new World();
  const reader = await MongoReadModels.open({ url, clock: world.clock, note: () => undefined, readOnly: true });
  expect(await reader.generations()).toEqual([]);
  await reader.close();
  await using client = new MongoClient(url);
  expect(
    await client
      .db()
      .collection('annals')
      .findOne({ _id: 'format' as never }),
  ).toMatchObject({ format: 1 });
  expect(await client.db().collection('generations').countDocuments()).toBe(1);
  await client.db().dropDatabase();
  await world.close();
});
