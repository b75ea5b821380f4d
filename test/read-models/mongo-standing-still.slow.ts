import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { LeaseLost } from '../../libs/read-models/lease.js';
import type { Generation } from '../../libs/read-models/generation.js';
import { standAhead } from '../support/mongo-gate.js';
import { mongoServer } from '../support/mongo-server.js';
import type { MongoServer } from '../support/mongo-server.js';
import { accountModel } from '../support/regions.js';

const STEPS_AT_MOST = 20;

let server: MongoServer;
let databases = 0;
beforeAll(async () => {
  server = await mongoServer();
}, 300_000);
afterAll(() => server?.stop());

describe.each(['order', 'transactions'] as const)('a holder that stands still on MongoDB, by %s', (exactlyOnce) => {
  let slow: MongoReadModels;
  let other: MongoReadModels;
  let generation: Generation;

  const opened = (url: string) =>
    MongoReadModels.open({ url, clock: new SystemClock(), exactlyOnce, note: () => undefined });
  beforeEach(() => {
    databases += 1;
  });
  afterEach(async () => {
    await slow.close();
    await other.close();
  });

  /** What is held under epoch 1: some of it is parked, and something waits behind it. */
  async function held(attempt: number): Promise<void> {
    const database = `still_${exactlyOnce}_${process.pid}_${databases}_${attempt}`;
    slow = await opened(server.database(database, 'appName=slow'));
    other = await opened(server.database(database, 'appName=other'));
    generation = await slow.create(accountModel, 'accounts@1');
    await slow.fence([generation.id], 1);
    await slow.attempt(generation.id, 'a', 10, 'failed', 1, 1);
    await slow.write([page(0, 20, 1)]);
  }

  const page = (from: number, to: number, epoch: number) => ({
    generation: { ...generation, position: from },
    readModel: accountModel,
    from,
    to,
    rate: 0,
    documents: new Map(),
    cells: new Map(),
    parked: [{ key: 'a', position: to - 10 }],
    epoch,
  });

  /** Another takes over, and puts more behind what is parked. */
  async function gonePast(): Promise<void> {
    const { id } = generation;
    await other.fence([id], 2);
    const [{ position, pending }] = (await other.generations()) as [Generation];
    if (position < 40) await other.write([page(20, pending ?? 40, 2)]);
    await other.write([page(40, 120, 2)]);
  }

  /** Another takes over, has what waits done, moves on, and parks the same keys again. */
  async function takenOver(): Promise<void> {
    const { id } = generation;
    await other.fence([id], 2);
    const [{ position, pending }] = (await other.generations()) as [Generation];
    if (position < 40) await other.write([page(20, pending ?? 40, 2)]);
    await other.unpark(id, 'a', { ...page(40, 40, 2), parked: [] }, 2);
    await other.attempt(id, 'a', 90, 'failed anew', 1, 2);
    await other.write([page(40, 120, 2)]);
  }

  /** Everything that can be seen. */
  async function seen() {
    const [one] = await other.generations();
    return {
      parked: await other.parked(),
      waiting: await other.waiting(generation.id, 'a'),
      generation: { ...one, updatedAt: undefined },
    };
  }

  const works = [
    ['counts an attempt', () => slow.attempt(generation.id, 'a', 10, 'again', 1, 1)],
    ['forgets that a document is parked', () => slow.unpark(generation.id, 'a', undefined, 1)],
    ['writes a page', () => slow.write([page(20, 40, 1)])],
    ['gives up a generation', () => slow.transition(generation.id, ['building'], 'failed', { error: 'no', epoch: 1 })],
  ] as const;
  const since = [
    ['goes past what is parked', gonePast],
    ['does what waits, and parks it again', takenOver],
  ] as const;
  it.each(since.flatMap(([what, takes]) => works.map(([name, work]) => [name, what, work, takes] as const)))(
    'anywhere while it %s changes nothing, where another has taken over and %s',
    async (_, __, work, takes) => {
      // In a transaction it holds locks, and whoever takes over ends it: there it is met ahead of the first thing it asks.
      const last = exactlyOnce === 'order' ? STEPS_AT_MOST : 1;
      let stood = 0;
      const outcomes = new Set<unknown>();
      for (let n = 1; n <= last; n += 1) {
        await held(n);
        const gate = standAhead(n, 'slow');
        const working = work().then(
          () => 'done',
          (error: Error) => error.constructor,
        );
        if ((await Promise.race([gate.reached.then(() => 'stands'), working])) !== 'stands') {
          gate.open();
          break;
        }
        stood += 1;
        await takes();
        const before = await seen();
        gate.open();
        outcomes.add(await working);
        expect(await seen()).toEqual(before);
        expect(before).toMatchObject({ generation: { position: 120 } });
        expect(before.waiting.at(-1)).toBe(110);
        await slow.close();
        await other.close();
      }
      // All that there is to do may be done when it stands still for the last time.
      outcomes.delete('done');
      expect([...outcomes]).toEqual([LeaseLost]);
      if (exactlyOnce === 'order') expect(stood).toBeLessThan(STEPS_AT_MOST);
    },
    240_000,
  );

  it('ahead of parking what was never attempted leaves that parked, with nothing behind it, until it is tried again', async () => {
    let slipped = 0;
    for (let n = 1; n <= 3; n += 1) {
      await held(n);
      const gate = standAhead(n, 'slow');
      const working = slow.attempt(generation.id, 't', 28, 'failed', 1, 1).catch((error: unknown) => error);
      await gate.reached;
      await takenOver();
      const before = await seen();
      gate.open();
      const attempts = await working;
      if (attempts === 1) {
        slipped += 1;
        expect(await other.parked()).toContainEqual(expect.objectContaining({ key: 't', waiting: 0 }));
        await other.unpark(generation.id, 't', undefined, 2);
      } else expect(attempts).toBeInstanceOf(LeaseLost);
      expect(await seen()).toEqual(before);
      await slow.close();
      await other.close();
    }
    expect(slipped).toBeGreaterThan(0);
  }, 120_000);
});
