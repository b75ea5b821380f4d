import { join } from 'node:path';
import { SystemClock } from '../libs/clock.js';
import { SqliteEventStore } from '../libs/event-store/sqlite.event-store.js';
import { Holding } from '../libs/read-models/holding.js';
import { Projector } from '../libs/read-models/projector.js';
import { SqliteReadModels } from '../libs/read-models/sqlite.read-models.js';
import { readModels as definitions } from '../projections/index.js';

/** What a worker spent where, in seconds, and on how many pages. */
export interface Worked {
  readonly reading: number;
  readonly writing: number;
  readonly pages: number;
}

/**
 * One of several workers on one log and one file of read models: `working LOG FOLDER PARTITIONS`. It begins when it is asked to,
 * and when it is asked again stops and says what it spent.
 */
const [log = '', folder = '', partitions = '1'] = process.argv.slice(2);
const clock = new SystemClock();
const store = new SqliteEventStore({ path: log, clock });
const readModels = new SqliteReadModels({ path: join(folder, 'read-models.db'), clock });
const spent = { reading: 0, writing: 0, pages: 0 };

const timed =
  <Args extends readonly unknown[], Result>(what: 'reading' | 'writing', work: (...args: Args) => Promise<Result>) =>
  async (...args: Args): Promise<Result> => {
    const begun = performance.now();
    try {
      return await work(...args);
    } finally {
      spent[what] += (performance.now() - begun) / 1_000;
      if (what === 'writing') spent.pages += 1;
    }
  };
store.readLog = timed('reading', store.readLog.bind(store));
readModels.write = timed('writing', readModels.write.bind(readModels));

const holding = new Holding({ readModels, kind: 'projections', timeToLive: 3_000 });
const projector = new Projector({
  store,
  readModels,
  definitions,
  zone: 'UTC',
  partitions: Number(partitions),
  holding,
  report: (what, details) => {
    throw new Error(`${what}: ${JSON.stringify(details)}`);
  },
});
let running: Promise<void> | undefined;
process.on('message', async () => {
  if (!running) {
    running = projector.start();
    process.send?.({});
    return;
  }
  await projector.stop();
  await readModels.close();
  await store.close();
  process.send?.(spent satisfies Worked);
});
