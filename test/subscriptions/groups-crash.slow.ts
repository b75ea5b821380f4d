import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import eventstore from '@eventstore/db-client';
import { expect, it } from '@jest/globals';
import { compiled } from '../support/compiled.js';
import { events } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';

const { EventStoreDBClient, persistentSubscriptionToStreamSettingsFromDefaults } = eventstore;
const place = compiled(
  'libs/*.ts',
  'libs/sqlite/*.ts',
  'libs/{event-store,subscriptions}/**/*.ts',
  'test/subscriptions/server.program.ts',
);
const ROUNDS = 40;
const stream = 'customer-1';

it('what consumers have not dealt with survives every crash', async () => {
  const path = join(folder(), 'events.db');
  const store = sqliteStore({ path, durability: 'normal' });
  const dealtWith = new Set<number>();
  let again = 0;

  /** The endpoint and a consumer that parks every seventh event, until a moment nobody expects. */
  async function round(last: boolean): Promise<bigint> {
    const server = spawn(
      process.execPath,
      [join(place, 'test/subscriptions/server.program.js'), path, `${path}-groups`],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [url] = (await once(server.stdout, 'data')) as [Buffer];
    const client = EventStoreDBClient.connectionString`${String(url).trim()}`;
    const settings = persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: 'start', checkPointAfter: 10 });
    await client.createPersistentSubscriptionToStream(stream, 'g', settings).catch(() => undefined);
    const consumer = client.subscribeToPersistentSubscriptionToStream(stream, 'g', { bufferSize: 20 });
    consumer.on('error', () => undefined);
    consumer.on('data', (given) => {
      const revision = Number(given.event!.revision);
      if (dealtWith.has(revision)) again += 1;
      dealtWith.add(revision);
      const answered = revision % 7 === 0 ? consumer.nack('park', 'seven', given) : consumer.ack(given);
      answered.catch(() => undefined);
    });
    await store.append(stream, 'any', events(50));
    if (!last) await sleep(20 + Math.random() * 60);
    let parked = 0n;
    while (last) {
      const { stats } = await client.getPersistentSubscriptionToStreamInfo(stream, 'g');
      parked = stats.parkedMessageCount;
      if (stats.lastCheckpointedEventRevision === BigInt(50 * (ROUNDS + 1) - 1)) break;
      await sleep(20);
    }
    server.kill('SIGKILL');
    await once(server, 'exit');
    await client.dispose();
    return parked;
  }

  for (let each = 0; each < ROUNDS; each += 1) await round(false);
  const parked = await round(true);
  const all = 50 * (ROUNDS + 1);
  expect(dealtWith.size).toBe(all);
  // Parked twice where the crash came between that and the checkpoint, and no more often than events came again.
  expect(Number(parked)).toBeGreaterThanOrEqual(Math.ceil(all / 7));
  expect(Number(parked)).toBeLessThanOrEqual(Math.ceil(all / 7) + again);
  await store.close();
});
