import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { isPresence } from '../../libs/read-models/lease.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { seeded } from '../support/five-ways.js';
import { folder } from '../support/folder.js';
import { mongoServer } from '../support/mongo-server.js';
import type { MongoServer } from '../support/mongo-server.js';
import { followUpOnWeb } from '../../processes/follow-up-on-web.js';
import { SharedPrograms } from './shared-programs.js';
import type { Sharing } from './shared-programs.js';

const TIME_TO_LIVE = 1_500;
const HOUR = 3_600_000;

let server: MongoServer;
let programs: SharedPrograms;
let databases = 0;
beforeAll(async () => {
  server = await mongoServer();
}, 300_000);
afterEach(() => programs.close());
afterAll(() => server?.stop());

type Made = () => Promise<Pick<Sharing, 'readModels' | 'url' | 'exactlyOnce'>>;
const onSqlite: Made = async () => {
  const path = join(folder(), 'read-models.db');
  return { readModels: new SqliteReadModels({ path, clock: new SystemClock() }), url: path };
};
const onMongo = (exactlyOnce: 'transactions' | 'order'): Made => {
  return async () => {
    const url = server.database(`processes_${process.pid}_${(databases += 1)}`);
    const note = () => undefined;
    return {
      readModels: await MongoReadModels.open({ url, clock: new SystemClock(), exactlyOnce, note }),
      url,
      exactlyOnce,
    };
  };
};

/** Three programs, with nothing to do. */
async function three(make: Made, sharing: Partial<Sharing> = {}): Promise<void> {
  const made = await make();
  programs = await SharedPrograms.open({ ...made, timeToLive: TIME_TO_LIVE, ...sharing });
  for (let each = 0; each < 3; each += 1) programs.join();
  await programs.until('three being there', async () => {
    return (await made.readModels.leases()).filter(({ share }) => isPresence(share)).length === 3;
  });
  await programs.shared();
}

/** Told so a program stands still ahead of its next append, or behind it. */
const AHEAD = 'SIGUSR1';
const BEHIND = 'SIGUSR2';

describe.each([
  ['a file', onSqlite, [0], [AHEAD, BEHIND]],
  ['a file, their wall clocks hours apart', onSqlite, [0, HOUR, -HOUR], [BEHIND]],
  ['MongoDB, by transactions', onMongo('transactions'), [0], [BEHIND]],
  ['MongoDB, by order', onMongo('order'), [0], [AHEAD, BEHIND]],
] as const)('three programs that share processes on %s', (_, made, skews, still) => {
  it('come to what one would, while some are killed, pause and join', async () => {
    await three(made, { skews });
    const random = seeded(23);
    const any = () => programs.living[Math.floor(random() * programs.living.length)]!;
    let round = 0;
    const business = async (milliseconds: number) => {
      for (const until = performance.now() + milliseconds; performance.now() < until;) {
        await programs.happens((round += 1));
        await sleep(40 * random());
      }
    };
    for (let time = 0; time < 2; time += 1) {
      await business(600 * random());
      await any().killed();
      await business(600 * random());
      const paused = any();
      paused.process.kill('SIGSTOP');
      await business(2 * TIME_TO_LIVE);
      paused.process.kill('SIGCONT');
      await business(600 * random());
      programs.join();
    }
    await programs.shared();
    await programs.expectAsFromOne();
  }, 240_000);

  it.each(still)(
    'go on for one that stands still in the middle of a reaction; told by %s it goes on later, and keeps nothing',
    async (signal) => {
      await three(made, { skews });
      // The one in which something follows from each thing that happens; from most processes nothing does here.
      const victim = programs.all.find((each) => programs.runs([each])[0]!.includes(followUpOnWeb.name))!;
      victim.process.kill(signal);
      let round = 0;
      for (; !victim.said.includes('stopped'); round += 1) {
        await programs.happens(round);
        await sleep(50);
      }
      const others = programs.all.filter((each) => each !== victim);
      await programs.shared(others);
      for (let more = 0; more < 10; more += 1) await programs.happens((round += 1));
      victim.process.kill('SIGCONT');
      await programs.until('the loss being noticed', () =>
        victim.said.some((line) => /^checkpoint not kept .*taken over/.test(line)),
      );
      await programs.expectAsFromOne();
      // It is one of them again, and does its part.
      await programs.until('it being back', () => programs.runs([victim])[0]!.length > 0);
      await programs.shared();
      for (let more = 0; more < 10; more += 1) await programs.happens((round += 1));
      await programs.expectAsFromOne();
      expect(victim.process.exitCode).toBeNull();
    },
    240_000,
  );
});

it('three programs whose wall clocks are hours apart leave each other what each holds', async () => {
  await three(onSqlite, { skews: [0, HOUR, -HOUR], timeToLive: 4_000 });
  await programs.until('each holding an even part', () => programs.evenlyHeld());
  await programs.shared();
  const before = await programs.held();
  for (let round = 1; round <= 5; round += 1) await programs.happens(round);
  await programs.looked();
  expect(await programs.held()).toEqual(before);
  await programs.expectAsFromOne();
}, 240_000);
