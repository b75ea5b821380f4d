import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { Refusal } from '../errors.js';
import type { EventStore } from '../event-store/event-store.js';
import { loopbackOnly } from '../loopback.js';
import { Calls } from './answering.js';
import type { Report } from './answering.js';
import { ConsumerGroups } from './consumer-groups.js';
import { addDiscovery } from './discovery.js';
import type { Supported } from './discovery.js';
import { subscription } from './following.js';
import { ForeignStreams } from './foreign-streams.js';
import { addGroups, supportedOfGroups } from './group-calls.js';
import { reading } from './reading.js';
import { askedBy } from './read-request.js';
import { stopping } from './refusals.js';
import { refusingCalls, writingCalls } from './writing-calls.js';

/** Bytes of a message: more than an append may have, so that one which has more is told so. */
const MOST_RECEIVED = 17 * 1024 * 1024;
/** How long callers have to take notice of the end, in milliseconds. */
const GRACE = 1_000;
/** How often a silent caller is asked whether it is there, and how long it has to say so, in milliseconds. */
const KEEPALIVE = 10_000;

const { StreamsService } = streamsService;

// The library writes to the console what it also throws.
setLogVerbosity(logVerbosity.NONE);

export interface SubscriptionServerOptions {
  readonly store: EventStore;
  /** The file in which groups of consumers are kept. */
  readonly groups: string;
  readonly report: Report;
  /** Whether clients may append to streams, describe and delete them; absent where they may only read. */
  readonly appending?: {
    /** Categories whose streams rules alone write. */
    readonly guarded: readonly string[];
    /**
     * Bytes of one append.
     * @defaultValue 1 MiB
     */
    readonly most?: number;
  };
}

/** The log as any client of EventStoreDB's gRPC protocol (v23) reads it and subscribes to it. */
export class SubscriptionServer {
  readonly #server = new Server({
    'grpc.keepalive_time_ms': KEEPALIVE,
    'grpc.keepalive_timeout_ms': KEEPALIVE,
    'grpc.max_receive_message_length': MOST_RECEIVED,
    'grpc.max_send_message_length': -1,
  });
  readonly #calls: Calls;
  readonly #store: EventStore;
  readonly #groups: ConsumerGroups;
  #url: URL | undefined;

  constructor({ store, groups, report, appending }: SubscriptionServerOptions) {
    this.#store = store;
    this.#calls = new Calls(report);
    this.#groups = new ConsumerGroups(store, groups, report);
    this.#server.addService(StreamsService, {
      read: (call: ServerWritableStream<streams.ReadReq, streams.ReadResp>) =>
        this.#calls.answer(call, (signal) => this.#answers(call.request, signal)),
      ...(appending
        ? writingCalls(new ForeignStreams(store, appending.guarded), this.#calls, appending.most)
        : refusingCalls),
    });
    addGroups(this.#server, this.#groups, (error) => this.#calls.refusal(error));
    const supported: Supported[] = [
      { path: StreamsService.read.path, features: ['position', 'events'] },
      { path: StreamsService.append.path, features: [] },
      ...(appending ? [{ path: StreamsService.batchAppend.path, features: [] }] : []),
      ...supportedOfGroups,
    ];
    addDiscovery(this.#server, supported, () => this.#url!);
  }

  /**
   * Where it listens, as clients are told it.
   * @throws Refusal `listen-unsafe` · `port-in-use`
   */
  async listen(host: string, port: number): Promise<string> {
    loopbackOnly(host, 'the subscription endpoint');
    const name = host.includes(':') ? `[${host}]` : host;
    const bound = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`${name}:${port}`, ServerCredentials.createInsecure(), (error, taken) => {
        if (!error) resolve(taken);
        else if (!error.message.includes('EADDRINUSE')) reject(error);
        else reject(inUse(host, port));
      });
    });
    this.#url = new URL(`esdb://${name}:${bound}?tls=false`);
    return this.#url.href;
  }

  /** Ends what is open, in words that clients understand; who does not listen is hung up on. */
  async stop(): Promise<void> {
    this.#calls.stop();
    this.#groups.close(stopping());
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => {
        this.#server.forceShutdown();
        resolve();
      }, GRACE);
      this.#server.tryShutdown(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  async *#answers(request: streams.ReadReq, signal: AbortSignal): AsyncGenerator<streams.ReadResp, void, undefined> {
    const asked = askedBy(request);
    yield* asked.live ? subscription(this.#store, asked, signal) : reading(this.#store, asked);
  }
}

const inUse = (host: string, port: number): Refusal =>
  new Refusal(
    'port-in-use',
    `Port ${port} of ${host} is taken by another program; --subscriptions-port chooses another one, or off.`,
  );
