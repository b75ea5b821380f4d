import type { EsdbClient, EsdbEvent, EsdbFilter, EsdbFollowing } from './client.js';
import { EsdbError } from './client.js';

/** Events that lie ready before the server is told to wait. */
const READY = 512;

/**
 * A filtered walk along the log, since a plain read of all streams filters nothing on the server. What comes while nobody asks
 * lies ready for the next page, up to a bound; then the server waits.
 */
export class EsdbCursor {
  /** Everything up to here has been handed out or passed over. */
  passed: number;
  /** Whether there was nothing behind that when it was reached. */
  ended = false;
  readonly #ready: EsdbEvent[] = [];
  #next = 0;
  readonly #following: EsdbFollowing;
  #checkpoint = 0;
  #caughtUp = false;
  #failed: EsdbError | undefined;
  #told: () => void = () => undefined;

  /** @param head where the log ended before this was begun */
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
   * The next event; nothing when what was passed over is worth telling, or the end is reached.
   * @param patience how long the server may say nothing, in milliseconds
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
