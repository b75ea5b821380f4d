import { parentPort, workerData } from 'node:worker_threads';
import { SystemClock } from '../../libs/clock.js';
import type { Config } from '../../libs/config.js';
import { openEventStore } from '../../libs/event-store/opening.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { createLogger } from '../../libs/observability/logger.js';
import { openReadModels } from '../../libs/read-models/opening.js';
import type { Stands } from '../../libs/read-models/projecting.js';
import { Projector } from '../../libs/read-models/projector.js';
import { upcasters } from '../../libs/upcasters.js';
import { readModels as definitions } from '../../projections/index.js';

/** Projects the log beside the program that writes it, until it is told to stop. */
const PATIENCE = 3_000;
const { EVENT_STORE_URL, READ_MODELS_URL, REPORT_ZONE, LOG_LEVEL } = workerData as Config;
const clock = new SystemClock();
const logger = createLogger(LOG_LEVEL);
const note = (what: string, details: object) => logger.info(details, what);
// Not for long: the program beside this one says what is wrong, and starts it again.
const opening = { url: EVENT_STORE_URL, clock, upcasting: new Upcasting(upcasters), patience: PATIENCE };
const store = await openEventStore(opening);
const readModels = await openReadModels({ url: READ_MODELS_URL, clock, note, patience: PATIENCE });
let stood = false;
const projector = new Projector({
  store,
  readModels,
  definitions,
  zone: REPORT_ZONE,
  report: (what, details) => logger.warn(details, what),
  stands: (fault) => {
    if (fault !== undefined) logger.error({ error: fault }, 'read models cannot be written');
    else if (stood) logger.info({}, 'read models can be written again');
    stood = fault !== undefined;
    parentPort?.postMessage({ fault } satisfies Stands);
  },
});

parentPort?.once('message', () => {
  void projector.stop();
});
try {
  await projector.start();
} finally {
  await store.close();
  await readModels.close();
  parentPort?.close();
}
