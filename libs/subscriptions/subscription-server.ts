import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { logVerbosity, Server, setLogVerbosity } from '@grpc/grpc-js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { Refusal } from '../errors.js';
import type { EventStore } from '../event-store/event-store.js';
import { loopbackOnly } from '../loopback.js';
import { atMost, credentialsOf, onlyFor } from './access.js';
import type { Login, Tls } from './access.js';
import { OpenCalls } from './open-calls.js';
import type { Report } from './open-calls.js';
import { ConsumerGroups } from './consumer-groups.js';
import { addDiscovery, pathsOfDiscovery } from './discovery.js';
import type { Supported } from './discovery.js';
import type { LogSource } from './live-read.js';
import { ForeignStreams } from './foreign-streams.js';
import { addGroups, supportedOfGroups } from './group-calls.js';
import { LogTail } from './log-tail.js';
import { inFrames, unpacking } from './response-stream.js';
import type { Batch, ResponseStream } from './response-stream.js';
import { readCall } from './read-call.js';
import { askedBy } from './read-request.js';
import { stopping } from './refusals.js';
import { subscription } from './subscription.js';
import { refusedWriteCalls, writeCalls } from './write-calls.js';

/** Maximum bytes of a received message; above the append limit, so that a larger append gets its proper error. */
const MOST_RECEIVED = 17 * 1024 * 1024;
/** Maximum concurrent calls of a connection, and how many more HTTP/2 admits so that they can be refused with a message. */
const MOST_CALLS = 2_000;
const SPARE_CALLS = 100;
/** User name of callers when no login is required, as in EventStoreDB. */
const NAMELESS = 'system';
/** Time for open calls to end in good order during a stop, in milliseconds. */
const GRACE = 1_000;
/** Time for the last answers to be sent, in milliseconds. */
const LAST_WORDS = 100;
/** Interval and timeout of keep-alive pings, in milliseconds. */
const KEEPALIVE = 10_000;

const { StreamsService } = streamsService;

// The library logs errors to the console that it also throws.
setLogVerbosity(logVerbosity.NONE);

export interface SubscriptionServerOptions {
  readonly store: EventStore;
  /** File in which consumer groups are stored. */
  readonly groups: string;
  readonly report: Report;
  /** TLS and login; an address beyond loopback requires both. */
  readonly tls?: Tls;
  readonly login?: Login;
  /**
   * Maximum concurrent calls of a connection.
   * @defaultValue 2,000
   */
  readonly mostCalls?: number;
  /** Lets clients append to streams, delete them and set their metadata; when absent, clients may only read. */
  readonly appending?: {
    /** Categories of streams that only commands may write. */
    readonly guarded: readonly string[];
    /**
     * Maximum bytes of an append.
     * @defaultValue 1 MiB
     */
    readonly most?: number;
  };
}

/** Serves the log over EventStoreDB's gRPC protocol (v23): reads, subscriptions, consumer groups, appends. */
export class SubscriptionServer {
  readonly #server: Server;
  readonly #calls: OpenCalls;
  readonly #groups: ConsumerGroups;
  readonly #log: LogSource;

  constructor(private readonly options: SubscriptionServerOptions) {
    const { store, groups, report, appending, login, mostCalls = MOST_CALLS } = options;
    this.#server = new Server({
      'grpc.keepalive_time_ms': KEEPALIVE,
      'grpc.keepalive_timeout_ms': KEEPALIVE,
      'grpc.max_receive_message_length': MOST_RECEIVED,
      'grpc.max_send_message_length': -1,
      // The library's own statistics cost time for each message and are not used.
      'grpc.enable_channelz': 0,
      // Calls above the limit are refused with a message; HTTP/2 enforces a slightly higher limit.
      'grpc.max_concurrent_streams': mostCalls + SPARE_CALLS,
      interceptors: [...(login ? [onlyFor(login, pathsOfDiscovery)] : []), atMost(mostCalls), unpacking],
    });
    this.#calls = new OpenCalls(report);
    this.#log = { store, tail: new LogTail(store) };
    this.#groups = new ConsumerGroups(this.#log, groups, report);
    this.#server.addService(inFrames(StreamsService), {
      read: (call: ServerWritableStream<streams.ReadReq, Batch>) =>
        this.#calls.answer(call, (responses) => this.#answer(call.request, responses)),
      ...(appending
        ? writeCalls(new ForeignStreams(store, appending.guarded), this.#calls, appending.most)
        : refusedWriteCalls),
    });
    addGroups(this.#server, this.#groups, login?.user ?? NAMELESS, (error) => this.#calls.refusal(error));
    const supported: Supported[] = [
      { path: StreamsService.read.path, features: ['position', 'events'] },
      { path: StreamsService.append.path, features: [] },
      ...(appending ? [{ path: StreamsService.batchAppend.path, features: [] }] : []),
      ...supportedOfGroups,
    ];
    addDiscovery(this.#server, supported);
  }

  /**
   * Starts to listen.
   * @returns the connection string for clients
   * @throws Refusal `listen-unsafe` · `port-in-use`
   */
  async listen(host: string, port: number): Promise<string> {
    const { tls, login } = this.options;
    if (!tls || !login) loopbackOnly(host, 'Without a certificate, a user and a password the subscription endpoint');
    const name = host.includes(':') ? `[${host}]` : host;
    const bound = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`${name}:${port}`, credentialsOf(tls), (error, taken) => {
        if (!error) resolve(taken);
        else if (!error.message.includes('EADDRINUSE')) reject(error);
        else reject(inUse(host, port));
      });
    });
    return `esdb://${name}:${bound}?tls=${tls !== undefined}`;
  }

  /** Ends open calls as unavailable, and closes connections whose callers do not take that in time. */
  async stop(): Promise<void> {
    this.#calls.stop();
    this.#groups.close(stopping());
    await new Promise<void>((resolve) => {
      const hangUp = () => {
        this.#server.forceShutdown();
        resolve();
      };
      let late = setTimeout(() => {
        this.#calls.giveUp();
        late = setTimeout(hangUp, LAST_WORDS);
      }, GRACE);
      this.#server.tryShutdown(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  async #answer(request: streams.ReadReq, responses: ResponseStream): Promise<void> {
    const asked = askedBy(request);
    await (asked.live ? subscription(this.#log, asked, responses) : responses.sent(readCall(this.#log.store, asked)));
  }
}

const inUse = (host: string, port: number): Refusal =>
  new Refusal(
    'port-in-use',
    `Port ${port} of ${host} is taken by another program; --subscriptions-port chooses another one, or off.`,
  );
