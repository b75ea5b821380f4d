import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../clock.js';
import { Unavailable } from '../../errors.js';
import { EventStore } from '../../event-store/event-store.js';
import type { Until } from '../../event-store/event-store.js';
import { cellsIn } from '../cells.js';
import type { Projection } from '../projection.js';
import { servingOf } from '../partitions.js';
import { Projector } from '../building/projector.js';
import type { ReadModels } from '../read-models.js';
import { definitionOf, isDefinedBy, readModel } from '../rollup.js';
import type { ReadModel, Rollup } from '../rollup.js';

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
    /** The zone that reports are kept in, and in which days of questions end. */
    readonly zone: string,
    private readonly scratch: Scratch,
    private readonly readModels?: ReadModels,
  ) {}

  /**
   * The definition by which the present is answered: after going back to an earlier one that one, for the past as well.
   * @throws Unavailable `definition-changing` while a copy answers whose definition the program does not have
   */
  async definition(projection: Projection): Promise<ReadModel> {
    const own = this.definitions.filter((each) => each.projection.name === projection.name);
    if (own.length === 0) return readModel(projection);
    const [serving] = servingOf((await this.readModels?.generations()) ?? [], projection.name);
    const found = serving ? own.find((each) => isDefinedBy(each, serving.definition)) : own[0];
    if (found) return found;
    throw new Unavailable(
      'definition-changing',
      `${projection.name} serves under definition ${serving?.definition}, which this program does not have: questions about the past are answered after its rebuild.`,
      5,
    );
  }

  /**
   * A copy with the documents of a projection and the cells of one of its reports: cells take longer than documents.
   * @param report the report that is asked; absent where documents are
   * @param zone another zone than the one reports are kept in
   */
  async of(projection: Projection, until: Until, report?: Rollup, zone = this.zone): Promise<ReadModels> {
    // What we knew by a past moment never changes; what had happened by then does, when a late fact arrives.
    const settled = until.axis === 'recorded' && until.time < this.clock.now();
    const known = settled ? '' : String(await this.store.head());
    const definition = only(await this.definition(projection), report);
    const key = [definitionOf(definition, zone), until.axis, until.time, known].join(' ');
    let built = this.#built.get(key);
    if (!built) {
      built = this.#build(definition, until, zone);
      this.#built.set(key, built);
      built.catch(() => this.#built.delete(key));
    }
    return built;
  }

  async close(): Promise<void> {
    this.#built.clear();
    await Promise.all([...this.#retired].map((built) => this.#end(built)));
  }

  /** Closes a past read model after a delay, since a query may just have received it. */
  #retire(built: Promise<ReadModels>): void {
    this.#retired.add(built);
    setTimeout(() => void this.#end(built), GRACE).unref();
  }

  async #end(built: Promise<ReadModels>): Promise<void> {
    if (!this.#retired.delete(built)) return;
    const [outcome] = await Promise.allSettled([built]);
    if (outcome.status === 'fulfilled') await outcome.value.close();
  }

  async #build(definition: ReadModel, until: Until, zone: string): Promise<ReadModels> {
    const definitions = [definition];
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

/** Limits a read model to one of its reports. A document that another report cannot count stays uncounted, as in the present. */
function only({ rollups, ...rest }: ReadModel, report: Rollup | undefined): ReadModel {
  const at = rollups.findIndex(({ name }) => name === report?.name);
  if (at < 0) return { ...rest, rollups: [] };
  const cells: Rollup['cells'] = (document, zone) => rollups.map((each) => cellsIn(each, document, zone))[at]!;
  return { ...rest, rollups: [{ ...rollups[at]!, cells }] };
}
