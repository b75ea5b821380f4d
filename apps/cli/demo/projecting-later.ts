import { readModels as definitions } from '../../../projections/index.js';
import type { Running } from '../../api/app.module.js';
import { Projecting } from '../../../libs/read-models/projecting.js';
import { Projector } from '../../../libs/read-models/projector.js';

type Parts = Parameters<Running['projecting']>[0];

/**
 * While a story is told read models stand still, and follow in large pages when most of it has been told: thousands of
 * small pages would cost several times as much.
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

  get fault(): string | undefined {
    return this.projecting.fault;
  }

  start(): void {}

  /** Makes every read model answer, at the beginning of the log: some rules ask them. */
  async prepare(): Promise<void> {
    const { store, readModels, config, logger } = this.parts;
    const report = (what: string, details: object) => logger.error(details, what);
    await new Projector({ store, readModels, definitions, zone: config.REPORT_ZONE, report }).catchUp();
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
