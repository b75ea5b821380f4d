import { LRUCache } from 'lru-cache';

/** Maximum number of streams in the cache. */
const REMEMBERED = 100_000;

export interface EndsParts {
  /** Whether the subscription is live, so that new events reach `passed`. */
  readonly standing: () => boolean;
  /** Reads the position of the last event of the log from the server. */
  readonly head: () => Promise<number>;
  /** Waits for the subscription to reach a position; false when it does not soon. */
  readonly reached: (position: number) => Promise<boolean>;
}

/**
 * Caches the last revisions of streams. Every decision asks for those of all streams it reads, and mostly nothing is new.
 * After a stream has been read to its end, the subscription reports each event added to it. One request for the head of the
 * log proves that the subscription is up to date, for all streams that are asked about at the same time.
 */
export class EsdbEnds {
  readonly #revisions = new LRUCache<string, number>({ max: REMEMBERED });
  #asking: Promise<boolean> = Promise.resolve(true);
  #next: Promise<boolean> | undefined;

  constructor(private readonly parts: EndsParts) {}

  /** Records that a stream has reached a revision, -1 when it does not exist. */
  passed(stream: string, revision: number): void {
    if (revision > (this.#revisions.get(stream) ?? -2)) this.#revisions.set(stream, revision);
  }

  /** Whether the stream certainly ended at this revision at some moment after the call. */
  async endsAt(stream: string, revision: number): Promise<boolean> {
    const { standing } = this.parts;
    if (!standing() || this.#revisions.get(stream) !== revision) return false;
    return (await this.#current()) && standing() && this.#revisions.get(stream) === revision;
  }

  /** A request that is already running is too old for new callers: they share the next one. */
  #current(): Promise<boolean> {
    if (this.#next) return this.#next;
    const next = this.#asking.then(() => {
      this.#asking = next;
      this.#next = undefined;
      return this.#ask();
    });
    return (this.#next = next);
  }

  async #ask(): Promise<boolean> {
    const { head, reached } = this.parts;
    try {
      return await reached(await head());
    } catch {
      // The caller then reads the stream and meets the same error there.
      return false;
    }
  }
}
