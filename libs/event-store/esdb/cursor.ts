import type { EsdbClient } from './client.js';
import type { EsdbEvent } from './wire-event.js';
import type { EsdbFilter, EsdbFollowing } from './following.js';
import { EsdbError } from './failures.js';

/** Buffered events before the server is paused. */
const READY = 512;

/**
 * Reads the log with a server-side filter, by a subscription, because plain reads of the log have no filter. Buffers events
 * for the next page up to a limit, then pauses the server.
 */
export class EsdbCursor {
  /** Position up to which events have been returned or skipped. */
  passed: number;
  /** Whether the read has reached the end of the log. */
  ended = false;
  readonly #ready: EsdbEvent[] = [];
  #next = 0;
  readonly #following: EsdbFollowing;
  #checkpoint = 0;
  #caughtUp = false;
  #failed: EsdbError | undefined;
  #told: () => void = () => undefined;

  /** @param head end of the log before the cursor was opened */
  constructor(
    client: EsdbClient,
    after: number,
    filter: EsdbFilter,
    private readonly head: number,
  ) {
    this.passed = after;
    this.#following = client.follow(after, filter, {
      event: (event) => {
        this.#ready.push(event);
        if (this.#ready.length - this.#next >= READY) this.#following.pause();
        this.#told();
      },
      checkpoint: (position) => {
        this.#checkpoint = position;
        this.#told();
      },
      caughtUp: () => {
        this.#caughtUp = true;
        this.#told();
      },
      ended: (error) => {
        this.#failed = error;
        this.#told();
      },
    });
  }

  /**
   * Returns the next event, or nothing when many events have been skipped or the end is reached.
   * @param patience how long the server may be silent, in milliseconds
   * @throws EsdbError
   */
  async next(patience: number): Promise<EsdbEvent | undefined> {
    for (;;) {
      const event = this.#ready[this.#next];
      if (event) {
        this.passed = event.position;
        this.#next += 1;
        if (this.#next === this.#ready.length) {
          this.#ready.length = 0;
          this.#next = 0;
          this.#following.resume();
        }
        return event;
      }
      if (this.#following.drained) {
        if (this.#caughtUp) {
          this.passed = Math.max(this.passed, this.#checkpoint, this.head);
          this.ended = true;
          return undefined;
        }
        if (this.#checkpoint > this.passed) {
          this.passed = this.#checkpoint;
          return undefined;
        }
      }
      if (this.#failed) throw this.#failed;
      await this.#news(patience);
    }
  }

  close(): void {
    this.#following.stop();
  }

  #news(patience: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new EsdbError('silent', 'the server does not go on')), patience);
      this.#told = () => {
        clearTimeout(late);
        this.#told = () => undefined;
        resolve();
      };
    });
  }
}
