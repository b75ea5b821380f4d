import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { HealthIndicatorService } from '@nestjs/terminus';
import { InstalledExtensions } from '../../libs/extensions/extensions.js';
import { SystemClock } from '../../libs/clock.js';
import { EsdbEventStore } from '../../libs/event-store/esdb/esdb.event-store.js';
import { eventsBehind } from '../../libs/event-store/events-behind.js';
import { newId } from '../../libs/ids.js';
import { Health } from '../../libs/observability/health.js';
import type { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { event } from '../support/events.js';
import { folder } from '../support/folder.js';
import { endLog, serveLog } from '../support/log-servers.js';
import { accountModel } from '../support/regions.js';

const path = join(folder(), 'events.db');
const definitions = [accountModel];
let store: EsdbEventStore;
let readModels: SqliteReadModels;
let rebuilds: Rebuilds;
beforeAll(async () => {
  store = await EsdbEventStore.open({ url: await serveLog(path) });
  readModels = new SqliteReadModels({ path: join(folder(), 'read-models.db'), clock: new SystemClock() });
  rebuilds = new Rebuilds(store, readModels, definitions, 'UTC');
});
afterAll(async () => {
  await readModels.close();
  await store.close();
  await endLog(path);
});

/** Ten events, and thirty of another program between them and the next ten. */
async function happens(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const accounts = Array.from({ length: 10 }, (_, index) =>
      event('AccountSeen', { id: `a${index}`, region: 'north', day: '2026-01-02', took: 1_000 }),
    );
    await store.append('account-1', 'any', accounts);
    const foreign = { data: Buffer.from('{}'), metadata: Buffer.from(''), contentType: 'application/json' as const };
    const others = Array.from({ length: 30 }, () => ({ id: newId(), type: 'Elsewhere', foreign }));
    await store.append('elsewhere-1', 'any', others);
  }
}

it('who is behind on a log whose positions have gaps is told so in events', async () => {
  await happens(150);
  const head = await store.head();
  expect(head).toBeGreaterThan(6_000);
  // Those further on than are counted are taken to be as dense as those that are.
  const [before] = await rebuilds.status();
  expect(before!.active).toBeNull();
  expect(Math.abs(before!.lag - 1_500)).toBeLessThan(30);

  const report = (what: string) => expect(what).toBe('nothing');
  await new Projector({ store, readModels, definitions, zone: 'UTC', report }).catchUp();
  expect((await rebuilds.status())[0]).toMatchObject({ lag: 0, active: { position: head, lag: 0 } });

  await happens(3);
  const [after] = await rebuilds.status();
  expect(after).toMatchObject({ lag: 30, active: { lag: 30 } });
  const projecting = { fault: undefined } as BackgroundProjector;
  const none = new InstalledExtensions([]);
  const health = await new Health(new HealthIndicatorService(), store, rebuilds, projecting, none).readModels();
  expect(health).toMatchObject({ readModels: { status: 'up', lag: 30 } });
  // Whatever was scanned in a second, as many of it were ours.
  const [generation] = await readModels.generations();
  expect(after!.active!.rate).toBe(Math.round(generation!.rate / 4));
});

it('who is ahead of those that are counted is told from them', async () => {
  const head = await store.head();
  const behind = await eventsBehind(store, 0, head);
  expect(behind.after(head)).toBe(0);
  expect(behind.after(head - 400)).toBeGreaterThanOrEqual(95);
  expect(behind.after(head - 400)).toBeLessThanOrEqual(105);
});
