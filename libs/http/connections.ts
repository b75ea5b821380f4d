import { Server } from 'node:net';
import type { Socket } from 'node:net';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Unavailable } from '../errors.js';

/** Requests of one connection that may wait for those before them. */
const MOST_WAITING = 256;

/** An open connection. */
interface Open {
  /** Requests that are not answered to their end: one is under way, the others wait. */
  requests: number;
  readonly waiting: (() => void)[];
}

/**
 * The connections of an HTTP server. Each has one request under way at a time, since answers go out in the order of the requests:
 * clients that send many at once, and read none of the answers, hold up nothing but their own connection. On stopping,
 * connections end in bounded time; the server alone waits for every request to be sent to its end.
 */
export class Connections implements BeforeApplicationShutdown {
  readonly #open = new Map<Socket, Open>();
  #stopped: Promise<void> | undefined;

  /** @param patience how long requests under way may take when the server stops, in milliseconds */
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
      // Requests that are handed over without a connection have none to wait for.
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

  /** Begins to stop. What else is stopped does not wait for the requests under way, and they do not wait for it. */
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
    // In a turn of its own, so that other connections come in between.
    if (next && this.#open.has(socket)) setImmediate(next);
    else if (this.#stopped && open.requests === 0) socket.destroySoon();
  }

  /** Accepts nothing more, lets what is under way finish within the patience, and destroys what is left. */
  #stop(): Promise<void> {
    return (this.#stopped ??= this.#end());
  }

  async #end(): Promise<void> {
    // The server of HTTP would also cut off connections whose answer is written, but not yet sent to its end.
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
