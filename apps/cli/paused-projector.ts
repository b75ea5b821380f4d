import { isFile } from '../../libs/config.js';
import { servingOf } from '../../libs/read-models/partitions.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { rolledBackIn } from '../../libs/rebuilds/history.js';
import type { Running } from '../program/app.module.js';
import { standstill } from './caught-up.js';

type Parts = Parameters<Running['projecting']>[0];

/**
 * Pauses the projector while very many events are written, and starts it when most of them are there: a few large pages cost
 * much less than thousands of small ones.
 */
export class PausedProjector extends BackgroundProjector {
  #begun = false;

  /** @param projecting the projector that is started later */
  constructor(
    private readonly parts: Parts,
    private readonly projecting: BackgroundProjector,
  ) {
    super();
  }

  /** The same program with a paused projector. */
  static of(running: Running): Running {
    return { ...running, projecting: (parts) => new PausedProjector(parts, running.projecting(parts)) };
  }

  get fault(): string | undefined {
    return this.projecting.fault;
  }

  start(): void {}

  /** Brings every read model up to the head of the log, since some rules query them. */
  async prepare(): Promise<void> {
    const { store, readModels, config, logger, installation } = this.parts;
    if (!isFile(config.READ_MODELS_URL)) return this.#prepareAmongOthers();
    const report = (what: string, details: object) => logger.error(details, what);
    const rolledBack = rolledBackIn(store);
    const { definitions, extensions } = installation;
    const lacking = extensions.faults.length > 0;
    await new Projector({
      store,
      readModels,
      definitions,
      lacking,
      rolledBack,
      zone: config.REPORT_ZONE,
      report,
    }).catchUp();
  }

  /** The same on a shared database, where other programs project too. */
  async #prepareAmongOthers(): Promise<void> {
    const { store, readModels, installation } = this.parts;
    this.begin();
    const head = await store.head();
    for (;;) {
      const generations = await readModels.generations();
      const shown = installation.readModels.every(({ projection: { name } }) => {
        const [last] = servingOf(generations, name);
        return last !== undefined && last.position >= head;
      });
      if (shown) return;
      if (this.fault !== undefined) throw standstill(this.fault);
      await readModels.changed();
    }
  }

  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.projecting.start();
  }

  async stop(): Promise<void> {
    if (this.#begun) await this.projecting.stop();
  }
}
