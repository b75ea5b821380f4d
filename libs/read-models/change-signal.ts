import { BroadcastChannel } from 'node:worker_threads';
import { Wakers } from '../wakers.js';

/** Tells whoever waits, in any thread of this process, that read models have changed; what others changed shows at a heartbeat. */
export class ChangeSignal {
  readonly #channel: BroadcastChannel;
  readonly #wakers = new Wakers();
  #closed = false;

  /**
   * @param place names the read models, the same in every thread
   * @param heard called at each change that another thread announces, before anybody is woken
   */
  constructor(place: string, heard?: () => void) {
    this.#channel = new BroadcastChannel(`annals-read-models:${place}`);
    this.#channel.onmessage = () => {
      heard?.();
      this.#wakers.wake();
    };
    this.#channel.unref();
  }

  /** Resolves at a change, when `signal` aborts, or after at most a second. */
  next(signal?: AbortSignal): Promise<void> {
    return this.#wakers.wait(() => this.#closed, { signal });
  }

  announce(): void {
    this.#wakers.wake();
    if (!this.#closed) this.#channel.postMessage(null);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wakers.wake();
    this.#channel.close();
  }
}
