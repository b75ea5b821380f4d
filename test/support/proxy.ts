import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll } from '@jest/globals';

const proxies: Proxy[] = [];

/** Stands between a client and a server, and does to their connections what networks do. */
export class Proxy {
  url: string;
  readonly #server = createServer((near) => this.#join(near));
  readonly #pairs = new Set<readonly [near: Socket, far: Socket]>();
  #target: URL;
  /** What the server says is lost. */
  #mute = false;

  /** @param target where the server listens */
  static async before(target: string): Promise<Proxy> {
    const proxy = new Proxy();
    proxies.push(proxy);
    proxy.#target = new URL(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    const { port } = proxy.#server.address() as AddressInfo;
    proxy.url = target.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`);
    return proxy;
  }

  /** Where connections lead from now on. */
  lead(target: string): void {
    this.#target = new URL(target);
  }

  /** Ends every connection. */
  cut(): void {
    for (const sockets of this.#pairs) for (const socket of sockets) socket.destroy();
  }

  /** Nothing comes through on the connections there are; they stay open. */
  freeze(): void {
    for (const sockets of this.#pairs) for (const socket of sockets) socket.unpipe().pause();
  }

  /** Whether what the server says is lost, on connections there are and on others. */
  mute(mute: boolean): void {
    this.#mute = mute;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(near: Socket): void {
    const far = connect(Number(this.#target.port), this.#target.hostname);
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    near.pipe(far);
    far.on('data', (bytes) => {
      if (!this.#mute && !near.write(bytes)) far.pause();
    });
    near.on('drain', () => far.resume());
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
  }
}

afterAll(() => {
  for (const proxy of proxies.splice(0)) proxy.close();
});
