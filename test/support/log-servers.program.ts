import { createInterface } from 'node:readline';
import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';

/**
 * Many logs, each behind an endpoint of its own that any client may write to, so that every test has a fresh one at once.
 * Takes orders on its standard input, a line each: `open FILE` is answered with where it listens, `close FILE` when it is gone.
 */
const served = new Map<string, { readonly store: SqliteEventStore; readonly server: SubscriptionServer }>();
const writer = { pid: process.pid, program: 'logs', since: new Date().toISOString() };

const orders: Readonly<Record<string, (path: string) => Promise<string>>> = {
  async open(path) {
    const store = new SqliteEventStore({ path, clock: new SystemClock(), writer, durability: 'normal' });
    const server = new SubscriptionServer({
      store,
      groups: `${path}-groups`,
      report: (what, details) =>
        process.stderr.write(`${what} ${String((details as { error?: Error }).error?.stack)}\n`),
      appending: { guarded: [] },
    });
    served.set(path, { store, server });
    return server.listen('127.0.0.1', 0);
  },
  async close(path) {
    const { store, server } = served.get(path)!;
    served.delete(path);
    await server.stop();
    await store.close();
    return 'closed';
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [, order, path] = /^(\w+) (.*)$/.exec(line)!;
  process.stdout.write(`${await orders[order!]!(path!)}\n`);
}
process.exit();
