import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import { idsOf, keyOfStream, PoisonEvent } from './fold.js';
import type { Folding, Member } from './folding.js';
import type { PageWrite, Parked, ReadModels } from './read-models.js';
import type { ReadModel } from './rollup.js';

export interface ParkingOptions {
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly report: (what: string, details: Readonly<Record<string, unknown>>) => void;
  /** Attempts at an event before its document is parked. */
  readonly attempts?: number;
  /** Parked documents of one read model beyond which it stops: that many are not poison, they are a fault. */
  readonly mostParked?: number;
}

const LONGEST_BACKOFF = 5_000;
/** What is counted for a page as a whole, under a key that no document has. */
const PAGE = '';

/**
 * What happens to events that a read model cannot take. One that is being built stops and names the event, it never skips;
 * one that serves puts the document aside, with all that follows for it, and goes on with the others.
 */
export class Parking {
  readonly #options: Required<ParkingOptions>;
  readonly #folding: Folding;
  readonly #signal: AbortSignal;
  #parked: readonly Parked[] = [];
  readonly #begun = new Set<number>();
  /** Generations with too much parked; a restart tries again. */
  readonly stopped = new Set<number>();

  constructor(options: ParkingOptions, folding: Folding, signal: AbortSignal) {
    this.#options = { attempts: 5, mostParked: 1_000, ...options };
    this.#folding = folding;
    this.#signal = signal;
  }

  async load(): Promise<void> {
    this.#parked = await this.#options.readModels.parked();
  }

  keys(generation: number): ReadonlySet<string> {
    return new Set(this.#parked.filter((each) => each.generation === generation).map(({ key }) => key));
  }

  /** A handler failed: tries again a few times, waiting longer each time, then parks or stops. */
  async poisoned(member: Member, { event, key, message }: PoisonEvent): Promise<void> {
    const { report, attempts } = this.#options;
    const { id, name } = member.generation;
    report('projection failed', { projection: name, generation: id, position: event.position, key, error: message });
    const tries = await this.#attempt(member, key, event.position, message);
    if (tries >= attempts) return;
    const backoff = Math.min(LONGEST_BACKOFF, 10 * 2 ** (tries - 1));
    await sleep(backoff, undefined, { signal: this.#signal }).catch(() => undefined);
  }

  /**
   * Counts an attempt at the page a program begins with. Where the program before ended in this very page, perhaps because of
   * it, each event is then attempted by itself, and counted before its handler runs: else a crash loop would never count.
   */
  async begin(member: Member, events: readonly RecordedEvent[]): Promise<void> {
    const { generation } = member;
    if (this.#begun.has(generation.id)) return;
    this.#begun.add(generation.id);
    const { readModels, attempts } = this.#options;
    const why = 'the program ended while this was being projected';
    if ((await readModels.attempt(generation.id, PAGE, generation.position, why, Infinity)) === 1) return;
    for (const [position, parts] of byPosition(events)) {
      for (const key of idsOf(member.readModel, parts)) {
        if (this.keys(generation.id).has(key)) continue;
        const error = `${parts[0]!.type} at position ${position}: ${why}`;
        if ((await this.#attempt(member, key, position, error)) >= attempts) continue;
        if (this.stopped...) return
        const write = await this.#folding.fold(only(member, key), parts, generation.position, new Set());
        await readModels.unpark(generation.id, key, write);
        this.#folding.keep(write);
      }
    }
  }
}
