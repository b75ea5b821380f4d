import type { Folded } from './fold.js';
import type { Generation } from '../generation.js';
import type { Aside, DocumentChange, StoredDocument } from '../read-models.js';

export interface WindowLimits {
  /** Estimated bytes of JSON in all windows at which they are written. In memory they take four times as much, with garbage. */
  readonly bytes: number;
  /** Documents per write; serving generations are projected between two writes. */
  readonly perWrite: number;
}

export const WINDOW_LIMITS: WindowLimits = { bytes: 64 * 1024 * 1024, perWrite: 5_000 };
/** One in so many documents is measured. */
const SAMPLE = 50;
/** Bytes that a document takes besides its content. */
const BESIDES = 100;

/** What one write of a window makes; `to` with the last one. */
export interface Part extends Pick<Folded, 'documents' | 'parked'> {
  readonly to?: number;
}

/**
 * What several pages have made of the documents of one generation that is being built. Such a generation answers no queries yet,
 * so a document that changes in many pages is written once.
 */
export class Window {
  readonly #documents = new Map<string, DocumentChange>();
  readonly #parked: Aside[] = [];
  #changes = 0;
  #samples = 0;
  #sampled = 0;

  /**
   * @param to position after its last page
   * @param hasLists whether a write compares the lists of a document with those it had before
   */
  constructor(
    public to: number,
    private readonly hasLists: boolean,
  ) {}

  /** Estimated from some documents. */
  get bytes(): number {
    return this.#documents.size * (BESIDES + this.#sampled / Math.max(1, this.#samples));
  }

  /** How many writes of each document the window has made one of. */
  get changesPerDocument(): number {
    return this.#changes / Math.max(1, this.#documents.size);
  }

  get(id: string): StoredDocument | undefined {
    return this.#documents.get(id);
  }

  /** Adds a page that was folded on the documents of this window. */
  add({ documents, parked }: Folded, to: number): void {
    for (const [id, change] of documents) {
      const { before, isNew } = this.#documents.get(id) ?? change;
      this.#documents.set(id, { ...change, before: this.hasLists ? before : null, isNew });
      if (this.#changes++ % SAMPLE === 0) this.#measure(change.document);
    }
    for (const aside of parked) this.#parked.push(aside);
    this.to = to;
  }

  #measure(document: unknown): void {
    this.#samples += 1;
    this.#sampled += JSON.stringify(document).length;
  }

  /**
   * What to write, in the order of ids, as engines keep them. The generation moves with the last part. After a crash before it, the
   * pages are folded again, and each document skips the events that it has seen.
   */
  *parts(perWrite: number): Generator<Part> {
    const ids = [...this.#documents.keys()].sort();
    for (let from = 0; ; from += perWrite) {
      const own = ids.slice(from, from + perWrite);
      const documents = new Map(own.map((id) => [id, this.#documents.get(id)!]));
      if (from + perWrite >= ids.length) return yield { documents, parked: this.#parked, to: this.to };
      yield { documents, parked: [] };
    }
  }
}

/** The windows of all generations that are being built. */
export class Windows {
  readonly #windows = new Map<number, Window>();

  constructor(readonly limits: WindowLimits) {}

  of({ id }: Generation): Window | undefined {
    return this.#windows.get(id);
  }

  /** Position up to which a generation has been folded, written or not. */
  reached(generation: Generation): number {
    return this.of(generation)?.to ?? generation.position;
  }

  add(generation: Generation, folded: Folded, to: number, hasLists: boolean): void {
    const window = this.of(generation) ?? new Window(to, hasLists);
    this.#windows.set(generation.id, window);
    window.add(folded, to);
  }

  /**
   * Ids of the generations whose windows are to be written: all when one has reached the head; once all together are as large as they
   * may be, those that save the fewest writes, until half of the room is free.
   */
  due(head: number): ReadonlySet<number> {
    const windows = [...this.#windows];
    if (windows.some(([, { to }]) => to >= head)) return new Set(this.#windows.keys());
    const due = new Set<number>();
    let gathered = windows.reduce((sum, [, { bytes }]) => sum + bytes, 0);
    if (gathered < this.limits.bytes) return due;
    for (const [id, { bytes }] of windows.sort(
      ([, one], [, other]) => one.changesPerDocument - other.changesPerDocument,
    )) {
      if (gathered <= this.limits.bytes / 2) break;
      due.add(id);
      gathered -= bytes;
    }
    return due;
  }

  /** Removes the window of a generation, to be written. */
  take({ id }: Generation): Window | undefined {
    const window = this.#windows.get(id);
    this.#windows.delete(id);
    return window;
  }

  /** Forgets the windows of all other generations: they were cancelled, or have another projector. */
  keepOnly(generations: readonly Generation[]): void {
    const kept = new Set(generations.map(({ id }) => id));
    for (const id of this.#windows.keys()) if (!kept.has(id)) this.#windows.delete(id);
  }

  forget(): void {
    this.#windows.clear();
  }
}
