import { BroadcastChannel } from 'node:worker_threads';
import { Wakers } from '../wakers.js';

/**
 * Signals changes of read models to all threads of this process. Waits also end after a second, for changes by other
 * processes.
 */
export class ChangeSignal {
  readonly #channel: BroadcastChannel;
  readonly #wakers = new Wakers();
  #closed = false;

  /**
   * @param place names the read models, the same in every thread
   * @param heard called at each change that another thread announces, before waits end
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
