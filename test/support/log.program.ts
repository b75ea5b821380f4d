import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';

/**
 * A log of its own that any client of EventStoreDB may write, as a server of that kind would be: no rules, no projections.
 * `log.program.js FILE [BYTES OF AN APPEND]` prints where it listens, and stops on SIGTERM.
 */
const [, , path, most] = process.argv as [string, string, string, string?];
const writer = { pid: process.pid, program: 'log', since: new Date().toISOString() };
const store = new SqliteEventStore({ path, clock: new SystemClock(), writer, durability: 'normal' });
const server = new SubscriptionServer({
  store,
  groups: path.replace(/(\.db)?$/, '-groups.db'),
  report: (what, details) => process.stderr.write(`${what} ${String((details as { error?: Error }).error?.stack)}\n`),
  appending: { guarded: [], ...(most !== undefined && { most: Number(most) }) },
});

process.once('SIGTERM', async () => {
  await server.stop();
  await store.close();
});
process.stdout.write(`${await server.listen('127.0.0.1', 0)}\n`);
