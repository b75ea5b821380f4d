import { statSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { fileOf, isFile } from '../../libs/config.js';
import type { Config } from '../../libs/config.js';
import { Refusal } from '../../libs/errors.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { ProjectorThread } from '../../libs/read-models/building/projector-thread.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import type { Running } from './app.module.js';
import { createHttp, listen } from './http.js';
import { Subscriptions } from './subscriptions.js';

/** The compiled worker, beside this program. */
const worker = new URL('../worker/main.js', import.meta.url);

/** Whether the file of a URL is missing or empty; false for a server. */
export const isMissing = (url: string): boolean =>
  isFile(url) && !statSync(fileOf(url), { throwIfNoEntry: false })?.size;

/**
 * Refuses to start a new log when read models exist, since the log has been lost.
 * @throws Refusal `log-cut`
 */
export function checkLogIsNotLost({ EVENT_STORE_URL, READ_MODELS_URL }: Config): void {
  if (!isMissing(EVENT_STORE_URL) || !isFile(READ_MODELS_URL) || isMissing(READ_MODELS_URL)) return;
  const [log, readModels] = [fileOf(EVENT_STORE_URL), fileOf(READ_MODELS_URL)];
  throw new Refusal(
    'log-cut',
    `${log} is missing or empty, but ${readModels} was made from it. Put back a copy of the log; to begin anew delete the other one too.`,
    { path: log },
  );
}

/**
 * Options of a writing process, with the projector in a thread.
 * @throws Refusal `log-cut`
 */
export function running(config: Config, program: string): Running {
  checkLogIsNotLost(config);
  return {
    config,
    writer: { pid: process.pid, program, since: new Date().toISOString() },
    projecting: ({ logger }) =>
      new ProjectorThread(worker, { ...config }, (what, details) => logger.error(details, what)),
  };
}

export interface Serving {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Where subscribers find the log. */
  readonly subscriptions: string | null;
}

/** Serves the API until the process stops. Closes everything if the start fails. */
export async function serve(config: Config, program: string): Promise<Serving> {
  const app = await createHttp(running(config, program));
  try {
    app.enableShutdownHooks();
    await app.init();
    await firstBuilt(app);
    const url = await listen(app);
    const subscriptions = await app.get(Subscriptions).listen();
    const store = app.get(EventStore);
    if (store instanceof SqliteEventStore) store.announce(url);
    return { app, url, subscriptions };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** How long a start waits for read models that have never been built, in milliseconds. */
const PATIENCE = 5_000;

/** Waits for the first build of read models, so that requests find them in a new folder; gives up when it takes long. */
async function firstBuilt(app: NestFastifyApplication): Promise<void> {
  const readModels = app.get(ReadModels);
  const rebuilds = app.get(Rebuilds);
  const deadline = performance.now() + PATIENCE;
  while ((await rebuilds.status()).some(({ active }) => active === null) && performance.now() < deadline) {
    await readModels.changed();
  }
}
