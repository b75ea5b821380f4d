import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { seeded } from '../support/five-ways.js';
import { folder } from '../support/folder.js';
import { mongoServer } from '../support/mongo-server.js';
import type { MongoServer } from '../support/mongo-server.js';
import { Workers } from '../support/workers.js';

let server: MongoServer;
let workers: Workers;
let databases = 0;
beforeAll(async () => {
  server = await mongoServer();
}, 300_000);
afterEach(() => workers.close());
afterAll(() => server?.stop());

const onSqlite = async () => {
  const path = join(folder(), 'read-models.db');
  return new Workers(new SqliteReadModels({ path, clock: new SystemClock() }), path, 'transactions');
};
const onMongo = async (exactlyOnce: 'transactions' | 'order', stopAhead: 'page' | number = 'page') => {
  const database = `workers_${process.pid}_${(databases += 1)}`;
  const url = server.database(database);
  const readModels = await MongoReadModels.open({ url, clock: new SystemClock(), exactlyOnce, note: () => undefined });
  const theirs = server.database(database, 'appName=victim&monitorCommands=true');
  return new Workers(readModels, theirs, exactlyOnce, stopAhead);
};

describe.each([
  ['a file', onSqlite],
  ['MongoDB, by transactions', () => onMongo('transactions')],
  ['MongoDB, by order', () => onMongo('order')],
] as const)('three workers on %s', (_, made) => {
  it('share the work, and come to what one would, while some are killed, pause and join', async () => {
    workers = await made();
    const random = seeded(11);
    const any = () => {
      const living = workers.all.filter(({ process }) => process.signalCode === null);
      return living[Math.floor(random() * living.length)]!;
    };
    await workers.happens(0);
    for (let each = 0; each < 3; each += 1) workers.join();
    await workers.caughtUp();
    await workers.until('all three at work or waiting', async () => {
      const present = (await workers.readModels.leases()).filter(({ share }) => share.startsWith('projections:@'));
      return present.length === 3;
    });
    let round = 0;
    const business = async (milliseconds: number) => {
      for (const until = performance.now() + milliseconds; performance.now() < until;) {
        await workers.happens((round += 1));
        await sleep(20 * random());
      }
    };
    for (let time = 0; time < 2; time += 1) {
      await business(400 * random());
      await any().killed();
      await business(400 * random());
      const paused = any();
      paused.process.kill('SIGSTOP');
      await business(3_000);
      paused.process.kill('SIGCONT');
      await business(400 * random());
      workers.join();
    }
    await workers.caughtUp();
    await workers.expectWhole();
  }, 240_000);

  it('take over from one that stands still, which writes nothing more when it goes on', async () => {
    workers = await made();
    await expectNothingMore(workers);
  }, 240_000);
});

it.each([2, 5, 9, 14])(
  'three workers on MongoDB, by order, take over in the middle of a page, ahead of its write %i',
  async (n) => {
    workers = await onMongo('order', n);
    await expectNothingMore(workers);
  },
  240_000,
);

/** One stands still in the middle of what it does, for longer than it may; then it goes on. */
async function expectNothingMore(among: Workers): Promise<void> {
  await among.happens(0);
  for (let each = 0; each < 3; each += 1) among.join();
  await among.caughtUp();
  const holder = (await among.holders()).find((each) => each !== null);
  const victim = among.all.find(({ id }) => id === holder)!;
  victim.process.kill('SIGUSR2');
  for (let round = 1; !victim.said.includes('stopped'); round += 1) {
    await among.happens(round);
    await sleep(100);
  }
  await among.until('others holding everything', async () => {
    const holders = await among.holders();
    return holders.length === 3 && holders.every((each) => each !== null && each !== victim.id);
  });
  await among.happens(1_000);
  await among.caughtUp();
  victim.process.kill('SIGCONT');
  await among.until('the loss being noticed', () => victim.said.some((line) => /^lease lost .*taken over/.test(line)));
  await among.expectWhole();
  // It is one of them again.
  await among.happens(1_001);
  await among.caughtUp();
  await among.until('it being back', async () =>
    (await among.readModels.leases()).some(({ share }) => share.endsWith(victim.id)),
  );
  expect(victim.process.exitCode).toBeNull();
  await among.expectWhole();
}
