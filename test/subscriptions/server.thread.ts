import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import type { Login } from '../../libs/subscriptions/access.js';
import { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';

/** Where the certificate lies and its key, and who may call. */
export interface Secured {
  readonly certificate: string;
  readonly key: string;
  readonly login: Login;
}

/** What a test can ask of the thread in which the endpoint runs, one thing at a time. */
export interface Order {
  readonly do: 'open' | 'stop' | 'count' | 'readings' | 'reports';
  readonly path: string;
  readonly port: number;
  /** Categories that clients may not write; where there are none given they may write nothing. */
  readonly guarded?: readonly string[] | undefined;
  readonly secured?: Secured | undefined;
}

let store: SqliteEventStore;
let server: SubscriptionServer;
let read = 0;
let readings = 0;
const reports: string[] = [];

async function open({ path, port, guarded, secured }: Order): Promise<string> {
  const writer = guarded && { pid: process.pid, program: 'endpoint', since: new Date().toISOString() };
  store = new SqliteEventStore({ path, clock: new SystemClock(), durability: 'normal', ...(writer && { writer }) });
  read = 0;
  readings = 0;
  const readLog = store.readLog.bind(store);
  store.readLog = async (range) => {
    const page = await readLog(range);
    read += page.events.length;
    readings += 1;
    return page;
  };
  const readStream = store.readStream.bind(store);
  store.readStream = (...asked) => {
    readings += 1;
    return readStream(...asked);
  };
  const report = (what: string, details: object) => reports.push(`${what}: ${(details as { error?: Error }).error}`);
  server = new SubscriptionServer({
    store,
    groups: `${path}-groups`,
    report,
    ...(guarded && { appending: { guarded } }),
    ...(secured && {
      tls: { certificate: readFileSync(secured.certificate), key: readFileSync(secured.key) },
      login: secured.login,
    }),
  });
  return server.listen('127.0.0.1', port);
}

async function stop(): Promise<void> {
  await server.stop();
  await store.close();
}

const answers = { open, stop, count: () => read, readings: () => readings, reports: () => reports.splice(0) };

parentPort!.on('message', async (order: Order) => parentPort!.postMessage(await answers[order.do](order)));
