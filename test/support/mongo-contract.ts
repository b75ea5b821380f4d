import { afterAll, beforeAll } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { SystemClock } from '../../libs/clock.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { readModelsContract } from '../contracts/read-models.contract.js';
import type { ReadModelsPlace } from '../contracts/read-models.contract.js';
import { mongoServer, onFerretDB } from './mongo-server.js';
import type { MongoServer } from './mongo-server.js';

/** The contract of read models, each test in a database of its own. */
export function mongoContract(exactlyOnce: 'transactions' | 'order'): void {
  let server: MongoServer;
  let databases = 0;
  beforeAll(async () => {
    server = await mongoServer();
  }, 300_000);
  afterAll(() => server?.stop());

  const makePlace = async (): Promise<ReadModelsPlace> => {
    const url = server.database(`contract_${exactlyOnce}_${process.pid}_${(databases += 1)}`);
    return {
      open: (options) =>
        MongoReadModels.open({ url, clock: new SystemClock(), note: () => undefined, exactlyOnce, ...options }),
      tables: async () => {
        await using client = new MongoClient(url);
        return (await client.db().listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
      },
      remove: async () => {
        await using client = new MongoClient(url);
        await client.db().dropDatabase();
      },
    };
  };
  // test/read-models/ferretdb.own.ts sees that it is so.
  const cannot = onFerretDB ? { reports: /\$concatArrays is not implemented/, oneStep: true } : {};
  readModelsContract(`MongoDB, exactly once by ${exactlyOnce}`, makePlace, cannot);
}
