import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Clock } from '../../libs/clock.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import type { Consequences } from '../../libs/import/importer.js';
import { Consequences as OnDemand } from '../../libs/processes/consequences.js';
import { Processes } from '../../libs/processes/processes.js';
import { BackgroundProjector } from '../../libs/read-models/building/projector-thread.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { LOGGER } from '../program/app.module.js';
import { deadlines, processes } from '../program/contexts.js';
import type { Logger } from '../../libs/observability/logger.js';
import { caughtUp, reactionsOf } from './caught-up.js';
import type { Step } from './progress.js';
import type { PausedProjector } from './paused-projector.js';

/** Interval of checks for due deadlines, in milliseconds. */
const LOOK = 50;
/** Time without progress after which due deadlines are left to the next server, in milliseconds. */
const PATIENCE = 5_000;

/** Waits for the processes and the clock of this program; the clock starts when all rows are imported. */
export function awaited(app: INestApplicationContext, signal: AbortSignal, show: (step: Step) => void): Consequences {
  const [store, running] = [app.get(EventStore), app.get(Processes)];
  running.holdClock(true);
  return {
    async reactions() {
      const reacted = reactionsOf(running);
      while (!(await reacted(await store.head()))) await sleep(LOOK, undefined, { signal });
    },
    async all() {
      running.holdClock(false);
      app.get<PausedProjector>(BackgroundProjector).begin();
      let [seen, since] = [Infinity, performance.now()];
      for (;;) {
        await caughtUp(app, signal, show);
        const { failing } = (await running.status()).clock;
        const dueAt = { $lte: app.get(Clock).now() };
        const due = (await app.get(ReadModels).count(deadlines.projection, { dueAt })) - failing.length;
        if (due !== seen) [seen, since] = [due, performance.now()];
        if (due <= 0 || performance.now() - since > PATIENCE) return;
        await sleep(LOOK, undefined, { signal });
      }
    },
  };
}

/** Runs processes and deadlines on demand, for a dry run. */
export function onDemand(app: INestApplicationContext): Promise<Consequences> {
  const logger = app.get<Logger>(LOGGER);
  return OnDemand.from({
    store: app.get(EventStore),
    readModels: app.get(ReadModels),
    commands: app.get(CommandBus),
    clock: app.get(Clock),
    processes,
    deadlines,
    report: (what, details) => logger.debug(details, what),
  });
}
