import { statSync } from 'node:fs';
import { fileOf, isFile } from '../../libs/config.js';
import type { Config } from '../../libs/config.js';
import { Refusal } from '../../libs/errors.js';
import { ProjectorThread } from '../../libs/read-models/building/projector-thread.js';
import type { Running } from './app.module.js';

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
