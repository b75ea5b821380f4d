import { Server } from 'node:net';
import type { Socket } from 'node:net';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Unavailable } from '../errors.js';

/** Maximum number of waiting requests per connection. */
const MOST_WAITING = 256;

/** An open connection. */
interface Open {
  /** Requests without a complete answer: one is being handled, the others wait. */
  requests: number;
  readonly waiting: (() => void)[];
}

/**
 * Manages the connections of an HTTP server. Each connection has one request in progress at a time, since answers go out in the
 * order of the requests; so a client that sends many requests and reads no answers blocks only its own connection. On a stop,
 * connections end within a time limit; the server by itself would wait for every request.
 */
export class Connections implements BeforeApplicationShutdown {
  readonly #open = new Map<Socket, Open>();
  #stopped: Promise<void> | undefined;

  /** @param patience time for open requests to finish during a stop, in milliseconds */
  constructor(
    private readonly http: FastifyInstance,
    private readonly patience: number,
  ) {
    http.server.on('connection', (socket: Socket) => this.#opened(socket));
    http.addHook('onRequest', (request, reply, done) => {
      if (this.#stopped) {
        void reply.header('connection', 'close');
        throw new Unavailable('server-stopping', 'The server is being stopped.', 1);
      }
      const { socket } = request.raw;
      const open = this.#open.get(socket);
      // Injected requests have no connection.
      if (!open) return done();
      if (open.waiting.length >= MOST_WAITING) {
        void reply.header('connection', 'close');
        throw new Unavailable(
          'requests-waiting',
          `${MOST_WAITING} requests of this connection wait for their answer.`,
          1,
        );
      }
      open.requests += 1;
      reply.raw.once('close', () => this.#answered(socket, open));
      if (open.requests === 1) done();
      else open.waiting.push(done);
    });
    http.addHook('preClose', () => this.#stop());
  }

  /** Begins the stop. Open requests finish in parallel with the stop of other components. */
  beforeApplicationShutdown(): void {
    void this.#stop();
  }

  #opened(socket: Socket): void {
    this.#open.set(socket, { requests: 0, waiting: [] });
    socket.once('close', () => this.#open.delete(socket));
  }

  #answered(socket: Socket, open: Open): void {
    open.requests -= 1;
    const next = open.waiting.shift();
    // In a later turn of the event loop, so that other connections are served in between.
    if (next && this.#open.has(socket)) setImmediate(next);
    else if (this.#stopped && open.requests === 0) socket.destroySoon();
  }

  /** Accepts no new connections, lets open requests finish within the time limit, then closes the rest. */
  #stop(): Promise<void> {
    return (this.#stopped ??= this.#end());
  }

  async #end(): Promise<void> {
    // The `close` of the HTTP server would also cut connections whose answer is not completely sent yet.
    Server.prototype.close.call(this.http.server);
    for (const [socket, { requests }] of this.#open) if (requests === 0) socket.destroy();
    const closed = [...this.#open.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    const late = setTimeout(() => {
      for (const socket of this.#open.keys()) socket.destroy();
    }, this.patience);
    await Promise.all(closed);
    clearTimeout(late);
  }
}
