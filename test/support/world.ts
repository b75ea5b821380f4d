import { join } from 'node:path';
import type { NewEvent } from '../../libs/event-store/event-store.js';
import type { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import type { Projection } from '../../libs/read-models/projection.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import type { ProjectorOptions } from '../../libs/read-models/building/projector.js';
import type { Generation } from '../../libs/read-models/generation.js';
import type { ReadModels } from '../../libs/read-models/read-models.js';
import type { ReadModel } from '../../libs/read-models/rollup.js';
import { SqliteReadModels } from '../../libs/read-models/sqlite/sqlite.read-models.js';
import { TestClock } from './clock.js';
import { event, wholeLog } from './events.js';
import { contentOf, foldAlone, seeded } from './five-ways.js';
import { folder } from './folder.js';
import type { OrderEvents } from './orders.js';
import { sqliteStore } from './stores.js';

/** A log of orders and read models of it, on files of their own. */
export class World {
  readonly clock = new TestClock();
  readonly folder = folder();
  readonly store: SqliteEventStore = sqliteStore({ path: join(this.folder, 'events.db'), clock: this.clock });
  readModels: ReadModels;
  readonly reports: { readonly what: string; readonly error?: unknown }[] = [];
  readonly #random = seeded(7);
  readonly #running: Projector[] = [];

  constructor(
    open: (path: string, clock: TestClock) => ReadModels = (path, clock) => new SqliteReadModels({ path, clock }),
  ) {
    this.readModels = open(join(this.folder, 'read-models.db'), this.clock);
  }

  async happens<Type extends keyof OrderEvents>(
    type: Type,
    data: OrderEvents[Type],
    rest: Partial<NewEvent> = {},
  ): Promise<number> {
    const { position } = await this.store.append(`order-${data.orderId}`, 'any', [event(type, data, rest)]);
    return position;
  }

  /** Business for a while, each order with a stream of its own. */
  async trade(events: number, prefix = 'o'): Promise<void> {
    const placed: string[] = [];
    for (let index = 0; index < events; index += 100) {
      const appends: Promise<number>[] = [];
      for (let each = index; each < Math.min(events, index + 100); each += 1) {
        const orderId = placed[Math.floor(this.#random() * placed.length * 1.3)];
        if (orderId === undefined) {
          placed.push(`${prefix}${each}`);
          const amount = Math.floor(this.#random() * 100);
          const customer = `c${Math.floor(this.#random() * 9)}`;
          appends.push(this.happens('OrderPlaced', { orderId: `${prefix}${each}`, customer, amount, tags: ['new'] }));
        } else if (this.#random() < 0.8) {
          appends.push(this.happens('OrderChanged', { orderId, amount: each }));
        } else {
          appends.push(this.happens('OrderPaid', { orderId }));
        }
      }
      await Promise.all(appends);
    }
  }

  projector(definitions: readonly ReadModel[], options: Partial<ProjectorOptions> = {}): Projector {
    const { store, readModels } = this;
    const report: ProjectorOptions['report'] = (what, details) => this.reports.push({ what, ...details });
    return new Projector({ store, readModels, definitions, zone: 'UTC', report, ...options });
  }

  /** A projector that runs until it is stopped, or the world is closed. */
  start(definitions: readonly ReadModel[], options: Partial<ProjectorOptions> = {}): Projector {
    const projector = this.projector(definitions, options);
    this.#running.push(projector);
    void projector.start();
    return projector;
  }

  async generations(name?: string): Promise<readonly Generation[]> {
    return (await this.readModels.generations()).filter((each) => name === undefined || each.name === name);
  }

  /** `3 active`, `4 building` … */
  async states(name?: string): Promise<string[]> {
    return (await this.generations(name)).map(({ id, state }) => `${id} ${state}`);
  }

  active = async (name: string) => (await this.generations(name)).find(({ state }) => state === 'active');

  /** Waits until everything that has happened is shown. */
  async shown({ name }: Projection): Promise<void> {
    const head = await this.store.head();
    while (((await this.active(name))?.position ?? 0) < head) await this.readModels.changed();
  }

  /** What a generation holds, and what it should: the log up to its position, folded alone. */
  async folded(
    generation: Generation | undefined,
    readModel: ReadModel,
  ): Promise<{ found: string[]; expected: string[] }> {
    if (!generation) throw new Error(`there is no such generation of ${readModel.projection.name}`);
    const log = await wholeLog(this.store, { to: generation.position });
    const found = await contentOf(this.readModels, generation, readModel);
    return { found, expected: await foldAlone(readModel, log, 'UTC') };
  }

  async close(): Promise<void> {
    for (const projector of this.#running) await projector.stop();
    await this.readModels.close();
    await this.store.close();
  }
}
