import { LRUCache } from 'lru-cache';
import type { EsdbEvent } from './wire-event.js';
import type { Appended } from '../event-store.js';

/** Maximum number of cached event ids over all streams. */
const REMEMBERED = 200_000;

interface Known {
  /** All revisions below this one are in the cache. */
  next: number;
  readonly revisions: Map<string, number>;
}

/**
 * Index of event ids by stream, since a server finds events by place only. Events never change, so a lookup reads only the
 * events that were added since the last one.
 */
export class EsdbIds {
  readonly #streams = new LRUCache<string, Known>({
    maxSize: REMEMBERED,
    sizeCalculation: ({ revisions }) => revisions.size + 1,
  });

  /** @param tail reads a stream from a revision */
  async revisionOf(
    stream: string,
    id: string,
    tail: (from: number) => AsyncIterable<EsdbEvent>,
  ): Promise<number | undefined> {
    const known = this.#streams.get(stream);
    const there = known?.revisions.get(id);
    if (there !== undefined) return there;
    const { next, revisions } = known ?? { next: 0, revisions: new Map<string, number>() };
    let last = next - 1;
    const added: [string, number][] = [];
    for await (const event of tail(next)) {
      last = event.revision;
      added.push([event.id, event.revision]);
    }
    // A parallel lookup may have added the same ids meanwhile.
    if (added.length > 0) this.#learn(stream, next, last + 1, added, revisions);
    return added.find(([known]) => known === id)?.[1];
  }

  /** Adds the ids of the process's own appends, so that they need not be read. */
  appended(stream: string, events: readonly { readonly id: string }[], { revision }: Appended): void {
    const from = revision - events.length + 1;
    const { next, revisions } = this.#streams.get(stream) ?? { next: 0, revisions: new Map<string, number>() };
    if (next !== from) return;
    const added = events.map(({ id }, index): [string, number] => [id, from + index]);
    this.#learn(stream, from, revision + 1, added, revisions);
  }

  #learn(
    stream: string,
    from: number,
    next: number,
    added: readonly (readonly [string, number])[],
    revisions: Map<string, number>,
  ): void {
    const known = this.#streams.get(stream);
    if ((known?.next ?? 0) > from) return;
    for (const [id, revision] of added) revisions.set(id, revision);
    // Replaces the entry, so that the cache counts its new size.
    this.#streams.delete(stream);
    this.#streams.set(stream, { next, revisions });
  }
}
