import { SystemClock } from '../../libs/clock.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { SubscriptionServer } from '../../libs/subscriptions/subscription-server.js';

/** The endpoint as a process that can be killed; says where it listens. */
const [, , path, groups] = process.argv as [string, string, string, string];
const store = new SqliteEventStore({ path, clock: new SystemClock() });
const report = (what: string, details: object) => process.stderr.write(`${what} ${JSON.stringify(details)}\n`);
const server = new SubscriptionServer({ store, groups, report });
process.stdout.write(`${await server.listen('127.0.0.1', 0)}\n`);
