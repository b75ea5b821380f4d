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

/** Bytes of a message: more than an append may have, so that one which has more is told so. */
const MOST_RECEIVED = 17 * 1024 * 1024;
/** Calls of one connection at a time, and how many more HTTP/2 lets through so that they can be refused. */
const MOST_CALLS = 2_000;
const SPARE_CALLS = 100;
/** The user name that EventStoreDB gives to callers where no login is asked for. */
const NAMELESS = 'system';
/** How long callers have to take notice of the end, in milliseconds. */
const GRACE = 1_000;
/** How long the last answers have to get out, in milliseconds. */
const LAST_WORDS = 100;
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
  /** A certificate, and who may call; beyond loopback it takes both. */
  readonly tls?: Tls;
  readonly login?: Login;
  /**
   * Calls that one connection may have at a time.
   * @defaultValue 2,000
   */
  readonly mostCalls?: number;
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
      // Nothing asks for the library's own figures, and it counts each message for them.
      'grpc.enable_channelz': 0,
      // Beyond the bound callers are told so; those that do not heed it are held to it by HTTP/2.
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
   * Where it listens, as clients are told it.
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

  /** Ends what is open, in words that clients understand; who does not listen is hung up on. */
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
