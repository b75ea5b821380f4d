import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../../libs/config.js';
import { EventStore } from '../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite.event-store.js';
import { ProjectingThread } from '../../libs/read-models/projecting.js';
import type { Running } from './app.module.js';
import { createHttp, listen } from './http.js';

/** The compiled worker, beside this program. */
const worker = new URL('../worker/main.js', import.meta.url);

/** How a process that writes runs: read models are kept up by a thread beside it. */
export function running(config: Config, program: string): Running {
  return {
    config,
    writer: { pid: process.pid, program, since: new Date().toISOString() },
    projecting: ({ logger }) =>
      new ProjectingThread(worker, { ...config }, (what, details) => logger.error(details, what)),
  };
}

/** Serves the API until the process is told to stop. */
export async function serve(config: Config, program: string): Promise<{ app: NestFastifyApplication; url: string }> {
  const app = await createHttp(running(config, program));
  app.enableShutdownHooks();
  const url = await listen(app);
  const store = app.get(EventStore);
  if (store instanceof SqliteEventStore) store.announce(url);
  return { app, url };
}
