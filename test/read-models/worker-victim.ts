import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { HeldLeases } from '../../libs/read-models/building/leases.js';
import { MongoReadModels } from '../../libs/read-models/mongo/mongo.read-models.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { dieAhead } from '../support/mongo-death.js';
import { accountModel } from '../support/regions.js';

/**
 * One of several workers. It says on standard output what it reports, and stops in the middle when it is told to: ahead of a
 * page, or ahead of the n-th write of one where there are such.
 */
const [log, url, exactlyOnce, partitions, timeToLive, stopAhead] = process.argv.slice(2) as [
  log: string,
  url: string,
  exactlyOnce: 'transactions' | 'order',
  partitions: string,
  timeToLive: string,
  stopAhead: string,
];
const say = (what: string) => process.stdout.write(`${what}\n`);
const clock = new SystemClock();
const store = new SqliteEventStore({ path: log, clock });
const readModels = url.startsWith('mongodb:')
  ? await MongoReadModels.open({ url, clock, exactlyOnce, note: () => undefined })
  : new SqliteReadModels({ path: url, clock });

let stopping = false;
function standStill(): void {
  if (!stopping) return;
  stopping = false;
  say('stopped');
  process.kill(process.pid, 'SIGSTOP');
}
process.on('SIGUSR2', () => (stopping = true));
const write = readModels.write.bind(readModels);
if (stopAhead === 'page') {
  readModels.write = (pages) => {
    standStill();
    return write(pages);
  };
} else {
  readModels.write = async (pages) => {
    const restore = stopping ? dieAhead(Number(stopAhead), 'victim', standStill) : () => undefined;
    try {
      await write(pages);
    } finally {
      restore();
    }
  };
}
const leases = new HeldLeases({
  readModels,
  kind: 'projections',
  timeToLive: Number(timeToLive),
  id: `worker ${process.pid}`,
});
const projector = new Projector({
  store,
  readModels,
  definitions: [accountModel],
  zone: 'UTC',
  partitions: Number(partitions),
  leases,
  report: (what, details) => say(`${what} ${JSON.stringify(details)}`),
});
process.on('SIGTERM', () => void projector.stop());
await projector.start();
await readModels.close();
await store.close();
