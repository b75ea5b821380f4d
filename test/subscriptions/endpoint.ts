import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeEach, describe } from '@jest/globals';
import eventstore from '@eventstore/db-client';
import type { ReadableSubscription, ResolvedEvent } from '@eventstore/db-client';
import kurrent from '@kurrent/kurrentdb-client';
import type { NewEvent } from '../../libs/event-store/event-store.js';
import type { SqliteEventStore } from '../../libs/event-store/sqlite.event-store.js';
import { compiled } from '../support/compiled.js';
import { events } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteStore } from '../support/stores.js';
import type { Order } from './server.thread.js';

export type Client = eventstore.EventStoreDBClient;
export type Tools = typeof eventstore;

/** Clients as their makers publish them. What is used of them here is the same for both. */
export const clients = [
  { name: '@eventstore/db-client', scheme: 'esdb', tools: eventstore, Client: eventstore.EventStoreDBClient },
  {
    name: '@kurrent/kurrentdb-client',
    scheme: 'kurrentdb',
    tools: kurrent as unknown as Tools,
    Client: kurrent.KurrentDBClient as unknown as Tools['EventStoreDBClient'],
  },
];

/**
 * The endpoint runs in a thread of its own, as the messages of two clients cannot be loaded beside each other: both enter them
 * under the same global names.
 */
const compiledHere = compiled(
  'libs/*.ts',
  'libs/{event-store,subscriptions}/*.ts',
  'test/subscriptions/server.thread.ts',
);
let thread: Worker | undefined;

async function ask<Answer>(order: Partial<Order>): Promise<Answer> {
  thread ??= new Worker(join(compiledHere, 'test/subscriptions/server.thread.js'), { stderr: false });
  thread.postMessage(order);
  const [answer] = (await once(thread, 'message')) as [Answer];
  return answer;
}

afterAll(async () => {
  await thread?.terminate();
});

/** A log, the endpoint over it and a client of it: others, on a fresh place, for every test. */
export class Endpoint {
  readonly tools: Tools;
  client: Client;
  store: SqliteEventStore;
  url: string;
  #path: string;
  readonly #clients: Client[] = [];

  constructor(private readonly kind: (typeof clients)[number]) {
    this.tools = kind.tools;
  }

  async open(): Promise<void> {
    this.#path = join(folder(), 'events.db');
    this.store = sqliteStore({ path: this.#path, durability: 'normal' });
    this.url = await ask({ do: 'open', path: this.#path, port: 0 });
    this.client = this.connect();
  }

  /** Ends as a program does that is told to stop. */
  stop = (): Promise<void> => ask({ do: 'stop' });

  /** Begins again on the same files, at the same port. */
  async restart(): Promise<void> {
    await ask({ do: 'open', path: this.#path, port: Number(new URL(this.url).port) });
  }

  /** How many events of the log the endpoint has read. */
  count = (): Promise<number> => ask({ do: 'count' });

  /** What the endpoint had to say to its operator. */
  reports = (): Promise<string[]> => ask({ do: 'reports' });

  connect(url = this.url): Client {
    const { Client, scheme } = this.kind;
    const client = Client.connectionString`${url.replace('esdb', scheme)}`;
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.dispose()));
    await this.stop();
    await this.store.close();
  }

  async append(stream: string, given: number | readonly NewEvent[]): Promise<void> {
    await this.store.append(stream, 'any', typeof given === 'number' ? events(given) : given);
  }
}

/** The same suite for every client. */
export function forEachClient(suite: (on: Endpoint) => void): void {
  describe.each(clients)('$name', (kind) => {
    const endpoint = new Endpoint(kind);
    beforeEach(() => endpoint.open());
    afterEach(() => endpoint.close());
    suite(endpoint);
  });
}

/** Everything a finished reading gives. */
export async function all<Event>(reading: AsyncIterable<Event>): Promise<Event[]> {
  const found: Event[] = [];
  for await (const each of reading) found.push(each);
  return found;
}

/** The next events of a subscription. */
export async function take<Event extends ResolvedEvent>(
  subscription: ReadableSubscription<Event>,
  count: number,
): Promise<Event[]> {
  const found: Event[] = [];
  if (count > 0) {
    for await (const each of subscription.iterator({ destroyOnReturn: false })) {
      if (found.push(each) === count) break;
    }
  }
  return found;
}

/** `stream@revision` of each. */
export const placesOf = (found: readonly ResolvedEvent[]): string[] =>
  found.map(({ event }) => `${event!.streamId}@${event!.revision}`);

/** Places of consecutive events of a stream. */
export const places = (stream: string, from: number, to: number): string[] =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => `${stream}@${from < to ? from + index : from - index}`);

/** Position of each in the log. */
export const positionsOf = (found: readonly ResolvedEvent[]): number[] =>
  found.map(({ event }) => Number((event as { position: { commit: bigint } }).position.commit));
