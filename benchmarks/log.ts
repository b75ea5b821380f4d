import { Clock } from '../libs/clock.js';
import type { EventStore } from '../libs/event-store/event-store.js';
import { SqliteEventStore } from '../libs/event-store/sqlite.event-store.js';
import { Company } from './company.js';
import type { Append } from './recording.js';

export interface LogSize {
  readonly customers: number;
  /** Events at least; registering customers takes three each. */
  readonly events: number;
}

/** What a log is made with, so that who reads it knows what a figure per event means. */
export interface MadeLog {
  readonly events: number;
  /** Bytes of data and metadata of an event, on average. */
  readonly eventBytes: number;
}

const SEED = 20_260_101;
const BEGINNING = Date.parse('2024-01-01T08:00:00.000Z');
const TWO_YEARS = 730 * 86_400_000;
/** Customers there are before anything else happens, one in so many. */
const FIRST = 10;
/** Appends on their way at the same time: as many as the log writes in one group. */
const GROUP = 256;

/** The time at which the history is. */
class HistoryClock extends Clock {
  time = '';

  now(): string {
    return this.time;
  }
}

/** Makes a log of two years, the same for the same size, through the port. Leaves it closed and tidied up. */
export async function makeLog(path: string, { customers, events }: LogSize): Promise<MadeLog> {
  const clock = new HistoryClock();
  const writer = { pid: process.pid, program: 'bench', since: new Date().toISOString() };
  const store = new SqliteEventStore({ path, clock, writer, durability: 'normal' });
  const company = new Company(SEED, new Date(BEGINNING).toISOString());
  const appending = new Appending(store);
  const at = (done: number) =>
    (clock.time = company.time = new Date(BEGINNING + (done / events) * TWO_YEARS).toISOString());
  at(0);
  await appending.all(company.found());
  for (let index = 0; index < customers / FIRST; index += 1) await appending.all([company.register()]);
  while (appending.events < events || company.customers.length < customers) {
    at(Math.min(appending.events, events));
    const due = (appending.events / events) * customers;
    await appending.all(company.customers.length < Math.min(due, customers) ? [company.register()] : company.step());
  }
  await appending.drain();
  await store.close();
  return { events: appending.events, eventBytes: Math.round(appending.bytes / appending.events) };
}

/** Appends in groups, without waiting for each. */
export class Appending {
  events = 0;
  bytes = 0;
  #group: Promise<unknown>[] = [];

  constructor(private readonly store: EventStore) {}

  async all(appends: readonly Append[]): Promise<void> {
    for (const { stream, revision, events } of appends) {
      this.events += events.length;
      for (const { data, metadata } of events)
        this.bytes += JSON.stringify(data).length + JSON.stringify(metadata).length;
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
