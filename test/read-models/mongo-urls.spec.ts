import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { readConfig } from '../../libs/config.js';
import { openReadModels } from '../../libs/read-models/open-read-models.js';
import { MongoQuery } from '../../libs/read-models/mongo/query.js';
import { freePort } from '../support/mongo-server.js';
import { oldMongo } from '../support/old-mongo.js';
import { orders } from '../support/orders.js';

const open = (url: string) =>
  openReadModels({ url, clock: new SystemClock(), note: () => undefined, patience: 300 }).then((opened) =>
    opened.close(),
  );

describe('the URL of the read models', () => {
  it.each([
    'sqlite:./data/read-models.db',
    'mongodb://localhost/annals',
    'mongodb://ann:secret@one:27017,two:27017/annals?replicaSet=rs0',
    'mongodb+srv://cluster.example/annals',
  ])('may be %s', (READ_MODELS_URL) => {
    expect(readConfig({ READ_MODELS_URL })).toMatchObject({ READ_MODELS_URL });
  });

  it.each([
    '',
    'annals',
    'sqlite:',
    'postgres://localhost/annals',
    'mongodb://localhost',
    'mongodb:///annals',
    'mongo://h/a',
  ])('may not be %j', (READ_MODELS_URL) => {
    expect(() => readConfig({ READ_MODELS_URL })).toThrow(
      'READ_MODELS_URL must be sqlite:FILE or mongodb://HOST/DATABASE',
    );
  });

  it.each([
    ['nonsense=1', 'nonsense'],
    ['w=0', 'w=0'],
    ['readPreference=secondary', 'readPreference'],
    ['serverSelectionTimeoutMS=soon', 'serverSelectionTimeoutMS'],
  ])('may not say %s', async (option, named) => {
    const refused = { code: 'configuration-invalid', message: expect.stringContaining(named) };
    await expect(open(`mongodb://localhost:1/annals?${option}`)).rejects.toMatchObject(refused);
  });

  it('is refused when nobody answers there for a while, without saying the password', async () => {
    const url = `mongodb://ann:secret@127.0.0.1:${await freePort()}/annals?serverSelectionTimeoutMS=100`;
    const failed = await open(url).catch((error: unknown) => error as Error);
    expect(failed).toMatchObject({ code: 'read-models-unreachable', status: 503 });
    expect(JSON.stringify(failed) + String(failed)).not.toContain('secret');
  });
});

it('a server that is too old is refused at once, with what it speaks', async () => {
  const waited: object[] = [];
  const note = (what: string, details: object) => waited.push({ what, ...details });
  // MongoDB 3.6; without anything to wait for, as it will not get younger.
  const url = `${await oldMongo(6)}/annals`;
  const opening = openReadModels({ url, clock: new SystemClock(), note, patience: 60_000 });
  await expect(opening).rejects.toMatchObject({
    code: 'read-models-unsupported',
    message: expect.stringContaining('wire version'),
  });
  expect(waited).toEqual([]);
});

describe('a filter', () => {
  it('keeps what looks like an operator a value', () => {
    const where = JSON.stringify(new MongoQuery(orders).filter({ customer: '$where', id: { $in: ['{"$gt":""}'] } }));
    expect(JSON.parse(where)).toEqual({
      $and: [{ body: { $ne: null } }, { 'd.customer': { $eq: '$where' } }, { 'd.id': { $in: ['{"$gt":""}'] } }],
    });
  });
});
