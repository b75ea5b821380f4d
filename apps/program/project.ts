import { SystemClock } from '../../libs/clock.js';
import { isFile } from '../../libs/config.js';
import type { Config } from '../../libs/config.js';
import { openEventStore } from '../../libs/event-store/open-event-store.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { createLogger } from '../../libs/observability/logger.js';
import { HeldLeases } from '../../libs/read-models/building/leases.js';
import { openReadModels } from '../../libs/read-models/open-read-models.js';
import { Projector } from '../../libs/read-models/building/projector.js';
import { rolledBackIn } from '../../libs/rebuilds/history.js';
import { upcasters } from '../../libs/upcasters.js';
import { installationOf } from './definitions.js';

export interface ProjectOptions {
  /** Replaces the setting for how long to wait for a server that does not answer, in milliseconds. */
  readonly patience?: number;
  /** Called with the reason on outage of writes, with `undefined` on recovery. */
  readonly stands?: (fault: string | undefined) => void;
  readonly signal: AbortSignal;
}

/**
 * Projects a log that this or another program writes, until the signal aborts. With read models on a server, several programs
 * share the work by leases. With read models in a file, only the program that writes the log projects.
 */
export async function project(config: Config, { patience, stands, signal }: ProjectOptions): Promise<void> {
  const { EVENT_STORE_URL, READ_MODELS_URL, REPORT_ZONE, LOG_LEVEL, PARTITIONS, LEASE_SECONDS } = config;
  const waiting = { patience: patience ?? config.START_PATIENCE_SECONDS * 1_000 };
  const clock = new SystemClock();
  const logger = createLogger(LOG_LEVEL);
  const { definitions, extensions } = await installationOf(config);
  for (const each of extensions.faults) logger.error(each, 'extension not loaded');
  const store = await openEventStore({ url: EVENT_STORE_URL, clock, upcasting: new Upcasting(upcasters), ...waiting });
  try {
    const note = (what: string, details: object) => logger.info(details, what);
    const readModels = await openReadModels({ url: READ_MODELS_URL, clock, note, ...waiting });
    try {
      const leases = new HeldLeases({ readModels, kind: 'projections', timeToLive: LEASE_SECONDS * 1_000 });
      let stood = false;
      const projector = new Projector({
        store,
        readModels,
        definitions,
        lacking: extensions.faults.length > 0,
        rolledBack: rolledBackIn(store),
        zone: REPORT_ZONE,
        partitions: PARTITIONS,
        ...(!isFile(READ_MODELS_URL) && { leases }),
        report: (what, details) => logger.warn(details, what),
        stands: (fault) => {
          if (fault !== undefined) logger.error({ error: fault }, 'read models cannot be written');
          else if (stood) logger.info({}, 'read models can be written again');
          stood = fault !== undefined;
          stands?.(fault);
        },
      });
      signal.addEventListener('abort', () => void projector.stop(), { once: true });
      if (signal.aborted) return;
      await projector.start();
    } finally {
      await readModels.close();
    }
  } finally {
    await store.close();
  }
}
