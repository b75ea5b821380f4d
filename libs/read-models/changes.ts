import { BroadcastChannel } from 'node:worker_threads';

const HEARTBEAT = 1_000;

/** Tells whoever waits, in any thread of this process, that read models have changed; what others changed shows at a heartbeat. */
export class Changes {
  readonly #channel: BroadcastChannel;
  readonly #wakers = new Set<() => void>();
  #closed = false;

  /** @param place names the read models, the same in every thread */
  constructor(place: string) {
    this.#channel = new BroadcastChannel(`annals-read-models:${place}`);
    this.#channel.onmessage = () => this.#wake();
    this.#channel.unref();
  }

  /** Resolves at a change, when `signal` aborts, or after at most a second. */
  next(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed || signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(heartbeat);
        this.#wakers.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const heartbeat = setTimeout(done, HEARTBEAT);
      this.#wakers.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  announce(): void {
    this.#wake();
    if (!this.#closed) this.#channel.postMessage(null);
  }

  close(): void {
    this.#closed = true;
    this.#wake();
    this.#channel.close();
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
  }
}
