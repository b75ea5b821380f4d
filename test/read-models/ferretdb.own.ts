import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { SystemClock } from '../../libs/clock.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { mongoServer } from '../support/mongo-server.js';
import type { MongoServer } from '../support/mongo-server.js';

/** What FerretDB is not able to do, which is why other suites ask less of it: a version that is has to be asked all of it. */
let server: MongoServer;
beforeAll(async () => {
  server = await mongoServer();
}, 300_000);
afterAll(() => server?.stop());

it('has no transactions', async () => {
  const url = server.database('own_transactions');
  const opening = MongoReadModels.open({
    url,
    clock: new SystemClock(),
    note: () => undefined,
    exactlyOnce: 'transactions',
  });
  await expect(opening).rejects.toMatchObject({ code: 'read-models-unsupported' });
});

it('changes a document in several steps, so that of two at a time one may be lost', async () => {
  await using client = new MongoClient(server.database('own_steps'));
  const counters = client.db().collection<{ _id: string; count: number }>('counters');
  await counters.insertOne({ _id: 'one', count: 0 });
  let told = 0;
  let counted = 0;
  for (let rounds = 0; rounds < 100 && counted === told; rounds += 1) {
    const changes = Array.from({ length: 20 }, () => counters.updateOne({ _id: 'one' }, { $inc: { count: 1 } }));
    for (const outcome of await Promise.allSettled(changes)) if (outcome.status === 'fulfilled') told += 1;
    counted = (await counters.findOne({ _id: 'one' }))!.count;
  }
  expect(counted).toBeLessThan(told);
});

it('ends a bulk at the first upsert that is refused, also where it is told to go on', async () => {
  await using client = new MongoClient(server.database('own_bulks'));
  const rows = client.db().collection<{ _id: string; w: number }>('rows');
  await rows.insertOne({ _id: 'there', w: 2 });
  const upserts = ['there', 'not yet'].map((_id) => ({
    replaceOne: { filter: { _id, w: { $lt: 2 } }, replacement: { w: 2 }, upsert: true },
  }));
  await expect(rows.bulkWrite(upserts, { ordered: false })).rejects.toMatchObject({ code: 11_000 });
  expect(await rows.countDocuments()).toBe(1);
});

it('adds up the first of several sums alone, and does not put lists together', async () => {
  await using client = new MongoClient(server.database('own_sums'));
  const cells = client.db().collection<{ _id: string; m0: number; m1: number }>('cells');
  await cells.insertOne({ _id: 'one', m0: 1, m1: 50 });
  const sums = { $group: { _id: null, m0: { $sum: '$m0' }, m1: { $sum: '$m1' } } };
  expect(await cells.aggregate([sums]).toArray()).toEqual([{ _id: null, m0: 1, m1: 0 }]);
  const together = cells.aggregate([{ $project: { each: { $concatArrays: [['$m0'], ['$m1']] } } }]).toArray();
  // In its words: a version that has it fails here, and reports are to be run on it then.
  await expect(together).rejects.toThrow('$concatArrays is not implemented');
});
