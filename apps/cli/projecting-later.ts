import { isFile } from '../../libs/config.js';
import { servingOf } from '../../libs/read-models/partitions.js';
import { Projecting } from '../../libs/read-models/building/projecting.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { rolledBackIn } from '../../libs/rebuilds/history.js';
import type { Running } from '../program/app.module.js';
import { standstill } from './caught-up.js';

type Parts = Parameters<Running['projecting']>[0];

/**
 * While very much is written at once read models stand still, and follow in large pages when most of it is there: thousands
 * of small pages would cost several times as much.
 */
export class ProjectingLater extends Projecting {
  #begun = false;

  /** @param projecting what goes on from there */
  constructor(
    private readonly parts: Parts,
    private readonly projecting: Projecting,
  ) {
    super();
  }

  /** The same program, projecting later. */
  static of(running: Running): Running {
    return { ...running, projecting: (parts) => new ProjectingLater(parts, running.projecting(parts)) };
  }

  get fault(): string | undefined {
    return this.projecting.fault;
  }

  start(): void {}

  /** Makes every read model answer, as far as the log goes now: some rules ask them. */
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

  /** Where others may project too nobody does it all by itself. */
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
