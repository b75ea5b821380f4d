import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { SystemClock } from '../libs/clock.js';
import { customer } from '../libs/customers/customer.decider.js';
import { portfolio } from '../libs/customers/portfolio.decider.js';
import type { Decider } from '../libs/event-store/decider.js';
import { SqliteEventStore } from '../libs/event-store/sqlite/sqlite.event-store.js';
import { Streams } from '../libs/event-store/streams.js';
import { opportunity } from '../libs/opportunities/opportunity.decider.js';
import { organisation } from '../libs/organisation/organisation.decider.js';
import { builtOrganisation } from './built-organisation.js';
import { Appending } from './log.js';
import { busyCustomer, busyOpportunity, busyPortfolio, largeOrganisation } from './long-streams.js';
import type { Long } from './long-streams.js';
import { rounds, seconds } from './measure.js';
import type { Bench, Figure, Measurement } from './measure.js';
import { Recorder, upcasting } from './append-streams.js';
import type { Happening } from './append-streams.js';

/** Events of the shorter and of the longer stream of each kind. */
const SHORT = 8_000;
const LONG = 100_000;
/** Events that are appended at once. */
const BATCH = 500;
const FOUNDER = { employeeId: 'founder', name: 'Founder' };

/** States of long streams, from their events: against reading and parsing the same events, which no fold can do without. */
export const states: Measurement = {
  name: 'states',
  async run(bench) {
    return [
      ...(await folding(bench, 'a portfolio', portfolio, busyPortfolio)),
      ...(await folding(bench, 'an organisation', organisation, largeOrganisation)),
      ...(await folding(bench, 'a customer', customer, busyCustomer)),
      ...(await folding(bench, 'an opportunity', opportunity, busyOpportunity)),
      ...(await builtOrganisation(bench)),
    ];
  },
};

async function folding<State, Events>(
  { workspace, rounds: count }: Bench,
  what: string,
  of: Decider<State, Events>,
  make: Long<Events>,
): Promise<Figure[]> {
  const path = join(workspace.folder(), 'events.db');
  const clock = new SystemClock();
  const writer = { pid: process.pid, program: 'bench', since: clock.now() };
  const store = new SqliteEventStore({ path, clock, writer, upcasting, durability: 'normal' });
  const recorder = new Recorder(1, '2024-05-06T09:00:00.000Z');
  const [short, long] = await Promise.all([SHORT, LONG].map((length) => filled(store, recorder, { of, make, length })));
  const blocks: number[] = [];
  const folded = async ({ id, length }: Filled) => {
    const streams = new Streams(store, clock, upcasting);
    const taken = await seconds(() => streams.load(of, id));
    if ((await streams.load(of, id)).revision !== length - 1) throw new Error(`${of.category}-${id} is not complete`);
    return length / taken;
  };
  const values = await rounds(count, {
    scan: async () => long!.length / (await seconds(() => scan(path, `${of.category}-${long!.id}`))),
    short: () => folded(short!),
    long: () => folded(long!),
    block: async () => blocks.push(await longestBlock(() => folded(long!))),
  });
  await store.close();
  return [
    {
      name: `${what} of ${short!.length.toLocaleString('en')} events`,
      unit: 'events/s',
      values: values.short,
      ceiling: { name: 'bare scan with JSON.parse', values: values.scan },
      eventBytes: short!.eventBytes,
    },
    {
      name: `${what} of ${long!.length.toLocaleString('en')} events`,
      unit: 'events/s',
      values: values.long,
      ceiling: { name: 'bare scan with JSON.parse', values: values.scan },
      target: { of: 'ratio', atLeast: 0.15 },
      eventBytes: long!.eventBytes,
    },
    {
      name: 'the longest time in which nothing else is answered meanwhile',
      unit: 'ms',
      values: blocks,
      target: { of: 'value', atMost: 100 },
    },
  ];
}

interface Filled {
  readonly id: string;
  readonly length: number;
  readonly eventBytes: number;
}

async function filled<State, Events>(
  store: SqliteEventStore,
  recorder: Recorder,
  { of, make, length }: { of: Decider<State, Events>; make: Long<Events>; length: number },
): Promise<Filled> {
  const stream = recorder.begin(of.category);
  const appending = new Appending(store);
  const events = make(recorder, stream.id, length) as Happening[];
  for (let from = 0; from < events.length; from += BATCH) {
    await appending.all([recorder.record(stream, FOUNDER, events.slice(from, from + BATCH))]);
  }
  await appending.drain();
  return { id: stream.id, length: events.length, eventBytes: appending.eventBytes };
}

/** Reads the events of a stream and parses their data, in the order of their revisions, as fast as the driver hands them out. */
function scan(path: string, stream: string): number {
  const db = new DatabaseSync(path, { readOnly: true });
  db.exec('PRAGMA mmap_size = 1073741824');
  const rows = db.prepare('SELECT revision, type, occurred_at, data FROM event WHERE stream = ? ORDER BY revision');
  rows.setReturnArrays(true);
  let found = 0;
  for (const row of rows.iterate(stream) as unknown as Iterable<readonly string[]>) {
    if (JSON.parse(row.at(-1)!)) found += 1;
  }
  db.close();
  return found;
}

/** The longest time between two turns of the event loop while `work` runs, in milliseconds. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let done = false;
  const watching = (async () => {
    for (let before = performance.now(); !done;) {
      await turn();
      const now = performance.now();
      longest = Math.max(longest, now - before);
      before = now;
    }
  })();
  await turn();
  await work();
  done = true;
  await watching;
  return longest;
}
