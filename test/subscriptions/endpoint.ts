import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeEach, describe } from '@jest/globals';
import type eventstore from '@eventstore/db-client';
import type { ReadableSubscription, ResolvedEvent } from '@eventstore/db-client';
import type { NewEvent } from '../../libs/event-store/event-store.js';
import type { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { compiled } from '../support/compiled.js';
import { events } from '../support/events.js';
import { folder } from '../support/folder.js';
import { sqliteReader, sqliteStore } from '../support/stores.js';
import type { Order, Secured } from './server.thread.js';

export type Client = eventstore.EventStoreDBClient;
export type Tools = typeof eventstore;
type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint;

/**
 * Clients as their makers publish them, each loaded when its turn comes: both enter their messages under the same global names,
 * so that the one loaded first cannot write any more when the other is there. What is used of them here is the same for both,
 * but for the names of some options and fields.
 */
export const clients = [
  {
    name: '@eventstore/db-client',
    scheme: 'esdb',
    load: async () => {
      const { default: tools } = await import('@eventstore/db-client');
      return { tools, Client: tools.EventStoreDBClient };
    },
    expected: 'expectedRevision',
    conflict: ['expectedVersion', 'actualVersion'],
  },
  {
    name: '@kurrent/kurrentdb-client',
    scheme: 'kurrentdb',
    load: async () => {
      const { default: tools } = await import('@kurrent/kurrentdb-client');
      return {
        tools: tools as unknown as Tools,
        Client: tools.KurrentDBClient as unknown as Tools['EventStoreDBClient'],
      };
    },
    expected: 'streamState',
    conflict: ['expectedState', 'actualState'],
  },
] as const;

/** The endpoint runs in a thread of its own for the same reason: it loads the messages of one of them. */
const compiledHere = compiled(
  'libs/*.ts',
  'libs/sqlite/*.ts',
  'libs/{event-store,subscriptions}/**/*.ts',
  'test/subscriptions/server.thread.ts',
);
let thread: Worker | undefined;

/** Time a call has, in milliseconds: far beyond what any takes on a loaded machine. A test of deadlines gives its own. */
const DEADLINE = 600_000;

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
  tools: Tools;
  client: Client;
  store: SqliteEventStore;
  url: string;
  #path: string;
  #Client: Tools['EventStoreDBClient'];
  readonly #clients: Client[] = [];

  /** @param guarded categories that clients may not write; without it they may write nothing, and the test writes */
  constructor(
    private readonly kind: (typeof clients)[number],
    private readonly guarded?: readonly string[],
    private readonly secured?: Secured,
  ) {}

  async open(): Promise<void> {
    const { tools, Client } = await this.kind.load();
    this.tools = tools;
    this.#Client = Client;
    this.#path = join(folder(), 'events.db');
    const { guarded, secured } = this;
    if (!guarded) this.store = sqliteStore({ path: this.#path, durability: 'normal' });
    this.url = await ask({ do: 'open', path: this.#path, port: 0, guarded, secured });
    if (guarded) this.store = sqliteReader(this.#path);
    this.client = this.connect();
  }

  /** Ends as a program does that is told to stop. */
  stop = (): Promise<void> => ask({ do: 'stop' });

  /** Begins again on the same files, at the same port. */
  async restart(): Promise<void> {
    const { guarded, secured } = this;
    const port = Number(new URL(this.url).port);
    await ask({ do: 'open', path: this.#path, port, guarded, secured });
  }

  /** How many events of the log the endpoint has read. */
  count = (): Promise<number> => ask({ do: 'count' });

  /** How often it has asked the log for a page of it, or of a stream. */
  readings = (): Promise<number> => ask({ do: 'readings' });

  /** What the endpoint had to say to its operator. */
  reports = (): Promise<string[]> => ask({ do: 'reports' });

  connect(url = this.url): Client {
    const settings = `${url.includes('?') ? '&' : '?'}defaultDeadline=${DEADLINE}`;
    const client = this.#Client.connectionString`${url.replace('esdb', this.kind.scheme)}${settings}`;
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.dispose()));
    await this.stop();
    await this.store.close();
  }

  /** The option by which a call says where a stream must be. */
  expecting = (expected: Expected) => ({ [this.kind.expected]: expected });

  /** What a caller is told whose expectation does not hold. */
  conflict = (streamName: string, expected: Expected, actual: bigint | 'no_stream') => ({
    type: this.tools.ErrorType.WRONG_EXPECTED_VERSION,
    streamName,
    [this.kind.conflict[0]]: expected,
    [this.kind.conflict[1]]: actual,
  });

  async append(stream: string, given: number | readonly NewEvent[]): Promise<void> {
    await this.store.append(stream, 'any', typeof given === 'number' ? events(given) : given);
  }
}

/**
 * The same suite for every client.
 * @param guarded categories that clients may not write; without it they may write nothing, and the test writes
 */
export function forEachClient(suite: (on: Endpoint) => void, guarded?: readonly string[], secured?: Secured): void {
  describe.each(clients)('$name', (kind) => {
    const endpoint = new Endpoint(kind, guarded, secured);
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
