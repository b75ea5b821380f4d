import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { SystemClock } from '../../libs/clock.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { events } from '../support/events.js';
import { folder } from '../support/folder.js';
import { orderModels } from '../support/orders.js';
import { sqliteStore } from '../support/stores.js';

const zone = 'UTC';
const definitions = orderModels;
const report = (what: string, details: object) => {
  throw new Error(`${what} ${JSON.stringify(details)}`);
};

const opened = (path = join(folder(), 'read-models.db')) => new SqliteReadModels({ path, clock: new SystemClock() });
const caughtUp = (store: EventStore, readModels: SqliteReadModels) =>
  new Projector({ store, readModels, definitions, zone, report }).catchUp();
const start = (store: EventStore, readModels: SqliteReadModels) =>
  new Rebuilds(store, readModels, definitions, zone).onModuleInit();

it('read models know the log they were made from, and refuse any other, however long that is', async () => {
  const [one, other] = [sqliteStore(), sqliteStore()];
  const readModels = opened();
  await one.append('order-1', 'no-stream', events(2));
  await other.append('order-1', 'no-stream', events(5));
  await start(other, readModels);
  await caughtUp(one, readModels);
  await start(one, readModels);
  await expect(start(other, readModels)).rejects.toMatchObject({ code: 'log-other' });
  await expect(caughtUp(other, readModels)).rejects.toMatchObject({ code: 'log-other' });
  expect((await readModels.generations()).map(({ position }) => position)).toEqual(orderModels.map(() => 2));
  await Promise.all([one.close(), other.close(), readModels.close()]);
});

it('that it was empty at first does not matter', async () => {
  const [one, other] = [sqliteStore(), sqliteStore()];
  const readModels = opened();
  const projector = new Projector({ store: one, readModels, definitions, zone, report });
  await projector.catchUp();
  expect(await readModels.madeFrom()).toBeUndefined();
  await one.append('order-1', 'no-stream', events(1));
  await projector.catchUp();
  await other.append('order-1', 'no-stream', events(1));
  await expect(start(other, readModels)).rejects.toMatchObject({ code: 'log-other' });
  await Promise.all([one.close(), other.close(), readModels.close()]);
});
