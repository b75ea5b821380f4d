import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../clock.js';
import { EventStore } from '../event-store/event-store.js';
import type { Until } from '../event-store/event-store.js';
import type { Projection } from './projection.js';
import { Projector } from './projector.js';
import type { ReadModels } from './read-models.js';
import type { ReadModel } from './rollup.js';

/** Copies of the past kept at a time; each is a read model on disk. */
const KEPT = 8;
/** How long a copy that is no longer kept stays open, in milliseconds. */
const GRACE = 30_000;

/** Makes an empty place for read models that is gone when it is closed. */
export type Scratch = () => ReadModels;

/**
 * The same projections, folded over the part of the log that counts. Folding is in log order on either axis; the axis only
 * decides which events count, so the past of now equals the live model.
 */
@Injectable()
export class Past {
  readonly #built = new LRUCache<string, Promise<ReadModels>>({ max: KEPT, dispose: (built) => this.#retire(built) });
  readonly #retired = new Set<Promise<ReadModels>>();

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
    private readonly definitions: readonly ReadModel[],
    private readonly zone: string,
    private readonly scratch: Scratch,
  ) {}

  /** @param zone another zone than the one reports are kept in */
  async of(projection: Projection, until: Until, zone = this.zone): Promise<ReadModels> {
    // What we knew by a past moment never changes; what had happened by then does, when a late fact arrives.
    const settled = until.axis === 'recorded' && until.time < this.clock.now();
    const known = settled ? '' : String(await this.store.head());
    const key = [projection.name, until.axis, until.time, known, zone].join(' ');
    let built = this.#built.get(key);
    if (!built) {
      built = this.#build(projection, until, zone);
      this.#built.set(key, built);
      built.catch(() => this.#built.delete(key));
    }
    return built;
  }

  async close(): Promise<void> {
    this.#built.clear();
    await Promise.all([...this.#retired].map((built) => this.#end(built)));
  }

  /** Somebody may have been given it a moment ago and not have asked it yet. */
  #retire(built: Promise<ReadModels>): void {
    this.#retired.add(built);
    setTimeout(() => void this.#end(built), GRACE).unref();
  }

  async #end(built: Promise<ReadModels>): Promise<void> {
    if (!this.#retired.delete(built)) return;
    const [outcome] = await Promise.allSettled([built]);
    if (outcome.status === 'fulfilled') await outcome.value.close();
  }

  async #build(projection: Projection, until: Until, zone: string): Promise<ReadModels> {
    const definitions = this.definitions.filter((readModel) => readModel.projection.name === projection.name);
    const readModels = this.scratch();
    try {
      // What cannot be folded is parked and said with the answer, at once: trying again would come to the same.
      const report = () => undefined;
      await new Projector({ store: this.store, readModels, definitions, zone, until, report, attempts: 1 }).catchUp();
      const failed = (await readModels.generations()).find(({ state }) => state === 'failed');
      if (failed) throw new Error(`${failed.name}: ${failed.error}`);
      return readModels;
    } catch (error) {
      await readModels.close();
      throw error;
    }
  }
}
