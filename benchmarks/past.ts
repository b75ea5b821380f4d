import { join } from 'node:path';
import { SystemClock } from '../libs/clock.js';
import { EventStore } from '../libs/event-store/event-store.js';
import { SqliteEventStore } from '../libs/event-store/sqlite/sqlite.event-store.js';
import { Past } from '../libs/read-models/asking/past.js';
import { Reading } from '../libs/read-models/asking/reading.js';
import { scratch } from '../libs/read-models/open-read-models.js';
import { customerProfile } from '../projections/customer-profile.js';
import { readModels as definitions } from '../apps/program/definitions.js';
import { Company } from './company.js';
import type { Customer } from './customers.js';
import { Appending } from './log.js';
import { rounds, seconds } from './measure.js';
import type { Bench, Figure, Measurement } from './measure.js';

const LENGTHS = [20, 200, 2_000];
/** Events read in a round, so that a round of short streams takes as long as one of long ones. */
const READ = 100_000;
const END = '2026-12-31T00:00:00.000Z';

/** A customer as of a moment that its whole stream lies before, against reading that stream. */
export const past: Measurement = {
  name: 'past',
  async run(bench) {
    const path = join(bench.workspace.folder(), 'events.db');
    const clock = new SystemClock();
    const writer = { pid: process.pid, program: 'bench', since: clock.now() };
    const store = new SqliteEventStore({ path, clock, writer, durability: 'normal' });
    const { customers, eventBytes } = await filled(store);
    const readModels = scratch(clock);
    const reading = new Reading(store, readModels, new Past(store, clock, definitions, 'UTC', () => scratch(clock)));
    const figures: Figure[] = [];
    for (const [index, customer] of customers.entries()) {
      figures.push({ ...(await measured(bench, store, reading, customer, LENGTHS[index]!)), eventBytes });
    }
    await readModels.close();
    await store.close();
    return figures;
  },
};

async function filled(store: EventStore): Promise<{ customers: Customer[]; eventBytes: number }> {
  const { foundation, customers } = new Company(1, '2026-01-05T09:00:00.000Z');
  const appending = new Appending(store);
  await appending.all(foundation);
  for (const length of LENGTHS) {
    await appending.all([customers.register()]);
    const customer = customers.all.at(-1)!;
    while (customer.revision < length - 1) {
      const buys = customer.revision % 8 === 0;
      await appending.all([buys ? customers.buy(customer) : customers.interact(customer)]);
    }
  }
  await appending.drain();
  return { customers: customers.all, eventBytes: appending.eventBytes };
}

async function measured(
  bench: Bench,
  store: EventStore,
  reading: Reading,
  { id, stream }: Customer,
  length: number,
): Promise<Figure> {
  const times = Math.ceil(READ / length);
  const each = async (work: () => Promise<unknown>) => {
    const taken = await seconds(async () => {
      for (let time = 0; time < times; time += 1) await work();
    });
    return (taken * 1_000) / times;
  };
  const folded = () => reading.document(customerProfile, id, { asOf: END });
  const read = async () => {
    let found = 0;
    for await (const events of store.pages(stream)) for (const { data } of events) if (data) found += 1;
    return found;
  };
  if ((await read()) !== length || (await folded())?.revision !== length - 1)
    throw new Error(`${stream} is not complete`);
  const values = await rounds(bench.rounds, { read: () => each(read), folded: () => each(folded) });
  return {
    name: `a customer as of a moment, stream of ${length.toLocaleString('en')} events`,
    unit: 'ms',
    values: values.folded,
    ceiling: { name: 'reading the stream', values: values.read },
    target: { of: 'ratio', atMost: 2 },
  };
}
