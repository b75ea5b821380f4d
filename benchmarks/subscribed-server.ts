import { join } from 'node:path';
import { SystemClock } from '../libs/clock.js';
import { SqliteEventStore } from '../libs/event-store/sqlite/sqlite.event-store.js';
import { SubscriptionServer } from '../libs/subscriptions/subscription-server.js';

/** The endpoint over a log in a folder, to which its clients may append; answers every message with the memory it has. */
const [folder = ''] = process.argv.slice(2);
const store = new SqliteEventStore({
  path: join(folder, 'events.db'),
  clock: new SystemClock(),
  writer: { pid: process.pid, program: 'bench', since: new Date().toISOString() },
});
const report = (what: string, details: object) => process.stderr.write(`${what} ${JSON.stringify(details)}\n`);
const groups = join(folder, 'events-groups.db');
const server = new SubscriptionServer({ store, groups, report, appending: { guarded: [] } });
process.on('message', () => process.send!(process.memoryUsage.rss()));
process.once('disconnect', () => void server.stop().then(() => store.close()));
process.send!(await server.listen('127.0.0.1', 0));
