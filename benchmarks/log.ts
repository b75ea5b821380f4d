import { Clock } from '../libs/clock.js';
import type { EventStore } from '../libs/event-store/event-store.js';
import { SqliteEventStore } from '../libs/event-store/sqlite/sqlite.event-store.js';
import { Company } from './company.js';
import type { Append } from './append-streams.js';

export interface LogSize {
  readonly customers: number;
  /** Events at least; registering a customer takes three. */
  readonly events: number;
  /** Customers do nothing but buy, all alike, instead of what a company does. */
  readonly buying?: true;
}

/** What a log holds, so that who reads a figure knows what an event is. */
export interface MadeLog {
  readonly events: number;
  /** Bytes of data and metadata of an event, on average. */
  readonly eventBytes: number;
}

const SEED = 20_260_101;
const BEGINNING = Date.parse('2024-01-01T08:00:00.000Z');
const TWO_YEARS = 730 * 86_400_000;
/** One customer in so many is there before anything else happens. */
const FIRST = 10;
/** Appends on their way at the same time: as many as the log writes in one group. */
const GROUP = 256;

class HistoryClock extends Clock {
  time = '';

  now(): string {
    return this.time;
  }
}

/** Makes a log of two years, the same for the same size, through the port. Leaves it closed and tidied up. */
export async function makeLog(path: string, size: LogSize): Promise<MadeLog> {
  const clock = new HistoryClock();
  const writer = { pid: process.pid, program: 'bench', since: new Date().toISOString() };
  const store = new SqliteEventStore({ path, clock, writer, durability: 'normal' });
  const appending = new Appending(store);
  const timeAfter = (events: number) =>
    new Date(BEGINNING + Math.min(1, events / size.events) * TWO_YEARS).toISOString();
  clock.time = timeAfter(0);
  const company = new Company(SEED, clock.time);
  await appending.all(company.foundation);
  const { customers } = company;
  // Each customer buys once before one buys again.
  const buyers = customers.all.values();
  const buyer = () => buyers.next().value ?? customers.some();
  while (appending.events < size.events || customers.all.length < size.customers) {
    clock.time = timeAfter(appending.events);
    company.at(clock.time);
    const due = Math.max(size.customers / FIRST, (appending.events / size.events) * size.customers);
    const registers = customers.all.length < Math.min(due, size.customers);
    if (registers) await appending.all([customers.register()]);
    else await appending.all(size.buying ? [customers.buy(buyer())] : company.step());
  }
  await appending.drain();
  await store.close();
  return { events: appending.events, eventBytes: appending.eventBytes };
}

/** Appends in groups, without waiting for each. */
export class Appending {
  events = 0;
  #bytes = 0;
  #group: Promise<unknown>[] = [];

  constructor(private readonly store: EventStore) {}

  get eventBytes(): number {
    return Math.round(this.#bytes / this.events);
  }

  async all(appends: readonly Append[]): Promise<void> {
    for (const { stream, revision, events } of appends) {
      this.events += events.length;
      for (const { data, metadata } of events) {
        this.#bytes += JSON.stringify(data).length + JSON.stringify(metadata).length;
      }
      this.#group.push(this.store.append(stream, revision === -1 ? 'no-stream' : revision, events));
    }
    if (this.#group.length >= GROUP) await this.drain();
  }

  async drain(): Promise<void> {
    const group = this.#group;
    this.#group = [];
    await Promise.all(group);
  }
}
