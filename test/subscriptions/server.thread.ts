import { parentPort } from 'node:worker_threads';
import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite.event-store.js';
import { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';

/** What a test can ask of the thread in which the endpoint runs, one thing at a time. */
export interface Order {
  readonly do: 'open' | 'stop' | 'count' | 'reports';
  readonly path: string;
  readonly port: number;
  /** Categories that clients may not write; where there are none given they may write nothing. */
  readonly guarded?: readonly string[];
}

let store: SqliteEventStore;
let server: SubscriptionServer;
let read = 0;
const reports: string[] = [];

async function open({ path, port, guarded }: Order): Promise<string> {
  const writer = guarded && { pid: process.pid, program: 'endpoint', since: new Date().toISOString() };
  store = new SqliteEventStore({ path, clock: new SystemClock(), durability: 'normal', ...(writer && { writer }) });
  read = 0;
  const readLog = store.readLog.bind(store);
  store.readLog = async (range) => {
    const page = await readLog(range);
    read += page.events.length;
    return page;
  };
  const report = (what: string, details: object) => reports.push(`${what}: ${(details as { error?: Error }).error}`);
  server = new SubscriptionServer({
    store,
    groups: `${path}-groups`,
    report,
    ...(guarded && { appending: { guarded } }),
  });
  return server.listen('127.0.0.1', port);
}

async function stop(): Promise<void> {
  await server.stop();
  await store.close();
}

const answers = { open, stop, count: () => read, reports: () => reports.splice(0) };

parentPort!.on('message', async (order: Order) => parentPort!.postMessage(await answers[order.do](order)));
