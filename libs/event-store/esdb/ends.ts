import { LRUCache } from 'lru-cache';

/** Streams whose end is remembered. */
const REMEMBERED = 100_000;

export interface EndsParts {
  /** Whether events reach `passed` as they are recorded. */
  readonly standing: () => boolean;
  /** Position of the last event of the log, asked anew. */
  readonly head: () => Promise<number>;
  /** Whether everything up to a position has come by, or does shortly. */
  readonly reached: (position: number) => Promise<boolean>;
}

/**
 * Where streams end: what every decision asks of every stream it looks at, mostly to hear that nothing is new. Once a stream
 * was read to its end, the subscription tells of everything that is added. To be sure that it has, one question about the end
 * of the log does for all that are asked at the same time, rather than one for each stream.
 */
export class EsdbEnds {
  readonly #revisions = new LRUCache<string, number>({ max: REMEMBERED });
  #asking: Promise<boolean> = Promise.resolve(true);
  #next: Promise<boolean> | undefined;

  constructor(private readonly parts: EndsParts) {}

  /** A stream has been seen to reach a revision, -1 when it was seen not to be there. */
  passed(stream: string, revision: number): void {
    if (revision > (this.#revisions.get(stream) ?? -2)) this.#revisions.set(stream, revision);
  }

  /** Whether a stream certainly ended there at some moment since this was asked. */
  async endsAt(stream: string, revision: number): Promise<boolean> {
    const { standing } = this.parts;
    if (!standing() || this.#revisions.get(stream) !== revision) return false;
    return (await this.#current()) && standing() && this.#revisions.get(stream) === revision;
  }

  /** A question that is under way is too old for who asks now; who asks until the next is sent shares that. */
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
      // Whoever asked reads the stream instead, and is told what is wrong.
      return false;
    }
  }
}
