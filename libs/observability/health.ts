import { Injectable, Optional } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { Unavailable } from '../errors.js';
import { EventStore } from '../event-store/event-store.js';
import { BackgroundProjector } from '../read-models/building/projector-thread.js';
import { InstalledExtensions } from '../extensions/extensions.js';
import { Rebuilds } from '../read-models/building/rebuilds.js';
import { Reacting } from '../reacting.js';

/** Lag of a read model in events above which this process is not ready. */
const MOST_LAG = 50_000;

/** Health checks: whether requests can be answered with current data. */
@Injectable()
export class Health {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly store: EventStore,
    private readonly rebuilds: Rebuilds,
    private readonly projecting: BackgroundProjector,
    private readonly installed: InstalledExtensions,
    @Optional() private readonly reacting?: Reacting,
  ) {}

  async log() {
    const check = this.indicators.check('log');
    try {
      const position = await this.store.head();
      const { fault } = this.store;
      return fault === undefined ? check.up({ position }) : check.down({ position, fault });
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return check.down({ fault: this.store.fault ?? error.message });
    }
  }

  async readModels() {
    const check = this.indicators.check('readModels');
    const { fault } = this.projecting;
    if (fault !== undefined) return check.down({ fault });
    const status = await reached(this.rebuilds.status());
    if (status instanceof Unavailable) return check.down({ fault: status.message });
    const behind = status.filter(
      ({ active, extension }) => extension === null && (active === null || active.lag > MOST_LAG),
    );
    const parked = status.filter((each) => each.parked.length > 0).map(({ name }) => name);
    const lag = Math.max(0, ...status.filter(({ extension }) => extension === null).map((each) => each.lag));
    if (behind.length > 0) return check.down({ lag, behind: behind.map(({ name }) => name), parked });
    return parked.length > 0 ? check.degraded({ lag, parked }) : check.up({ lag, parked });
  }

  /** What is missing of extensions is said, and is no reason to ask nothing of this process. */
  async extensions() {
    const check = this.indicators.check('extensions');
    const status = await reached(this.rebuilds.status());
    if (status instanceof Unavailable) return check.degraded({ fault: status.message });
    const faults = this.installed.faults.map(({ extension, fault }) => `${extension}: ${fault}`);
    const own = status.filter(({ extension }) => extension !== null);
    const behind = own.filter(({ active }) => active === null || active.lag > MOST_LAG).map(({ name }) => name);
    return faults.length + behind.length > 0 ? check.degraded({ faults, behind }) : check.up({ faults, behind });
  }

  /** Checks the processes, if any run in this program. */
  async processes() {
    const check = this.indicators.check('processes');
    const status = await reached(this.reacting?.status() ?? Promise.resolve({ processes: [] }));
    if (status instanceof Unavailable) return check.down({ fault: status.message });
    const { processes } = status;
    const failed = processes.filter(({ state }) => state === 'failed').map(({ name }) => name);
    const parked = processes.filter((each) => each.parked.length > 0).map(({ name }) => name);
    if (failed.length > 0) return check.down({ failed, parked });
    return parked.length > 0 ? check.degraded({ parked }) : check.up({ parked });
  }
}

/** Turns an outage into a value, so that a check can report it. */
const reached = <Status>(status: Promise<Status>): Promise<Status | Unavailable> =>
  status.catch((error: unknown) => {
    if (error instanceof Unavailable) return error;
    throw error;
  });
