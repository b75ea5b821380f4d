import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Unavailable } from '../errors.js';

/** Ends the connections of an HTTP server in bounded time. The server alone waits for every request to be sent to its end. */
export class Connections {
  /** Requests under way on each open connection. */
  readonly #open = new Map<Socket, number>();
  #stopping = false;

  /** @param patience how long requests under way may take when the server stops, in milliseconds */
  constructor(
    private readonly http: FastifyInstance,
    private readonly patience: number,
  ) {
    http.server.on('connection', (socket: Socket) => this.#opened(socket));
    http.addHook('onRequest', (request, reply, done) => {
      if (this.#stopping) {
        void reply.header('connection', 'close');
        throw new Unavailable('server-stopping', 'The server is being stopped.', 1);
      }
      const { socket } = request.raw;
      this.#count(socket, 1);
      reply.raw.once('close', () => this.#count(socket, -1));
      done();
    });
    http.addHook('preClose', () => this.#stop());
  }

  #opened(socket: Socket): void {
    this.#open.set(socket, 0);
    socket.once('close', () => this.#open.delete(socket));
  }

  #count(socket: Socket, change: 1 | -1): void {
    const requests = this.#open.get(socket);
    if (requests === undefined) return;
    this.#open.set(socket, requests + change);
    if (this.#stopping && requests + change === 0) socket.destroySoon();
  }

  /** Accepts nothing more, lets what is under way finish within the patience, and destroys what is left. */
  async #stop(): Promise<void> {
    this.#stopping = true;
    this.http.server.close();
    for (const [socket, requests] of this.#open) if (requests === 0) socket.destroy();
    const closed = [...this.#open.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    const late = setTimeout(() => {
      for (const socket of this.#open.keys()) socket.destroy();
    }, this.patience);
    await Promise.all(closed);
    clearTimeout(late);
  }
}
