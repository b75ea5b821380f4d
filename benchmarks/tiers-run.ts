import { SystemClock } from '../libs/clock.js';
import { customer } from '../libs/customers/customer.decider.js';
import { evaluated } from '../libs/customers/tier.rules.js';
import { TierWhatIf } from '../libs/customers/tier-what-if.js';
import type { WhatIfTotals } from '../libs/customers/tier-what-if.js';
import { SqliteEventStore } from '../libs/event-store/sqlite/sqlite.event-store.js';
import { Streams } from '../libs/event-store/streams.js';
import { upcasting } from './append-streams.js';
import { seconds } from './measure.js';
import { Resident } from './resident.js';
import { tierRules } from './structure.js';

export interface TiersRun {
  readonly seconds: number;
  readonly resident: number;
  readonly own: number;
  readonly customers: number;
  readonly changed: number;
}

/**
 * Works on the tiers of all customers of a log, in a process of its own, so that its memory is measured alone.
 *
 * - `what-if LOG`: replays the log under a policy.
 * - `evaluate LOG`: loads each customer as its commands do, and evaluates it; nothing is recorded.
 */
const [task, path = ''] = process.argv.slice(2);
const resident = new Resident();
const clock = new SystemClock();
const store = new SqliteEventStore({ path, clock, upcasting });
let [customers, changed] = [0, 0];
const taken = await seconds(task === 'what-if' ? replay : evaluate);
await store.close();
const answer: TiersRun = { seconds: taken, customers, changed, ...resident.most() };
process.send?.(answer, () => process.disconnect());

async function replay(): Promise<void> {
  const totals: WhatIfTotals = await new TierWhatIf(store, clock).run(tierRules, { to: '2026-01-01' }, () => undefined);
  ({ customers, changed } = totals);
}

async function evaluate(): Promise<void> {
  const streams = new Streams(store, clock, upcasting);
  const policy = { ...tierRules, version: 1 };
  for (let after = 0, end = false; !end;) {
    const page = await store.readLog({ after, types: ['CustomerRegistered'] });
    for (const { data } of page.events) {
      const { customerId } = data as { readonly customerId: string };
      const { state } = await streams.load(customer, customerId);
      if (state.status === 'unknown') throw new Error(`${customerId} is not there`);
      customers += 1;
      if (evaluated(customerId, state.standing, policy, { at: '2026-01-01T00:00:00.000Z' }).length > 0) changed += 1;
    }
    ({ scanned: after, end } = page);
  }
}
