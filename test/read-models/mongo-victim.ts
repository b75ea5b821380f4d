import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { dieAhead } from '../support/mongo-death.js';
import { accountModel } from '../support/regions.js';

/** Projects a log, and is killed ahead of the n-th write, if it comes to that. */
const [log, url, exactlyOnce, n] = process.argv.slice(2) as [string, string, 'transactions' | 'order', string];
const clock = new SystemClock();
const store = new SqliteEventStore({ path: log, clock });
const readModels = await MongoReadModels.open({ url, clock, exactlyOnce, note: () => undefined });
dieAhead(Number(n), 'victim', () => process.kill(process.pid, 'SIGKILL'));
const report = (what: string, details: object) => {
  throw new Error(`${what} ${JSON.stringify(details)}`);
};
await new Projector({ store, readModels, definitions: [accountModel], zone: 'UTC', report }).catchUp();
await readModels.close();
await store.close();
