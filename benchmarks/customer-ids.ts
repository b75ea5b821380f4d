import { SystemClock } from '../libs/clock.js';
import { SqliteEventStore } from '../libs/event-store/sqlite/sqlite.event-store.js';

/** Every customer of a log, the oldest first. */
export async function customersIn(log: string): Promise<string[]> {
  const store = new SqliteEventStore({ path: log, clock: new SystemClock() });
  const customers: string[] = [];
  for (let after = 0; ;) {
    const { events, scanned, end } = await store.readLog({ after, types: ['CustomerRegistered'] });
    for (const { data } of events) customers.push((data as { customerId: string }).customerId);
    if (end) break;
    after = scanned;
  }
  await store.close();
  return customers;
}
