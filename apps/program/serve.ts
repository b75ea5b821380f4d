import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../../libs/config.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite.event-store.js';
import { ReadModels } from '../../libs/read-models/read-models.js';
import { Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { createHttp, listen } from './http.js';
import { running } from './running.js';
import { Subscriptions } from './subscriptions.js';

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
