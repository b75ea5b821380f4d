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
  /** From the first page to the last. */
  readonly seconds: number;
  /** Of processors, all threads of the process together, in that time. */
  readonly cpu: number;
  readonly pages: number;
}

/**
 * One of several workers on one log and one file of read models: `working LOG FOLDER PARTITIONS PAGE`. It begins when it is asked to,
 * and when it is asked again stops and says what it spent.
 */
const [log = '', folder = '', partitions = '1', page = '4000'] = process.argv.slice(2);
const clock = new SystemClock();
const store = new SqliteEventStore({ path: log, clock });
const readModels = new SqliteReadModels({ path: join(folder, 'read-models.db'), clock });
const spent = { reading: 0, writing: 0, seconds: 0, cpu: 0, pages: 0 };
let first: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined;

const timed =
  <Args extends readonly unknown[], Result>(what: 'reading' | 'writing', work: (...args: Args) => Promise<Result>) =>
  async (...args: Args): Promise<Result> => {
    const begun = performance.now();
    first ??= { at: begun, cpu: process.cpuUsage() };
    try {
      return await work(...args);
    } finally {
      const now = performance.now();
      spent[what] += (now - begun) / 1_000;
      if (what === 'writing') {
        const { user, system } = process.cpuUsage(first.cpu);
        spent.pages += 1;
        spent.seconds = (now - first.at) / 1_000;
        spent.cpu = (user + system) / 1e6;
      }
    }
  };
const readLog = store.readLog.bind(store);
store.readLog = timed('reading', (request) =>
  readLog({ ...request, limit: Math.min(request.limit ?? Infinity, Number(page)) }),
);
readModels.write = timed('writing', readModels.write.bind(readModels));

const holding = new Holding({ readModels, kind: 'projections', timeToLive: 10_000 });
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
