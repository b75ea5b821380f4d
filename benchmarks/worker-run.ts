import { join } from 'node:path';
import { SystemClock } from '../libs/clock.js';
import { SqliteEventStore } from '../libs/event-store/sqlite/sqlite.event-store.js';
import { HeldLeases } from '../libs/read-models/building/leases.js';
import { Projector } from '../libs/read-models/building/projector.js';
import { SqliteReadModels } from '../libs/read-models/sqlite/sqlite.read-models.js';
import { readModels as definitions } from '../apps/program/definitions.js';

export interface Order {
  readonly do: 'load' | 'start' | 'stop';
}

/** What a worker spent where, in seconds of the clock on the wall unless it says otherwise. */
export interface Worked {
  /** Until the first page: shares are taken up, and tables made. */
  readonly starting: number;
  /** Of events, until they are parsed. */
  readonly reading: number;
  readonly writing: number;
  /** From the beginning of the first page to the end of the last. */
  readonly paging: number;
  /** Of processors in that time, all threads together. */
  readonly processors: number;
  /** Cells and indexes, when all documents are there. */
  readonly filling: number;
  readonly pages: number;
}

/** One of several workers on one log and one file of read models: `working LOG FOLDER PARTITIONS PAGE`. It does as it is told. */
const [log = '', folder = '', partitions = '1', page = '4000'] = process.argv.slice(2);
const clock = new SystemClock();
const store = new SqliteEventStore({ path: log, clock });
const readModels = new SqliteReadModels({ path: join(folder, 'read-models.db'), clock });
const spent = { starting: 0, reading: 0, writing: 0, paging: 0, processors: 0, filling: 0, pages: 0 };
let startedAt = 0;
let first: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined;

const timed =
  <Args extends readonly unknown[], Result>(
    what: 'reading' | 'writing' | 'filling',
    work: (...args: Args) => Promise<Result>,
  ) =>
  async (...args: Args): Promise<Result> => {
    const begun = performance.now();
    try {
      return await work(...args);
    } finally {
      spent[what] += (performance.now() - begun) / 1_000;
    }
  };

const read = store.readLog.bind(store);
store.readLog = timed('reading', async (request) => {
  if (!first) {
    first = { at: performance.now(), cpu: process.cpuUsage() };
    spent.starting = (first.at - startedAt) / 1_000;
  }
  const found = await read({ ...request, limit: Math.min(request.limit ?? Infinity, Number(page)) });
  // Parsed when first asked for, and kept: so it is counted here and not among folding.
  for (const event of found.events) void event.data;
  return found;
});
const write = timed('writing', readModels.write.bind(readModels));
readModels.write = async (pages) => {
  await write(pages);
  const { user, system } = process.cpuUsage(first!.cpu);
  spent.pages += 1;
  spent.paging = (performance.now() - first!.at) / 1_000;
  spent.processors = (user + system) / 1e6;
};
readModels.fill = timed('filling', readModels.fill.bind(readModels));
readModels.index = timed('filling', readModels.index.bind(readModels));

const projector = new Projector({
  store,
  readModels,
  definitions,
  zone: 'UTC',
  partitions: Number(partitions),
  leases: new HeldLeases({ readModels, kind: 'projections', timeToLive: 10_000 }),
  report: (what, details) => {
    throw new Error(`${what}: ${JSON.stringify(details)}`);
  },
});
process.on('message', async (order: Order) => {
  if (order.do === 'start') {
    startedAt = performance.now();
    void projector.start();
  } else if (order.do === 'stop') {
    await projector.stop();
    await readModels.close();
    await store.close();
  }
  process.send?.(spent satisfies Worked);
});
